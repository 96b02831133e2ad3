"""The channel and the request as part of which something happens now, and when its sender says that it happened."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.dateparse import parse_datetime

# A clock that differs by more is not believed.
MOST_APART = timedelta(days=30)


class Occurrence(NamedTuple):
    """When something is said to have happened. It is kept as evidence; nothing is sorted or judged by it."""

    at: datetime | None = None
    # A time was given that cannot be read or is too far off.
    is_misdated: bool = False

    @classmethod
    def read(cls, text: str | None) -> "Occurrence":
        if text is None:
            return cls()
        try:
            at = parse_datetime(text)
        except ValueError:
            at = None
        if at is None or at.tzinfo is None or abs(timezone.now() - at) > MOST_APART:
            return cls(is_misdated=True)
        return cls(at)


_channel: ContextVar[str] = ContextVar("channel", default="system")
_request_id: ContextVar[str] = ContextVar("request_id", default="")
_occurrence: ContextVar[Occurrence] = ContextVar("occurrence", default=Occurrence())  # noqa: B039 - immutable


def channel() -> str:
    """`web`, `admin`, `worker`, `system`, or a channel that a site names (core/web/middleware.py)."""
    return _channel.get()


def request_id() -> str:
    """The flow id: the same on the answer, in the log, in every row and message that the request caused."""
    return _request_id.get()


def occurrence() -> Occurrence:
    return _occurrence.get()


def follow(request_id: str) -> None:
    """Go on as part of another request, within `acting`."""
    _request_id.set(request_id)


@contextmanager
def acting(
    *,
    channel: str | None = None,
    request_id: str | None = None,
    occurrence: Occurrence | None = None,
) -> Iterator[None]:
    given: list[tuple[ContextVar, Any]] = [
        (_channel, channel),
        (_request_id, request_id),
        (_occurrence, occurrence),
    ]
    tokens = [(var, var.set(value)) for var, value in given if value is not None]
    try:
        yield
    finally:
        for var, token in reversed(tokens):
            var.reset(token)
