"""How far a roll-out is, when it will be done and what blocks it: three statements for any number of jobs."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from math import ceil
from typing import Any, NamedTuple

from django.db.models import Count, Q
from django.db.models.functions import TruncDate
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from jobs.models.choices import JobStatus, Kind
from jobs.models.job import Job
from jobs.models.job_queryset import JobQuerySet
from jobs.models.roll_out import RollOut
from jobs.parts import obstacles

# The pace of so many days makes the forecast.
PACE_DAYS = 14
# A burn-up over more days than this has a point for each week.
LONGEST_DAILY = 62
# A forecast that lies further ahead says nothing.
FURTHEST = timedelta(days=3 * 365)
STATUSES = (
    JobStatus.SUCCEEDED,
    JobStatus.RUNNING,
    JobStatus.ASSIGNED,
    JobStatus.PENDING,
    JobStatus.FAILED,
)


class Blocker(NamedTuple):
    """`value` is the one of the job list's filter of this name."""

    label: Any
    value: str | int = "on"


BLOCKERS = {
    "to_follow_up": Blocker(_("Failed without a follow-up")),
    "overdue": Blocker(_("Overdue")),
    "untouched": Blocker(_("Assigned, untouched for 7 days"), obstacles.UNTOUCHED_DAYS),
    "refused": Blocker(_("Partner keeps it")),
}


class Point(NamedTuple):
    """A day of the burn-up: jobs in the roll-out, jobs done, and done as the target asks. None in the future."""

    day: date
    scope: int | None
    done: int | None
    ideal: int


class Forecast(NamedTuple):
    pace: float  # jobs a week
    day: date | None  # None where nothing was done lately
    late_by: int  # days after the target; negative before it


class Figures:
    def __init__(self, roll_out: RollOut):
        self.roll_out = roll_out
        self.zone = roll_out.fleet.zone
        self.today = roll_out.fleet.today

    @property
    def jobs(self) -> JobQuerySet:
        """A failed job that was created again does not count: the new one does."""
        jobs = Job.objects.in_fleet(self.roll_out.fleet_id).shown()
        return jobs.filter(roll_out=self.roll_out.pk).exclude(obstacles.followed())

    # --- numbers --------------------------------------------------------------------------------------------------
    @cached_property
    def by_kind(self) -> dict[str, dict[str, int]]:
        """Kind → the numbers of its statuses and of its blockers. One statement."""
        counted: dict[str, Any] = {
            f"n_{status.value.lower()}": Count("pk", filter=Q(status=status)) for status in STATUSES
        }
        conditions = {
            # Those with a follow-up are left out already.
            "to_follow_up": Q(status=JobStatus.FAILED),
            "overdue": obstacles.overdue(self.today),
            "untouched": obstacles.untouched(obstacles.UNTOUCHED_DAYS),
            "refused": obstacles.kept_by_partner(),
        }
        for name, condition in conditions.items():
            counted[f"n_{name}"] = Count("pk", filter=condition)
        rows = self.jobs.order_by().values("kind").annotate(**counted)
        found = {row["kind"]: row for row in rows}
        return {kind: found[kind] for kind in Kind.values if kind in found}

    def number(self, name: str) -> int:
        return sum(numbers[f"n_{name.lower()}"] for numbers in self.by_kind.values())

    @property
    def statuses(self) -> dict[str, int]:
        return {status.value: self.number(status.value) for status in STATUSES}

    @property
    def total(self) -> int:
        return sum(self.statuses.values())

    @property
    def done(self) -> int:
        return self.number(JobStatus.SUCCEEDED)

    @property
    def remaining(self) -> int:
        return self.total - self.done

    @property
    def percent(self) -> int:
        """Rounded down, so that only a roll-out that is done has 100."""
        return self.done * 100 // self.total if self.total else 0

    @property
    def days_left(self) -> int:
        return (self.roll_out.target_date - self.today).days

    # --- by day ---------------------------------------------------------------------------------------------------
    @cached_property
    def created_by_day(self) -> dict[date, int]:
        return self._by_day(self.jobs, "created_at")

    @cached_property
    def done_by_day(self) -> dict[date, int]:
        return self._by_day(self.jobs.filter(status=JobStatus.SUCCEEDED), "finished_at")

    def _by_day(self, jobs: JobQuerySet, column: str) -> dict[date, int]:
        day = TruncDate(column, tzinfo=self.zone)
        rows = jobs.order_by().values_list(day).annotate(number=Count("pk"))
        return {day: number for day, number in rows if day is not None}

    # --- forecast -------------------------------------------------------------------------------------------------
    @cached_property
    def forecast(self) -> Forecast:
        first = self.today - timedelta(days=PACE_DAYS - 1)
        lately = sum(number for day, number in self.done_by_day.items() if day >= first)
        pace = lately * 7 / PACE_DAYS
        if not lately:
            return Forecast(pace, None, 0)
        needed = timedelta(days=ceil(self.remaining * PACE_DAYS / lately))
        if needed > FURTHEST:
            return Forecast(pace, None, 0)
        day = self.today + needed
        return Forecast(pace, day, (day - self.roll_out.target_date).days)

    # --- burn-up --------------------------------------------------------------------------------------------------
    @cached_property
    def points(self) -> list[Point]:
        """From the first job to the target, or to today where that is later."""
        if not self.total:
            return []
        start = min([*self.created_by_day, *self.done_by_day])
        target = self.roll_out.target_date
        end = max(target, self.today, start)
        step = timedelta(days=1 if (end - start).days <= LONGEST_DAILY else 7)
        return list(self._points(start, end, step))

    def _points(self, start: date, end: date, step: timedelta) -> Iterator[Point]:
        day = start
        while day < end:
            yield self._point(day, start)
            if day < self.today < min(day + step, end):
                yield self._point(self.today, start)
            day += step
        yield self._point(end, start)

    def _point(self, day: date, start: date) -> Point:
        ideal = self._ideal(day, start)
        if day > self.today:
            return Point(day, None, None, ideal)
        return Point(day, _until(self.created_by_day, day), _until(self.done_by_day, day), ideal)

    def _ideal(self, day: date, start: date) -> int:
        """As many as are done at an even pace that reaches the target in time."""
        whole = (self.roll_out.target_date - start).days
        if whole <= 0:
            return self.total
        passed = min(max((day - start).days, 0), whole)
        return round(self.total * passed / whole)


def _until(numbers: Mapping[date, int], day: date) -> int:
    return sum(number for one, number in numbers.items() if one <= day)


class Progress(NamedTuple):
    total: int
    done: int

    @property
    def percent(self) -> int:
        return self.done * 100 // self.total if self.total else 0


def progress_of(fleet: str, roll_outs: list[str]) -> dict[str, Progress]:
    """How far each of these roll-outs is. One statement."""
    jobs = Job.objects.in_fleet(fleet).shown().filter(roll_out__in=roll_outs)
    rows = (
        jobs.exclude(obstacles.followed())
        .order_by()
        .values_list("roll_out")
        .annotate(total=Count("pk"), done=Count("pk", filter=Q(status=JobStatus.SUCCEEDED)))
    )
    return {pk: Progress(total, done) for pk, total, done in rows}
