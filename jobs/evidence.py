"""What a test has looked at, in words: each value beside what it had to be."""

import re
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.formats import number_format, time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jobs.procedures.base import GATEWAY_HINTS
from telematics.signal_words import SIGNALS, UNITS, WORDS

# As far as a test means something else by a signal than Inspect does.
LABELS = SIGNALS | {
    "heartbeat": gettext_lazy("Last message"),
    "position": gettext_lazy("Age of the position"),
    "immobilizer": gettext_lazy("Immobilizer"),
    "driving_events_calibrated": gettext_lazy("Sensor calibrated"),
    "damage_detection_calibrated": gettext_lazy("Sensor calibrated"),
    "smoke_detection_calibrated": gettext_lazy("Sensor calibrated"),
}
NUMBER = re.compile(r"\d+(?:\.\d+)?")
SEQUENCE = " – "


def evidence(test) -> list[tuple[str, str]]:
    return [(str(LABELS.get(item["signal"], item["signal"])), _measured(item)) for item in test.evidence]


def _measured(item: dict) -> str:
    unit = item.get("unit") or UNITS.get(item["signal"], "")
    wanted = _wanted(item.get("threshold"), item.get("unit") or "")
    return f"{'✓' if item.get('ok') else '✕'} {_value(item.get('value'), unit)}{f' ({wanted})' if wanted else ''}"


def _value(value: Any, unit: str) -> str:
    if value in (None, ""):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return f"{number_format(value, force_grouping=True)} {unit}".strip()
    if value in GATEWAY_HINTS:
        return _("no answer")
    return _moment(value) or _in_words(value)


def _moment(text: str) -> str:
    """The second of a time; "" for any other text."""
    try:
        at = parse_datetime(text)
    except ValueError:
        return ""
    return time_format(localtime(at), "H:i:s") if at else ""


def _in_words(text: str) -> str:
    return SEQUENCE.join(str(WORDS.get(part, part)) for part in text.split(SEQUENCE))


def _wanted(threshold: Any, unit: str) -> str:
    """A threshold is written as a procedure has it: "≥ 11.5", "0–100", a word, or a sequence of words."""
    if threshold in (None, ""):
        return ""
    if isinstance(threshold, bool):
        return _value(threshold, "")
    text = str(threshold)
    if not NUMBER.search(text):
        return _in_words(text)
    said = NUMBER.sub(lambda found: number_format(found[0], force_grouping=True), text)
    return f"{said} {unit}".strip()
