"""The simulator's time and dice. Its waits are scaled, everything else happens in real time."""

import random
from datetime import timedelta
from time import monotonic

from django.conf import settings
from django.utils import timezone

from core.shutdown import stopping


def scaled(seconds):
    return timedelta(seconds=seconds * settings.TELEMATICS_TIME_SCALE)


def sleep(seconds, deadline):
    """Wait like a radio link, never past the deadline of `time.monotonic()`."""
    _wait(seconds * settings.TELEMATICS_TIME_SCALE, deadline)


def sleep_until(moment, deadline):
    """The same until a moment that was scaled when it was set; None has no moment."""
    if moment is not None:
        _wait((moment - timezone.now()).total_seconds(), deadline)


def _wait(seconds, deadline):
    """A worker that is asked to stop waits no more."""
    seconds = min(seconds, deadline - monotonic())
    if seconds > 0:
        stopping.wait(seconds)


def dice(*words):
    """The same words, the same throws, in every process."""
    return random.Random("/".join(map(str, words)))  # noqa: S311 (a game, not a secret)
