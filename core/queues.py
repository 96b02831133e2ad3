"""The queues: which there are, how much waits for each, and which have a worker."""

import os
import socket
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from celery import current_app
from django.core.cache import cache
from kombu import Connection

Count = Callable[[], int]
_counts: dict[str, list[Count]] = defaultdict(list)
# A worker signs for its queues this often, in seconds. What is not renewed in time has no worker.
SIGN_EVERY = 10
SIGNED_FOR = 30
MOST_WORKERS = 50
# Where this process has signed: a queue and a name → a key of the cache.
_places: dict[tuple[str, str], str] = {}


def names() -> list[str]:
    """The queues that the registered tasks name, and the default one."""
    return sorted({queue_of(task) for task in current_app.tasks.values()} | {default()})


def queue_of(task: Any) -> str:
    return getattr(task, "queue_name", default())


def default() -> str:
    return current_app.conf.task_default_queue


# --- what waits -------------------------------------------------------------------------------------------------------
def waiting(queue: str) -> Callable[[Count], Count]:
    """Register a function that counts rows which wait for a worker of this queue."""

    def register(count: Count) -> Count:
        _counts[queue].append(count)
        return count

    return register


def rows(queue: str) -> int:
    """The rows that wait for a worker of this queue."""
    return sum(count() for count in _counts[queue])


def messages(broker: Connection, queue: str) -> int:
    """The messages that no worker has fetched yet.

    A queue that was never used does not exist; declaring it passively closes the channel.
    """
    broker.connect()  # a pool gives out one that broke and is closed, too
    channel: Any = broker.channel()
    try:
        return channel.queue_declare(queue=queue, passive=True).message_count
    except broker.channel_errors:
        return 0
    finally:
        channel.close()


# --- who works --------------------------------------------------------------------------------------------------------
def sign(queues: Iterable[str], by: str = "") -> None:
    """Record that a worker of these queues is alive. Each has a place of its own, so that they can be counted."""
    by = by or f"{socket.gethostname()}:{os.getpid()}"
    for queue in queues:
        _sign(queue, by)


def _sign(queue: str, by: str) -> None:
    place = _places.get((queue, by))
    if place and cache.get(place) == by:
        cache.set(place, by, SIGNED_FOR)
        return
    taken = cache.get_many(_places_of(queue))
    mine = [place for place, who in taken.items() if who == by]
    free = [place for place in _places_of(queue) if place not in taken]
    for place in (*mine, *free):
        if place in mine or cache.add(place, by, SIGNED_FOR):
            _places[queue, by] = place
            return


def alive(queues: Iterable[str]) -> dict[str, int]:
    """How many workers have signed for each of these queues; beyond MOST_WORKERS they are not counted."""
    places = {queue: _places_of(queue) for queue in queues}
    taken = cache.get_many([place for of_queue in places.values() for place in of_queue])
    return {queue: sum(place in taken for place in of_queue) for queue, of_queue in places.items()}


def unserved() -> list[str]:
    """The queues that no worker has signed for."""
    return [queue for queue, number in alive(names()).items() if not number]


def is_signed(queue: str) -> bool:
    return alive([queue])[queue] > 0


def _places_of(queue: str) -> list[str]:
    return [f"worker-of-{queue}-{number}" for number in range(MOST_WORKERS)]
