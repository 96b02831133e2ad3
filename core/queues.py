"""The queues: which there are, how much waits for each, and which have a worker."""

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
    channel: Any = broker.channel()
    try:
        return channel.queue_declare(queue=queue, passive=True).message_count
    except broker.channel_errors:
        return 0
    finally:
        channel.close()


# --- who works --------------------------------------------------------------------------------------------------------
def sign(queues: Iterable[str]) -> None:
    """Record that a worker of these queues is alive."""
    cache.set_many({_signature(queue): True for queue in queues}, SIGNED_FOR)


def unserved() -> list[str]:
    """The queues that no worker has signed for."""
    signed = cache.get_many([_signature(queue) for queue in names()])
    return [queue for queue in names() if _signature(queue) not in signed]


def _signature(queue: str) -> str:
    return f"worker-of-{queue}"
