"""Ratios taken in one run on one machine: each action and its floor in turn, the best of several rounds of each."""

import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import django

WARMING = 3  # rounds that do not count


class Goal(NamedTuple):
    must: float
    aim: float


@contextmanager
def database() -> Iterator[None]:
    """An empty database of its own, with all tables."""
    django.setup()
    from django.test.runner import DiscoverRunner

    runner = DiscoverRunner(verbosity=0, interactive=False)
    made = runner.setup_databases()
    try:
        yield
    finally:
        runner.teardown_databases(made)


def best_of(rounds: int, actions: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Seconds of each. The rounds alternate, so that whatever else the machine does meets all of them.

    What an action has as its `before` is done first, and not counted.
    """
    best: dict[str, float] = {}
    for _round in range(rounds):
        for name, action in actions.items():
            getattr(action, "before", lambda: None)()
            started = time.perf_counter()
            action()
            best[name] = min(best.get(name, float("inf")), time.perf_counter() - started)
    return best


def median_of(rounds: int, actions: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Seconds of each. Every round has another order, so that none always comes after the same other one.

    What an action has as its `before` is done first, and not counted.
    """
    chance, taken = random.Random(1), {name: [] for name in actions}
    for number in range(rounds + WARMING):
        for name in chance.sample(list(actions), len(actions)):
            getattr(actions[name], "before", lambda: None)()
            started = time.perf_counter()
            actions[name]()
            if number >= WARMING:
                taken[name].append(time.perf_counter() - started)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


class Report:
    def __init__(self, title: str):
        self.missed = False
        print(f"\n{title}", flush=True)

    def line(self, what: str, value: float, goal: Goal, unit: str = "×") -> None:
        met = value <= goal.must
        self.missed |= not met
        mark = "aim" if value <= goal.aim else "must" if met else "MISSED"
        print(
            f"  {what:<58}{value:>8.2f} {unit:<4} must ≤ {goal.must:g}, aim ≤ {goal.aim:g}  {mark}",
            flush=True,
        )

    def note(self, text: str) -> None:
        print(f"  {text}")

    def leave(self) -> None:
        sys.exit(1 if self.missed else 0)
