"""Which unit was in a vehicle and who fitted it, from its own events and those of its jobs."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter

from django.db.models import Q
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jobs.models.choices import Task
from jobs.models.job import Job
from jobs.models.job_event import JobEvent
from jobs.models.vehicle_access import VehicleAccess
from jobs.reading.history import SENTENCES, Entry, actor_of
from telematics.models import Vehicle, VehicleEvent

EndReason = VehicleAccess.EndReason
# The verbs that undo a mounting, and why. For a release, its event has the reason.
UNDONE = {
    "fail": EndReason.FAILED,
    "hand_back": EndReason.HANDED_BACK,
    "release": None,
}
# Changes that the fleet made: (whether a unit was fitted, whether one was removed) → sentence.
FITTED = {
    (True, False): gettext_lazy("{who} fitted unit {unit}"),
    (True, True): SENTENCES["change_unit"],
    (False, True): gettext_lazy("{who} removed unit {unit}"),
    (False, False): gettext_lazy("{who} created the vehicle without a unit"),
}
MOST = 200


def units_of(vehicle: Vehicle) -> list[Entry]:
    """The entries, newest first. Two statements."""
    by_job = groupby(_events_of_jobs(vehicle), attrgetter("job_id"))
    found = [entry for _job, events in by_job for entry in _of_job(events)]
    found += [_of_fleet(event) for event in _events_of_fleet(vehicle)]
    return sorted(found, key=attrgetter("at"))[::-1]


def _events_of_fleet(vehicle: Vehicle) -> list[VehicleEvent]:
    events = vehicle.events.filter(verb__in=("create", "change_unit", "archive"))
    newest = events.select_related("actor", "client").order_by("-pk")[:MOST]
    return [event for event in newest if event.verb != "archive" or event.data["before"]]


def _of_fleet(event: VehicleEvent) -> Entry:
    unit = event.data.get("unit")
    before = event.data.get("before")
    sentence = FITTED[bool(unit), bool(before)]
    return Entry(
        event.at,
        format_html(
            str(sentence),
            who=actor_of(event),
            unit=unit or before,
            before=before,
        ),
    )


def _events_of_jobs(vehicle: Vehicle) -> list[JobEvent]:
    jobs = Job.objects.filter(vehicle=vehicle)
    fitting = jobs.exclude(task=Task.REMOVE_UNIT)
    linked = JobEvent.objects.filter(job__in=fitting, verb="link_unit").values("job")
    moved = (
        Q(verb="link_unit", job__in=fitting)
        | Q(verb__in=UNDONE, job__in=linked)
        | Q(verb="succeed", job__task=Task.REMOVE_UNIT)
    )
    newest = (
        JobEvent.objects.filter(moved, job__in=jobs)
        .select_related("actor", "client", "job")
        .order_by("-pk")
    )
    return sorted(newest[:MOST], key=attrgetter("job_id", "seq"))


def _of_job(events: Iterable[JobEvent]) -> Iterator[Entry]:
    """What one job fitted and removed, oldest first."""
    inside: str | None = None
    former: str | None = None
    for event in events:
        who = actor_of(event)
        before = event.data.get("before")
        if event.verb == "link_unit":
            sentence = SENTENCES["change_unit" if before else "link_unit"]
            if not inside:
                former = before
            inside = event.data["unit"]
            yield Entry(
                event.at,
                format_html(
                    str(sentence),
                    who=who,
                    unit=inside,
                    before=before,
                ),
            )
        elif event.verb == "succeed":
            yield Entry(
                event.at,
                format_html(_("{who} removed unit {unit}"), who=who, unit=event.job.unit_id),
            )
        elif inside:
            returned = _("Unit {unit} was returned to stock: {why}").format(
                unit=inside, why=_why_undone(event)
            )
            yield Entry(event.at, returned, [], _put_back(event, former))
            inside = None
            former = None


def _why_undone(event: JobEvent) -> str:
    why = UNDONE[event.verb] or event.reason
    if why in EndReason.values:
        return str(EndReason(why).label)
    return why


def _put_back(event: JobEvent, former: str | None) -> str:
    if not former:
        return ""
    if event.data.get("not_put_back"):
        return _("{unit} could not be put back").format(unit=former)
    return _("{unit} was put back").format(unit=former)
