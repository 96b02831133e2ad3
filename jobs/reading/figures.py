"""How the jobs of a fleet went in a time: by day, week, partner, place or roll-out. A fixed number of statements."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Q
from django.db.models.functions import TruncDay, TruncWeek

from accounts.models import Fleet
from core.sql import Median
from jobs.models import Job
from jobs.models.choices import FailureReason, JobStatus

DAY, WEEK, PARTNER, PLACE, ROLL_OUT = "day", "week", "partner", "place", "roll_out"
# By what it is grouped → the name of the row of another table.
OF_ROWS = {PARTNER: "company__name", PLACE: "place__name", ROLL_OUT: "roll_out__name"}
BY_TIME = {DAY: TruncDay, WEEK: TruncWeek}

SUCCEEDED, FAILED = Q(status=JobStatus.SUCCEEDED), Q(status=JobStatus.FAILED)
FIRST_TRY = Q(again_of=None)
TOOK = ExpressionWrapper(F("finished_at") - F("assigned_at"), output_field=DurationField())
# What is counted of finished jobs, by the name of its column in a `Line`.
ENDED: dict[str, Aggregate] = {
    "succeeded": Count("pk", filter=SUCCEEDED),
    "failed": Count("pk", filter=FAILED),
    "first_tries": Count("pk", filter=FIRST_TRY),
    "succeeded_at_once": Count("pk", filter=FIRST_TRY & SUCCEEDED),
    "duration": Median(TOOK, output_field=DurationField()),
}


@dataclass
class Line:
    """One day, week, partner, place or roll-out. `group` is a date or a name, blank for jobs without one."""

    group: date | str
    created: int = 0
    succeeded: int = 0
    failed: int = 0
    first_tries: int = 0
    succeeded_at_once: int = 0
    # From assigning to finishing, the middle of all that finished.
    duration: timedelta | None = None
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def first_time_success(self) -> float | None:
        """The share of the first tries for a vehicle that succeeded; None without any."""
        return self.succeeded_at_once / self.first_tries if self.first_tries else None

    @property
    def why_failed(self) -> str:
        """The reasons in words, each with its number, the most frequent one first."""
        counted = sorted(self.reasons.items(), key=lambda found: -found[1])
        return ", ".join(
            f"{FailureReason.label_of(reason)}: {number}" for reason, number in counted
        )


def figures(fleet: Fleet, by: str, since: date, until: date) -> list[Line]:
    """What was created and what was finished from `since` to `until`, days of the fleet's zone, both included.

    Without a line for a day or week in which nothing happened.
    """
    zone = fleet.zone
    start = midnight(since, zone)
    end = midnight(until + timedelta(days=1), zone)
    shown = Job.objects.in_fleet(fleet).shown().order_by()
    created = shown.filter(created_at__gte=start, created_at__lt=end)
    finished = shown.filter(finished_at__gte=start, finished_at__lt=end)

    lines: dict[Any, Line] = {}
    for group, number in created.values_list(_group(by, "created_at", zone)).annotate(
        n=Count("pk")
    ):
        _line(lines, group).created = number
    end_groups = _group(by, "finished_at", zone)
    for group, *values in finished.values_list(end_groups).annotate(**ENDED):
        line = _line(lines, group)
        for name, value in zip(ENDED, values, strict=True):
            setattr(line, name, value)
    reasons = finished.filter(FAILED).values_list(end_groups, "failure_reason")
    for group, reason, number in reasons.annotate(n=Count("pk")):
        _line(lines, group).reasons[reason] = number
    return sorted(lines.values(), key=lambda line: (line.group == "", line.group))


def in_all(lines: Iterable[Line]) -> Line:
    """The sum of the lines. Their medians have none."""
    total = Line("")
    reasons: dict[str, int] = defaultdict(int)
    for line in lines:
        for name in ("created", "succeeded", "failed", "first_tries", "succeeded_at_once"):
            setattr(total, name, getattr(total, name) + getattr(line, name))
        for reason, number in line.reasons.items():
            reasons[reason] += number
    total.reasons = dict(reasons)
    return total


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The start of a day there."""
    return datetime.combine(day, time.min, zone)


def _group(by: str, column: str, zone: ZoneInfo) -> Any:
    return F(OF_ROWS[by]) if by in OF_ROWS else BY_TIME[by](column, tzinfo=zone)


def _line(lines: dict[Any, Line], group: Any) -> Line:
    if isinstance(group, datetime):
        group = group.date()
    return lines.setdefault(group, Line(group or ""))
