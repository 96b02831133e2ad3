"""Wait in the web process for the outcome of a command, which a worker writes."""

import time
from threading import BoundedSemaphore

from core.postgresql.pool import release_connection
from telematics.models import Command

CHECK_EVERY = 0.15  # seconds
# So many requests of a process may wait long. The others are answered at once, with the command as it is.
MOST_WAITING = 8

_places = BoundedSemaphore(MOST_WAITING)


def settled(command_id: str, *, within: float) -> Command:
    """Return the command as soon as it is settled, or as it is after `within` seconds.

    Never call it inside a transaction: the worker's writes would stay invisible, and a connection would be held.
    """
    deadline = time.monotonic() + within
    while True:
        command = Command.objects.select_related("vehicle__unit", "key").get(pk=command_id)
        if command.settled_at or time.monotonic() >= deadline:
            return command
        release_connection()
        time.sleep(CHECK_EVERY)


def settled_if_there_is_room(command_id: str, *, within: float) -> Command:
    """The same for a long wait, as long as not too many wait already."""
    if not _places.acquire(blocking=False):
        return settled(command_id, within=0)
    try:
        return settled(command_id, within=within)
    finally:
        _places.release()
