"""A connection that stops waiting once its server has no pulse."""

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import psycopg
from psycopg.errors import ConnectionTimeout, _WaitTimeout

from core.postgresql.pulse import NoAnswer, pulse_of

# Seconds that a statement may be silent before anybody doubts the server.
SILENCE = 0.5
# Seconds for which a new connection waits for a lost server: a request that comes while it wakes up is answered.
GRACE = 0.5
# What a generator of psycopg is sent when nothing could be read or written.
NOT_READY = 0
_grace: ContextVar[float] = ContextVar("grace", default=GRACE)

Result = TypeVar("Result")


class ServerLost(psycopg.OperationalError):
    """The server does not answer, neither this connection nor a new one."""


class GuardedConnection(psycopg.Connection):
    # Checked whenever a statement has been silent for a while.
    is_lost: Callable[[], bool] | None = None
    # Kept by the pool: when it was given back, and until when it is used.
    free_since = 0.0
    good_until = 0.0

    def wait(
        self,
        gen: Generator[Any, Any, Result],
        *args: Any,
        timeout: float | None = None,
        **kwargs: Any,
    ) -> Result:
        if self.is_lost is None or timeout is not None:
            return super().wait(gen, *args, timeout=timeout, **kwargs)
        going_on = gen
        while True:
            try:
                return super().wait(going_on, *args, timeout=SILENCE, **kwargs)
            except _WaitTimeout:
                if self.is_lost():
                    self.close()  # an answer that comes later would be taken for that of the next statement
                    raise ServerLost("the server does not answer") from None
            going_on = _resumed(gen)


def _resumed(gen: Generator[Any, Any, Result]) -> Generator[Any, Any, Result]:
    """Go on with what was waited for. A wait begins with None, which psycopg cannot take while it sends a statement."""
    try:
        wanted = gen.send(NOT_READY)
        while True:
            wanted = gen.send((yield wanted))
    except StopIteration as done:
        return done.value


@contextmanager
def without_grace() -> Iterator[None]:
    """For one that connects many times in a row, and would wait each time."""
    token = _grace.set(0)
    try:
        yield
    finally:
        _grace.reset(token)


def connect(params: Mapping[str, Any]) -> GuardedConnection:
    """Open a connection; if the server is lost, wait a moment for it and no longer."""
    pulse = pulse_of(params, lambda: _feel(params))
    if pulse.is_lost and not pulse.wait(_grace.get()):
        raise ServerLost("the server does not answer")
    try:
        connection = GuardedConnection.connect(**params)
    except ConnectionTimeout:
        pulse.lose()
        raise
    connection.is_lost = pulse.check
    return connection


def _feel(params: Mapping[str, Any]) -> None:
    """Query on a separate connection. Connecting is not enough: a pooler accepts connections for its server."""
    try:
        connection = GuardedConnection.connect(**{**params, "autocommit": True})
        connection.is_lost = lambda: True
        with connection:
            connection.execute("SELECT 1")
    except (ConnectionTimeout, ServerLost) as error:
        raise NoAnswer from error
