"""Signs of life of beat and its sweeps, kept in the cache: when beat was last seen, when each sweep last ended."""

import time
from collections.abc import Iterable
from functools import cache as once

from celery import current_app
from django.core.cache import cache

BEAT = "beat-seen"
# Beat signs this often, in seconds. One that was not seen for so long is taken to be away.
SIGN_EVERY = 10
SILENT_AFTER = 60
# A sweep is late after two of its intervals and so many seconds.
LATE_AFTER = 120


def sign_beat() -> None:
    """Record that beat runs. A sweep that is not known yet is due from now on, not from the beginning of time."""
    now = time.time()
    cache.set(BEAT, now, None)
    known = cache.get_many(_keys(_scheduled()))
    for key in _keys(_scheduled()):
        if key not in known:
            cache.add(key, now, None)


def sign_sweep(task: str) -> None:
    """Record that a task has ended, if beat calls it."""
    if task in _scheduled():
        cache.set(_key(task), time.time(), None)


def beat() -> float:
    """When it was last seen, in seconds since 1970; 0 for never."""
    return float(cache.get(BEAT, 0.0))


def is_beat_silent() -> bool:
    return time.time() - beat() > SILENT_AFTER


def sweeps() -> dict[str, float]:
    """When each sweep last ended. One that beat has never announced is left out."""
    known = cache.get_many(_keys(_scheduled()))
    return {task: known[_key(task)] for task in _scheduled() if _key(task) in known}


def late_sweeps() -> dict[str, float]:
    """The sweeps that have not ended for too long, and when each did last."""
    now = time.time()
    every = intervals()
    ended = sweeps()
    return {task: at for task, at in ended.items() if now - at > 2 * every[task] + LATE_AFTER}


@once
def intervals() -> dict[str, float]:
    """How often beat calls each sweep, in seconds."""
    entries = current_app.conf.beat_schedule.values()
    return {entry["task"]: float(entry["schedule"]) for entry in entries}


def _scheduled() -> Iterable[str]:
    return intervals().keys()


def _keys(tasks: Iterable[str]) -> list[str]:
    return [_key(task) for task in tasks]


def _key(task: str) -> str:
    return f"sweep-ended-{task}"
