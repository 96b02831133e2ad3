"""Wait in the web process for the outcome of a command, which a worker writes."""

import time

from telematics.models import Command

CHECK_EVERY = 0.15  # seconds


def settled(command_id: str, *, within: float) -> Command:
    """Return the command as soon as it is settled, or as it is after `within` seconds.

    Never call it inside a transaction: the worker's writes would stay invisible, and a connection would be held.
    """
    deadline = time.monotonic() + within
    while True:
        command = Command.objects.select_related("vehicle__unit").get(pk=command_id)
        if command.settled_at or time.monotonic() >= deadline:
            return command
        time.sleep(CHECK_EVERY)
