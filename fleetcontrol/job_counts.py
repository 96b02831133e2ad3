"""How many jobs of each kind and status a fleet has, and how many of them a filter finds."""

from collections import Counter
from functools import partial

from django.db.models import QuerySet

from accounts.models import Fleet
from core.web.lists.counts import CAP, Count, Split, count_all, count_by
from core.web.lists.views import NEW
from fleetcontrol.views import job_filtering
from jobs.freshness import cached_until_change
from jobs.models import Job

ALL = "ALL"
STATUSES = [status.value for status in Job.Status.shown()]

Counts = dict[str, Count]


def of_fleet(fleet: Fleet) -> dict[str, Counts]:
    """Return for each kind the number of every status and of all: for every list of the fleet, until a job changes."""
    return cached_until_change(fleet.pk, "counted", partial(_count_fleet, fleet))


def _count_fleet(fleet: Fleet) -> dict[str, Counts]:
    found = count_by(Job.objects.in_fleet(fleet), {"kind": Job.Kind.values, "status": STATUSES})
    counts = {}
    for kind in Job.Kind.values:
        counts[kind] = _with_total({status: found[kind, status] for status in STATUSES})
    return counts


def _with_total(counts: Counts) -> Counts:
    total = sum(count.number for count in counts.values())
    is_more = total > CAP or any(count.more for count in counts.values())
    return counts | {ALL: Count(min(total, CAP), is_more)}


def of_filtered(
    jobs: job_filtering.FilteredJobs, ahead: QuerySet | None, *, quickly: bool
) -> Counts:
    """Count what a filter finds by status, and the rows `ahead` of the page, in one statement.

    `quickly`: up to the cap for all statuses together; a search counts only the first rows that it has found.
    """
    most = CAP if quickly else len(STATUSES) * CAP
    split = Split(jobs.filtered.shown(), "status", STATUSES, ALL, most)
    if quickly and jobs.search.wanted:
        return split._replace(most=job_filtering.FIRST).counts(Counter(jobs.found.values()))
    return count_all({} if ahead is None else {NEW: ahead}, split=split)
