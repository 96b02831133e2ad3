"""How the jobs of a fleet went in a time: by day, week, partner, place or roll-out. One statement."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    Aggregate,
    CharField,
    Count,
    DateField,
    DurationField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast, TruncDay, TruncWeek

from accounts.models import Fleet
from core.sql import Median
from jobs.models import Job
from jobs.models.choices import OPEN, FailureReason, JobStatus, Kind
from jobs.parts.obstacles import overdue

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
# The attempts at a test are numbered without a gap: the first one says that it ran, the second one that it ran again.
TESTED: dict[str, Aggregate] = {
    "tested": Count("tests", filter=Q(tests__attempt=1)),
    "tested_again": Count("tests", filter=Q(tests__attempt=2)),
}
FAILURES: dict[str, Any] = {"reason": F("failure_reason"), "of_reason": Count("pk")}
# What is to do, by its plan: of a day or week what was planned for it, of others what is open now.
PLANNED: dict[str, Aggregate] = {
    "planned": Count("pk"),
    "planned_and_open": Count("pk", filter=Q(status__in=OPEN)),
}
AT_WORK = ("open_now", "overdue_now")
# The columns of the one statement, each with what the other parts of it have there.
COLUMNS: dict[str, Value] = {
    "reason": Value("", output_field=CharField()),
    "of_reason": Value(0),
    "created": Value(0),
    **{name: Value(0) for name in ENDED},
    "duration": Value(None, output_field=DurationField()),
    **{name: Value(0) for name in (*TESTED, *PLANNED, *AT_WORK)},
}
NUMBERS = [name for name in COLUMNS if name not in FAILURES]
SUMS = [name for name in NUMBERS if name != "duration"]


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
    # Tests of the unit at the jobs that finished, each once, and those of them that ran again.
    tested: int = 0
    tested_again: int = 0
    # Planned for the day or week, and those of them that are open now.
    planned: int = 0
    planned_and_open: int = 0
    # Of a partner, place or roll-out: open now whenever they were created, and planned for a day before today.
    open_now: int = 0
    overdue_now: int = 0
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def repeated_share(self) -> float | None:
        """The share of the tests that were run more than once; None without any."""
        return self.tested_again / self.tested if self.tested else None

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
    """What was created, planned and finished from `since` to `until`, days of the fleet's zone, both included.

    Without a line for a day or week in which nothing happened. Partners, places and roll-outs have what is open now.
    """
    zone = fleet.zone
    start = midnight(since, zone)
    end = midnight(until + timedelta(days=1), zone)
    shown = Job.objects.in_fleet(fleet).shown().order_by()
    created = shown.filter(created_at__gte=start, created_at__lt=end)
    finished = shown.filter(finished_at__gte=start, finished_at__lt=end)
    tested = finished.filter(tests__attempt__lte=2)

    created_in = _group(by, "created_at", zone)
    ended_in = _group(by, "finished_at", zone)
    found = _numbers(created, created_in, {"created": Count("pk")}).union(
        _numbers(finished, ended_in, ENDED),
        _numbers(finished.filter(FAILED), ended_in, FAILURES),
        _numbers(tested, ended_in, TESTED),
        _to_do(fleet, by, since, until),
        all=True,
    )
    return _lines(found)


def _to_do(fleet: Fleet, by: str, since: date, until: date) -> QuerySet:
    shown = Job.objects.in_fleet(fleet).shown().order_by()
    if by in BY_TIME:
        # The index of planned dates begins with fleet and kind.
        planned = shown.filter(kind__in=Kind.values, planned_service_date__range=(since, until))
        return _numbers(planned, _group(by, "planned_service_date"), PLANNED)
    late = Count("pk", filter=overdue(fleet.today))
    counted = dict(zip(AT_WORK, (Count("pk"), late), strict=True))
    return _numbers(shown.open(), _group(by, ""), counted)


def _numbers(jobs: Any, group: Any, counted: dict[str, Any]) -> QuerySet:
    """A row for each group of the jobs: what is counted of them, with the columns of the other parts."""
    return jobs.annotate(group=group).values_list("group").annotate(**COLUMNS | counted)


def _lines(found: Iterable[tuple]) -> list[Line]:
    lines: dict[Any, Line] = {}
    for group, reason, of_reason, *numbers in found:
        line = lines.setdefault(group, Line(group or ""))
        if of_reason:
            line.reasons[reason] = of_reason
        for name, number in zip(NUMBERS, numbers, strict=True):
            if number:
                setattr(line, name, number)
    return sorted(lines.values(), key=lambda line: (line.group == "", line.group))


def in_all(lines: Iterable[Line]) -> Line:
    """The sum of the lines. Their medians have none."""
    total = Line("")
    reasons: dict[str, int] = defaultdict(int)
    for line in lines:
        for name in SUMS:
            setattr(total, name, getattr(total, name) + getattr(line, name))
        for reason, number in line.reasons.items():
            reasons[reason] += number
    total.reasons = dict(reasons)
    return total


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The start of a day there."""
    return datetime.combine(day, time.min, zone)


def _group(by: str, column: str, zone: ZoneInfo | None = None) -> Any:
    """The name of a row, or the first day of the time, for a column of times in this zone or of dates."""
    if by in OF_ROWS:
        return F(OF_ROWS[by])
    return Cast(BY_TIME[by](column, tzinfo=zone), DateField())
