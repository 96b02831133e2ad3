"""The 120 jobs of the demo world: how many went how, and between how many days ago they were written."""

from collections.abc import Callable
from typing import NamedTuple

from jobs.demo import hours, plots
from jobs.demo.chronicle import Chronicle
from jobs.demo.people import Cast
from jobs.demo.stage import Stage
from jobs.demo.stock import Shelf


class Told(NamedTuple):
    plot: Callable[[Chronicle], None]
    count: int
    oldest: float
    newest: float


BERLIN = (
    Told(plots.installed, 9, 95, 14),
    Told(plots.reconfigured, 5, 60, 10),
    Told(plots.failed_absent, 2, 75, 30),
    Told(plots.failed_in_tests, 3, 80, 16),
    Told(plots.failed_otherwise, 2, 50, 9),
    Told(plots.serviced, 7, 70, 8),
    Told(plots.unit_replaced, 1, 40, 40),
    Told(plots.service_failed, 3, 45, 8),
    Told(plots.running_idle, 1, 9, 9),
    Told(plots.running_fresh, 2, 7, 4),
    Told(plots.running_in_tests, 1, 6, 6),
    Told(plots.service_running, 2, 7, 5),
    Told(plots.assigned, 20, 13, 2),
    Told(plots.service_assigned, 6, 12, 2),
    Told(plots.pending, 16, 6, 0),
    Told(plots.pending_again, 1, 3, 3),
    Told(plots.handed_back, 1, 5, 5),
    Told(plots.service_pending, 6, 5, 0),
)
MUNICH = (
    Told(plots.installed, 3, 70, 20),
    Told(plots.failed_in_tests, 1, 40, 40),
    Told(plots.running_fresh, 1, 5, 5),
    Told(plots.assigned, 3, 10, 2),
    Told(plots.pending, 4, 5, 0),
    Told(plots.serviced, 2, 45, 20),
    Told(plots.service_failed, 1, 30, 30),
    Told(plots.service_assigned, 1, 6, 6),
    Told(plots.service_pending, 1, 3, 3),
)
HAMBURG = (Told(plots.pending, 11, 20, 0), Told(plots.service_pending, 4, 12, 1))
# Vehicles that stood in each fleet before the first job.
PARKED = (2, 0, 4)


def play(cast: Cast, shelves: dict[str, Shelf]) -> None:
    """From the oldest job to the newest, so that ids rise with time as they do in life."""
    stage = Stage(cast, shelves)
    for fleet, count in zip(cast.fleets, PARKED, strict=True):
        for _vehicle in range(count):
            stage.park(fleet, hours.days_ago(110, stage.dice))
    for chronicle, plot in sorted(scripts(stage), key=lambda script: script[0].at):
        plot(chronicle)
    stage.diary.settle(cast.fleets)


def scripts(stage: Stage) -> list[tuple[Chronicle, Callable[[Chronicle], None]]]:
    return [
        (Chronicle(stage, fleet, hours.days_ago(days, stage.dice), place, told.count), told.plot)
        for fleet, plays in zip(stage.cast.fleets, (BERLIN, MUNICH, HAMBURG), strict=True)
        for told in plays
        for place, days in enumerate(spread(told))
    ]


def spread(told: Told) -> list[float]:
    """The days, evenly from the oldest to the newest."""
    step = (told.oldest - told.newest) / max(told.count - 1, 1)
    return [told.oldest - place * step for place in range(told.count)]
