"""The 120 jobs of the demo world: how many went how, and between how many days ago they were written."""

from collections.abc import Callable
from typing import NamedTuple

from demo.world import hours, labels, plots
from demo.world.chronicle import Chronicle
from demo.world.people import Cast
from demo.world.stage import Stage
from demo.world.stock import Shelf


class Series(NamedTuple):
    plot: Callable[[Chronicle], None]
    times: int
    oldest: float
    newest: float


BERLIN = (
    Series(plots.installed, 9, 95, 14),
    Series(plots.reconfigured, 5, 60, 10),
    Series(plots.failed_absent, 2, 75, 30),
    Series(plots.failed_in_tests, 3, 80, 16),
    Series(plots.failed_otherwise, 2, 50, 9),
    Series(plots.serviced, 7, 70, 8),
    Series(plots.unit_replaced, 1, 40, 40),
    Series(plots.service_failed, 3, 45, 8),
    Series(plots.running_idle, 1, 9, 9),
    Series(plots.running_fresh, 2, 7, 4),
    Series(plots.running_in_tests, 1, 6, 6),
    Series(plots.service_running, 2, 7, 5),
    Series(plots.assigned, 20, 13, 2),
    Series(plots.service_assigned, 6, 12, 2),
    Series(plots.pending, 16, 6, 0),
    Series(plots.pending_again, 1, 3, 3),
    Series(plots.handed_back, 1, 5, 5),
    Series(plots.service_pending, 6, 5, 0),
)
MUNICH = (
    Series(plots.installed, 3, 70, 20),
    Series(plots.failed_in_tests, 1, 40, 40),
    Series(plots.running_fresh, 1, 5, 5),
    Series(plots.assigned, 3, 10, 2),
    Series(plots.pending, 4, 5, 0),
    Series(plots.serviced, 2, 45, 20),
    Series(plots.service_failed, 1, 30, 30),
    Series(plots.service_assigned, 1, 6, 6),
    Series(plots.service_pending, 1, 3, 3),
)
HAMBURG = (Series(plots.pending, 11, 20, 0), Series(plots.service_pending, 4, 12, 1))
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
    labels.label(stage)
    stage.diary.settle(cast.fleets)


def scripts(stage: Stage) -> list[tuple[Chronicle, Callable[[Chronicle], None]]]:
    return [
        (
            Chronicle(stage, fleet, hours.days_ago(days, stage.dice), place, series.times),
            series.plot,
        )
        for fleet, plays in zip(stage.cast.fleets, (BERLIN, MUNICH, HAMBURG), strict=True)
        for series in plays
        for place, days in enumerate(spread(series))
    ]


def spread(series: Series) -> list[float]:
    """The days, evenly from the oldest to the newest."""
    step = (series.oldest - series.newest) / max(series.times - 1, 1)
    return [series.oldest - place * step for place in range(series.times)]
