"""What a fleet changed of a vehicle, in words. Which unit was in it is in unit_history.py."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.values.bidi import isolated
from jobs.reading.history import CHANNELS
from jobs.reading.words import VehicleWords
from telematics.models import Vehicle, VehicleEvent
from telematics.models.change_reason import MASTER_DATA

# The verb of an event → what was changed.
WHAT = {
    "create": gettext_lazy("Created"),
    "edit": gettext_lazy("Vehicle data"),
    "set_custom_fields": gettext_lazy("Custom fields"),
    "set_place": gettext_lazy("Place"),
    "set_tags": gettext_lazy("Tags"),
    "set_operation_status": gettext_lazy("Operation status"),
    "archive": gettext_lazy("Archived"),
    "restore": gettext_lazy("Restored"),
    "blank": gettext_lazy("Identity blanked, 90 days after archiving"),
}
ORDER = (*MASTER_DATA, "operation_status", "operation_status_remark")
# Written with another column, and shown as the time of the event.
HIDDEN = ("operation_status_changed_at",)


class Side(NamedTuple):
    label: str
    before: str
    after: str


class Change(NamedTuple):
    at: datetime
    what: str
    who: str
    channel: str
    sides: list[Side]
    reason: str = ""  # as it was given for a bulk action, or by an operator


def events_of(vehicle: Vehicle) -> QuerySet[VehicleEvent]:
    """Newest first."""
    events = vehicle.events.filter(verb__in=WHAT).select_related("actor", "client")
    return events.order_by("-seq")


def in_words(events: Iterable[VehicleEvent]) -> list[Change]:
    """One statement at most, for the names of the vehicle models."""
    events = list(events)
    words = VehicleWords.for_values(
        (name, value)
        for event in events
        for name, sides in event.data.get("changes", {}).items()
        for value in sides
    )
    return [_change(event, words) for event in events]


def replaced_since(vehicle: Vehicle, version: int) -> dict[str, Any]:
    """The values that the fleet has replaced since then: names with what was there. Jobs keep no such record."""
    replaced: dict[str, Any] = {}
    for event in vehicle.events.filter(seq__gt=version).order_by("seq"):
        for name, (before, _after) in event.data.get("changes", {}).items():
            replaced.setdefault(name, before)
    return replaced


def compared(
    differences: Mapping[str, tuple[Any, Any]], untouched: Collection[str] = ()
) -> list[Side]:
    """Names with two values each, in words. The second of an untouched field is ""."""
    pairs = [(name, value) for name, sides in differences.items() for value in sides]
    words = VehicleWords.for_values(pairs)
    found = []
    for name, sides in differences.items():
        for side in _sides({name: sides}, words):
            found.append(side._replace(after="") if name in untouched else side)
    return found


def _change(event: VehicleEvent, words: VehicleWords) -> Change:
    actor = event.actor or event.client
    return Change(
        event.at,
        str(WHAT[event.verb]),
        actor.name if actor else _("The system"),
        str(CHANNELS.get(event.channel, event.channel)),
        list(_sides(event.data.get("changes", {}), words)),
        event.reason,
    )


def _sides(changes: Mapping[str, Any], words: VehicleWords) -> Iterator[Side]:
    for name in sorted(changes, key=_position):
        before, after = changes[name]
        if name == "custom_fields":
            yield from _custom_fields(before, after)
        elif name == "tags":
            yield Side(words.label(name), _tags(before), _tags(after))
        elif name not in HIDDEN:
            yield Side(words.label(name), words.value(name, before), words.value(name, after))


def _position(name: str) -> int:
    """The database keeps the names of an event in an order of its own."""
    if name in ORDER:
        return ORDER.index(name)
    return len(ORDER)


def _custom_fields(before: dict[str, str], after: dict[str, str]) -> Iterator[Side]:
    for name in sorted({*before, *after}, key=str.casefold):
        if before.get(name) != after.get(name):
            yield Side(name, _text(before.get(name)), _text(after.get(name)))


def _tags(tags: list[str]) -> str:
    return ", ".join(isolated(tag) for tag in tags) or "–"


def _text(value: str | None) -> str:
    return isolated(value) if value else "–"
