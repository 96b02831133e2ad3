"""How several fleets stand: what needs somebody in each, and how its jobs went lately. One statement."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Value

from accounts.models import Fleet
from jobs.models import Job
from jobs.moves.many import open_request
from jobs.parts.obstacles import UNTOUCHED_DAYS, overdue, to_follow_up, untouched
from jobs.reading.figures import ENDED, midnight
from telematics.models import Vehicle

# What has finished on so many days, today among them.
DAYS = 30
LATELY = ("succeeded", "first_tries", "succeeded_at_once")
OF_JOBS = ("open", "overdue", "untouched", "asked_back", "to_follow_up", *LATELY)
# Counted by fleet and kind. What another part of the statement counts is 0 here.
NOT_HERE = {name: Value(0) for name in (*OF_JOBS, "silent")}


class FleetFigures:
    """The numbers of one fleet, or the sum of several: by name and kind of job, `""` for vehicles."""

    def __init__(self) -> None:
        self.numbers: dict[tuple[str, str], int] = defaultdict(int)

    def of(self, name: str) -> int:
        """The number over both kinds."""
        return sum(number for (one, _kind), number in self.numbers.items() if one == name)

    def of_kind(self, name: str, kind: str) -> int:
        return self.numbers.get((name, kind), 0)

    @property
    def first_time_success(self) -> float | None:
        """The share of the first tries for a vehicle that succeeded; None without any."""
        tries = self.of("first_tries")
        return self.of("succeeded_at_once") / tries if tries else None

    def add(self, other: "FleetFigures") -> None:
        for key, number in other.numbers.items():
            self.numbers[key] += number


def figures_of_fleets(fleets: Sequence[Fleet]) -> dict[str, FleetFigures]:
    """The figures of each of these fleets, by its ID."""
    figures = {fleet.pk: FleetFigures() for fleet in fleets}
    if not figures:
        return figures
    found = _at_work(fleets).union(_failed(fleets), _lately(fleets), _silent(fleets), all=True)
    for fleet, kind, *numbers in found:
        for name, number in zip(NOT_HERE, numbers, strict=True):
            if number:
                figures[fleet].numbers[name, kind] = number
    return figures


def _at_work(fleets: Sequence[Fleet]) -> QuerySet:
    late = _in_zones(fleets, lambda fleet: overdue(fleet.today))
    counted = {
        "open": Count("pk"),
        "overdue": Count("pk", filter=late),
        "untouched": Count("pk", filter=untouched(UNTOUCHED_DAYS)),
        "asked_back": Count("pk", filter=Q(open_request())),
    }
    return _numbers(_jobs(fleets).open(), counted)


def _failed(fleets: Sequence[Fleet]) -> QuerySet:
    return _numbers(_jobs(fleets).filter(to_follow_up()), {"to_follow_up": Count("pk")})


def _lately(fleets: Sequence[Fleet]) -> QuerySet:
    lately = _in_zones(fleets, lambda fleet: Q(finished_at__gte=_since(fleet)))
    finished = _jobs(fleets).shown().filter(lately)
    return _numbers(finished, {name: ENDED[name] for name in LATELY})


def _since(fleet: Fleet) -> Any:
    return midnight(fleet.today - timedelta(days=DAYS - 1), fleet.zone)


def _silent(fleets: Sequence[Fleet]) -> QuerySet:
    installed = _jobs(fleets).installed_lately().values("vehicle")
    silent = Vehicle.objects.live().silent().filter(fleet__in=_keys(fleets), pk__in=installed)
    return _numbers(silent.annotate(kind=Value("")), {"silent": Count("pk")})


def _jobs(fleets: Sequence[Fleet]) -> Any:
    return Job.objects.filter(fleet__in=_keys(fleets))


def _keys(fleets: Iterable[Fleet]) -> list[str]:
    return [fleet.pk for fleet in fleets]


def _in_zones(fleets: Sequence[Fleet], condition: Callable[[Fleet], Q]) -> Q:
    """A condition about days, which begin for each fleet in its own time zone."""
    zones = defaultdict(list)
    for fleet in fleets:
        zones[fleet.zone].append(fleet)
    either = Q()
    for of_zone in zones.values():
        either |= Q(fleet__in=_keys(of_zone)) & condition(of_zone[0])
    return either


def _numbers(rows: Any, counted: dict[str, Any]) -> QuerySet:
    """A row for each fleet and kind: what is counted, with the columns of the other parts."""
    return rows.order_by().values_list("fleet", "kind").annotate(**NOT_HERE | counted)
