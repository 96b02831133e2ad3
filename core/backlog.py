"""How much work waits and for how long, by kind, and leases past their end. Each room registers its own rows.

What is counted lies in a partial index, and no more than MOST rows of it are read.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Min, QuerySet
from django.utils import timezone

from core.gauges import FAMILIES, Family, Measured, add_source

MOST = 10_000
Rows = Callable[[], QuerySet]
WAITING = "waiting_rows"
OLDEST = "oldest_waiting_seconds"
LEASES = "leases_past_end"

FAMILIES[WAITING] = Family(f"Rows that wait, by kind, counted up to {MOST}.", "kind")
FAMILIES[OLDEST] = Family("How long the oldest of them has waited; 0 if none waits.", "kind")
FAMILIES[LEASES] = Family("Leases that are over and have no recorded end.", "kind")


class Backlog(NamedTuple):
    number: int
    oldest: datetime | None

    @property
    def seconds(self) -> float:
        if self.oldest is None:
            return 0.0
        return max(0.0, (timezone.now() - self.oldest).total_seconds())


def backlog(rows: QuerySet, since: str) -> Backlog:
    """Count the first rows, and find the earliest `since` among them, in one statement."""
    found = rows[:MOST].aggregate(backlog_rows=Count("pk"), backlog_oldest=Min(since))
    return Backlog(found["backlog_rows"], found["backlog_oldest"])


def waiting(kind: str, *, since: str) -> Callable[[Rows], Rows]:
    """Register the rows that wait for a worker or relay, in the order of the index that has them."""

    def register(rows: Rows) -> Rows:
        def measure() -> Measured:
            found = backlog(rows(), since)
            return {WAITING: {kind: found.number}, OLDEST: {kind: found.seconds}}

        add_source(f"waiting_{kind}", measure)
        return rows

    return register


def leases(kind: str) -> Callable[[Rows], Rows]:
    """Register the rows whose lease is over, while nobody has taken note of it."""

    def register(rows: Rows) -> Rows:
        add_source(f"leases_{kind}", lambda: {LEASES: {kind: rows()[:MOST].count()}})
        return rows

    return register
