"""How many threads a worker may have for the connections of its pool."""

from collections.abc import Iterable

from django.conf import settings

# Tasks of these queues spend their time waiting for units, and hold no connection meanwhile.
MOSTLY_WAITING = {"units", "urgent"}
THREADS_A_CONNECTION = 8


def connections() -> int:
    """The connections of this process at most; 0 is no limit."""
    return int(settings.DATABASES["default"]["OPTIONS"].get("pool", {}).get("size", 0))


def fault(queues: Iterable[str], threads: int, pool: int) -> str:
    """Why a worker of these queues cannot work, in one line, or nothing."""
    if not pool or threads <= most_threads(queues, pool):
        return ""
    needed = -(-threads * pool // most_threads(queues, pool))
    return (
        f"DATABASE_POOL is {pool}, too small for a worker of {threads} threads. "
        f"Set it to {needed} or more, or start the worker with -c {most_threads(queues, pool)}."
    )


def most_threads(queues: Iterable[str], pool: int) -> int:
    if set(queues) <= MOSTLY_WAITING:
        return pool * THREADS_A_CONNECTION
    return pool
