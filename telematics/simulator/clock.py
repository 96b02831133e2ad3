"""The simulator's time and dice. Its waits are scaled; everything else happens in real time."""

import random
from datetime import datetime, timedelta
from time import monotonic

from django.conf import settings
from django.utils import timezone

from core.postgresql.pool import release_connection
from core.shutdown import stopping


def scaled(seconds: float) -> timedelta:
    return timedelta(seconds=seconds * settings.TELEMATICS_TIME_SCALE)


def sleep(seconds: float, deadline: float) -> None:
    """Wait as for a radio link, at most until the `deadline` of `time.monotonic()`."""
    _wait(seconds * settings.TELEMATICS_TIME_SCALE, deadline)


def sleep_until(moment: datetime | None, deadline: float) -> None:
    """Wait until a moment that was scaled when it was set. None does not wait."""
    if moment is not None:
        _wait((moment - timezone.now()).total_seconds(), deadline)


def _wait(seconds: float, deadline: float) -> None:
    """Wait. Stop waiting when the worker is to stop."""
    seconds = min(seconds, deadline - monotonic())
    if seconds > 0:
        release_connection()
        stopping.wait(seconds)


def dice(*words: object) -> random.Random:
    """Return dice that throw the same for the same words, in every process."""
    return random.Random("/".join(map(str, words)))  # noqa: S311 (a game, not a secret)
