"""Through which channel, and as part of which request, something happens now."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_channel: ContextVar[str] = ContextVar("channel", default="system")
_request_id: ContextVar[str] = ContextVar("request_id", default="")


def channel() -> str:
    """`fleetcontrol`, `installers`, `smartcontrol`, `oneapi`, `admin`, `worker` or `system`."""
    return _channel.get()


def request_id() -> str:
    """The flow id: the same on the answer, in the log, in every row and message that the request caused."""
    return _request_id.get()


@contextmanager
def acting(*, channel: str | None = None, request_id: str | None = None) -> Iterator[None]:
    tokens = [
        (var, var.set(value)) for var, value in ((_channel, channel), (_request_id, request_id)) if value is not None
    ]
    try:
        yield
    finally:
        for var, token in reversed(tokens):
            var.reset(token)
