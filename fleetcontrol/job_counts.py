"""How many jobs a fleet has, of each kind and status, and how many of them a list is narrowed to."""

from functools import partial

from core.web.counts import CAP, Count, Split, count_all, count_by
from core.web.lists import NEW
from fleetcontrol.views.job_narrowing import Narrowing
from jobs.freshness import since_the_last_change
from jobs.models import Job

ALL = "ALL"
FIRST = 1_000  # of what a search finds is counted before the page is there
STATUSES = [status.value for status in Job.Status.shown()]

Counts = dict[str, Count]


def of_fleet(fleet) -> dict[str, Counts]:
    """For each kind the number of every status, and of all: what every list of the fleet says, until a job changes."""
    return since_the_last_change(fleet.pk, "counted", partial(_counted, fleet))


def _counted(fleet) -> dict[str, Counts]:
    found = count_by(Job.objects.in_fleet(fleet), {"kind": Job.Kind.values, "status": STATUSES})
    return {kind: _with_all({status: found[kind, status] for status in STATUSES}) for kind in Job.Kind.values}


def _with_all(counts: Counts) -> Counts:
    total = sum(count.number for count in counts.values())
    return counts | {ALL: Count(min(total, CAP), total > CAP or any(count.more for count in counts.values()))}


def narrowed(narrowing: Narrowing, ahead, *, quickly: bool) -> Counts:
    """The same of what a filter finds, in one read of it, and of what came `ahead` of the page.

    `quickly`: a search that finds many says at first only that it does.
    """
    rows, most = narrowing.filtered.shown(), len(STATUSES) * CAP
    if quickly and narrowing.sought.wanted:
        rows, most = rows.order_by("-created_at"), FIRST  # in an order of the fleet's it stops as soon as it can
    new = {} if ahead is None else {NEW: ahead}
    return count_all(new, split=Split(rows, "status", STATUSES, ALL, most))
