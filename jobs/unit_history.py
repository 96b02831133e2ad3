"""Which unit was in a vehicle, and who put it there: told from its own events and those of its jobs."""

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

from django.db.models import Q
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jobs.history import SENTENCES, Entry, actor_of
from jobs.models.choices import Task
from jobs.models.job import Job
from jobs.models.job_event import JobEvent
from jobs.models.vehicle_access import VehicleAccess

EndReason = VehicleAccess.EndReason
# What undoes a mounting, and why: of a release its own event says so.
UNDONE = {"fail": EndReason.FAILED, "hand_back": EndReason.HANDED_BACK, "release": None}
# What the fleet did itself: by whether a unit went in, and whether one came out.
FITTED = {
    (True, False): gettext_lazy("{who} put unit {unit} in"),
    (True, True): SENTENCES["change_unit"],
    (False, True): gettext_lazy("{who} took unit {unit} out"),
    (False, False): gettext_lazy("{who} created the vehicle without a unit"),
}
MOST = 200


def units_of(vehicle) -> list[Entry]:
    """Newest first. Two statements."""
    by_job = groupby(_events_of_jobs(vehicle), attrgetter("job_id"))
    found = [entry for _job, events in by_job for entry in _of_job(events)]
    found += [_of_fleet(event) for event in _events_of_fleet(vehicle)]
    return sorted(found, key=attrgetter("at"))[::-1]


def _events_of_fleet(vehicle):
    return vehicle.events.select_related("actor", "client").order_by("-pk")[:MOST]


def _of_fleet(event) -> Entry:
    unit, before = event.data.get("unit"), event.data.get("before")
    sentence = FITTED[bool(unit), bool(before)]
    return Entry(event.at, format_html(str(sentence), who=actor_of(event), unit=unit or before, before=before))


def _events_of_jobs(vehicle) -> list[JobEvent]:
    jobs = Job.objects.filter(vehicle=vehicle)
    linked = JobEvent.objects.filter(job__in=jobs, verb="link_unit").values("job")
    moved = Q(verb="link_unit") | Q(verb__in=UNDONE, job__in=linked) | Q(verb="succeed", job__task=Task.REMOVE_UNIT)
    newest = JobEvent.objects.filter(moved, job__in=jobs).select_related("actor", "client", "job").order_by("-pk")
    return sorted(newest[:MOST], key=attrgetter("job_id", "seq"))


def _of_job(events) -> Iterator[Entry]:
    """What one job put in and took out, in the order in which it did."""
    inside = former = None
    for event in events:
        who, before = actor_of(event), event.data.get("before")
        if event.verb == "link_unit":
            sentence = SENTENCES["change_unit" if before else "link_unit"]
            former, inside = former if inside else before, event.data["unit"]
            yield Entry(event.at, format_html(str(sentence), who=who, unit=inside, before=before))
        elif event.verb == "succeed":
            yield Entry(event.at, format_html(_("{who} took unit {unit} out"), who=who, unit=event.job.unit_id))
        elif inside:
            why = UNDONE[event.verb] or event.reason
            why = EndReason(why).label if why in EndReason.values else why
            sentence = _("Unit {unit} went back to stock: {why}").format(unit=inside, why=why)
            yield Entry(event.at, sentence, [], _put_back(event, former))
            inside = former = None


def _put_back(event, former: str | None) -> str:
    if not former:
        return ""
    told = _("{unit} could not be put back") if event.data.get("not_put_back") else _("{unit} was put back")
    return told.format(unit=former)
