"""The evidence of a test in words: each value with what it had to be."""

from typing import TYPE_CHECKING, Any

from django.utils.dateparse import parse_datetime
from django.utils.formats import number_format, time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jobs.procedures.base import GATEWAY_HINTS
from telematics.signal_words import SIGNALS, UNITS, WORDS

if TYPE_CHECKING:
    from jobs.models import InstallationTest

# Labels of signals, where a test reads them differently from the Inspect page.
LABELS = SIGNALS | {
    "heartbeat": gettext_lazy("Age of the last message"),
    "position": gettext_lazy("Age of the position"),
    "satellites": gettext_lazy("Satellites"),
    "immobilizer": gettext_lazy("Immobilizer"),
    "driving_events_calibrated": gettext_lazy("Sensor calibrated"),
    "damage_detection_calibrated": gettext_lazy("Sensor calibrated"),
    "smoke_detection_calibrated": gettext_lazy("Sensor calibrated"),
}
SEQUENCE = " – "


def evidence(test: "InstallationTest") -> list[tuple[str, str]]:
    """Label and value of each line of evidence."""
    return [(label_of(item["signal"]), _measured(item)) for item in test.measured]


def label_of(signal: str) -> str:
    return str(LABELS.get(signal, signal))


def _measured(item: dict[str, Any]) -> str:
    unit = item.get("unit") or UNITS.get(item["signal"], "")
    mark = "✓" if item.get("ok") else "✕"
    text = f"{mark} {_value(item.get('value'), unit)}"
    wanted = _bounds(item) or _wanted(item["threshold"])
    if wanted:
        text += f" ({wanted})"
    return text


def _value(value: Any, unit: str) -> str:
    if value in (None, ""):
        return "–"
    if isinstance(value, bool):
        if value:
            return _("yes")
        return _("no")
    if isinstance(value, int | float):
        return f"{_number(value)} {unit}".strip()
    if value in GATEWAY_HINTS:
        return _("no answer")
    return _moment(value) or _in_words(value)


def _moment(text: str) -> str:
    """A time to the second; "" for any other text."""
    try:
        at = parse_datetime(text)
    except ValueError:
        return ""
    if at:
        return time_format(localtime(at), "H:i:s")
    return ""


def _in_words(text: str) -> str:
    return SEQUENCE.join(str(WORDS.get(part, part)) for part in text.split(SEQUENCE))


def _bounds(item: dict[str, Any]) -> str:
    """The bounds of a number: "≥ 11.5 V", "≤ 60 s", "0–100 %"; "" where there are none."""
    least = item["min"]
    most = item["max"]
    unit = item["unit"] or ""
    if least is not None and most is not None:
        return f"{_number(least)}–{_number(most)} {unit}".strip()
    if least is not None:
        return f"≥ {_number(least)} {unit}".strip()
    if most is not None:
        return f"≤ {_number(most)} {unit}".strip()
    return ""


def _number(value: float) -> str:
    if value == int(value):
        value = int(value)
    return number_format(value, force_grouping=True)


def _wanted(threshold: Any) -> str:
    """What a value that is no number has to be: a word, a sequence of words, or yes."""
    if threshold is None:
        return ""
    if isinstance(threshold, bool):
        return _value(threshold, "")
    return _in_words(threshold)
