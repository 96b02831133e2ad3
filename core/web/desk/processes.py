"""Which processes are silent: workers, the relay, beat, and sweeps that beat should have called."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core import queues, signs
from core.outbox.relay import NAME as RELAY


class Process(NamedTuple):
    kind: str | Promise
    name: str
    is_silent: bool
    # How many are alive, of those that are counted.
    number: int | None = None
    last_seen: datetime | None = None


def processes() -> list[Process]:
    """Workers, relays and beat as they have signed in the cache, and the sweeps that are late."""
    return [*_workers(), _beat(), *_late_sweeps()]


def _workers() -> Iterator[Process]:
    for queue, number in queues.alive([*queues.names(), RELAY]).items():
        kind = _("Relay") if queue == RELAY else _("Worker")
        yield Process(kind, queue, number == 0, number)


def _beat() -> Process:
    return Process("Beat", "", signs.is_beat_silent(), last_seen=_time(signs.beat()))


def _late_sweeps() -> Iterator[Process]:
    for sweep, ended in signs.late_sweeps().items():
        yield Process(_("Sweep"), sweep, True, last_seen=_time(ended))


def _time(seconds: float) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
