"""How many jobs of each kind and status a fleet has."""

from functools import partial

from accounts.models import Fleet
from core.web.lists.counts import CAP, Count, count_by
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
