"""Who held a unit, and what became of it in the stock, in sentences."""

from collections.abc import Iterator
from operator import attrgetter

from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from core.values.bidi import isolated
from jobs.reading.history import Entry, in_bold
from telematics.models import Custody, Unit, UnitEvent
from telematics.models.custody import End, Start

STARTS = {
    Start.HANDED_OVER: gettext_lazy("{who} handed the unit over to {company}"),
    Start.ASSIGNED: gettext_lazy("{who} assigned a job with the unit to {company}"),
    Start.TAKEN_OUT: gettext_lazy("{who} took the unit out of a vehicle for {company}"),
}
ENDS = {
    End.RECEIVED: gettext_lazy("{who} received the unit from {company}"),
    End.MOUNTED: gettext_lazy("{who} mounted the unit that {company} held"),
    End.PASSED_ON: gettext_lazy("{who} took the unit over from {company}"),
    End.MOVED: gettext_lazy("{who} moved the unit that {company} held to another fleet"),
}
EVENTS = {
    "enter": gettext_lazy("{who} entered the unit in the stock"),
    "retire": gettext_lazy("{who} retired the unit"),
    "bring_back": gettext_lazy("{who} brought the unit back"),
}
MOST = 200


def history_of(unit: Unit) -> list[Entry]:
    """The entries, newest first. Two statements.

    What happened in the fleet that the unit was in before is none of this fleet's business.
    """
    held = unit.custodies.filter(fleet=unit.fleet_id)
    rows = held.select_related("company", "started_by", "ended_by").order_by("-pk")
    found = [entry for custody in rows[:MOST] for entry in _of(custody)]
    own = unit.events.filter(data__fleet=unit.fleet_id).select_related("actor")
    found += [_of_event(event) for event in own]
    return sorted(found, key=attrgetter("at"))[::-1]


def _of_event(event: UnitEvent) -> Entry:
    return Entry(event.at, format_html(str(EVENTS[event.verb]), who=in_bold(event.actor)))


def _of(custody: Custody) -> Iterator[Entry]:
    company = isolated(custody.company.name)
    began = format_html(
        str(STARTS[Start(custody.start)]), who=in_bold(custody.started_by), company=company
    )
    yield Entry(custody.started_at, began)
    if custody.ended_at:
        ended = format_html(
            str(ENDS[End(custody.end)]), who=in_bold(custody.ended_by), company=company
        )
        yield Entry(custody.ended_at, ended)
