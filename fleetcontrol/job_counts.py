"""How many jobs a fleet has, of each kind and status, and how many of them a list is narrowed to."""

from collections import Counter
from functools import partial

from core.web.counts import CAP, Count, Split, count_all, count_by
from core.web.lists import NEW
from fleetcontrol.views.job_narrowing import FIRST, Narrowing
from jobs.freshness import since_the_last_change
from jobs.models import Job

ALL = "ALL"
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

    `quickly`: of all, whether they are more than the cap; what a search finds was `found`, as far as it was looked for.
    """
    split = Split(narrowing.filtered.shown(), "status", STATUSES, ALL, CAP if quickly else len(STATUSES) * CAP)
    if quickly and narrowing.sought.wanted:
        return split._replace(most=FIRST).counts(Counter(narrowing.found.values()))
    return count_all({} if ahead is None else {NEW: ahead}, split=split)
