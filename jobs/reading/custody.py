"""Who held a unit, in sentences."""

from collections.abc import Iterator
from operator import attrgetter

from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from core.values.bidi import isolated
from jobs.reading.history import Entry, in_bold
from telematics.models import Custody, Unit
from telematics.models.custody import End, Start

STARTS = {
    Start.HANDED_OVER: gettext_lazy("{who} handed the unit over to {company}"),
    Start.TAKEN_OUT: gettext_lazy("{who} took the unit out of a vehicle for {company}"),
}
ENDS = {
    End.RECEIVED: gettext_lazy("{who} received the unit from {company}"),
    End.MOUNTED: gettext_lazy("{who} mounted the unit that {company} held"),
    End.PASSED_ON: gettext_lazy("{who} took the unit over from {company}"),
}
MOST = 200


def custodies_of(unit: Unit) -> list[Entry]:
    """The entries, newest first. One statement."""
    rows = unit.custodies.select_related("company", "started_by", "ended_by").order_by("-pk")
    found = [entry for custody in rows[:MOST] for entry in _of(custody)]
    return sorted(found, key=attrgetter("at"))[::-1]


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
