"""How much work waits and for how long, by kind, and leases past their end. Each room registers its own rows.

What is counted lies in a partial index, and no more than MOST rows of it are read.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
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


class Waiting(NamedTuple):
    """The rows of one kind that wait, since when, and how long that may take."""

    rows: Rows
    since: str
    patience: timedelta

    def overdue(self) -> QuerySet:
        """Those that wait too long."""
        return self.rows().filter(**{f"{self.since}__lt": timezone.now() - self.patience})


WAITING_KINDS: dict[str, Waiting] = {}
LEASE_KINDS: dict[str, Rows] = {}


def waiting(kind: str, *, since: str, patience: timedelta) -> Callable[[Rows], Rows]:
    """Register the rows that wait for a worker or relay, in the order of the index that has them.

    After `patience` they wait too long. The rules in docs/operation/alerts.yml have the same times.
    """

    def register(rows: Rows) -> Rows:
        WAITING_KINDS[kind] = Waiting(rows, since, patience)

        def measure() -> Measured:
            found = backlog(rows(), since)
            return {WAITING: {kind: found.number}, OLDEST: {kind: found.seconds}}

        add_source(f"waiting_{kind}", measure)
        return rows

    return register


def leases(kind: str) -> Callable[[Rows], Rows]:
    """Register the rows whose lease is over, while nobody has taken note of it."""

    def register(rows: Rows) -> Rows:
        LEASE_KINDS[kind] = rows
        add_source(f"leases_{kind}", lambda: {LEASES: {kind: rows()[:MOST].count()}})
        return rows

    return register
