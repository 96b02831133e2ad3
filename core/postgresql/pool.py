"""Connections that a process keeps between requests.

psycopg's own pool opens connections in the background and waits longer after each failure. A
request could then neither fail at once while the server is stopped, nor succeed at once when it is
back. Here the request that needs a connection opens it.
"""

import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from threading import BoundedSemaphore

import psycopg
from django.db import connection as current
from psycopg.pq import TransactionStatus

from core import processes
from core.postgresql.guard import GuardedConnection, ServerLost

# Seconds for which a connection is used at most, and kept without use.
LIFETIME = 3600
IDLE = 600


def release_connection() -> None:
    """Give the connection of this thread back before it waits for something else. In a transaction it is kept."""
    if current.settings_dict["OPTIONS"].get("pool") and not current.in_atomic_block:
        current.close()


class PoolTimeout(psycopg.OperationalError):
    """All connections of this process have been in use for too long."""


class Pool:
    """At most `size` connections; who finds all in use waits for `timeout` seconds. The one used last is used first."""

    def __init__(self, connect: Callable[[], GuardedConnection], size: int, timeout: float):
        self._connect = connect
        self._timeout = timeout
        self._places = BoundedSemaphore(size)
        self._free: deque[GuardedConnection] = deque()
        self._open = True

    def open(self) -> None:
        """Django calls it before each use; there is nothing to do."""

    def getconn(self) -> GuardedConnection:
        if not self._places.acquire(timeout=self._timeout):
            raise PoolTimeout(f"no connection became free within {self._timeout:g} s")
        try:
            connection = self._kept() or self._new()
        except BaseException:
            self._places.release()
            raise
        processes.connections_in_use.inc()
        return connection

    def putconn(self, connection: GuardedConnection) -> None:
        """Take a connection back. Never raises: what is lost is discarded."""
        try:
            if self._open and _settle(connection) and time.monotonic() < connection.good_until:
                connection.free_since = time.monotonic()
                self._free.append(connection)
            else:
                _discard(connection)
            self._discard_idle()
        finally:
            self._places.release()
            processes.connections_in_use.dec()

    def close(self) -> None:
        self._open = False
        while self._free:
            _discard(self._free.pop())

    def _kept(self) -> GuardedConnection | None:
        while True:
            try:
                connection = self._free.pop()
            except IndexError:
                return None
            if _is_usable(connection):
                return connection
            _discard(connection)

    def _new(self) -> GuardedConnection:
        connection = self._connect()
        connection._pool = self  # type: ignore[assignment]  # by this Django returns it
        connection.good_until = time.monotonic() + LIFETIME
        return connection

    def _discard_idle(self) -> None:
        with suppress(IndexError):
            while time.monotonic() - self._free[0].free_since > IDLE:
                _discard(self._free.popleft())


def _settle(connection: GuardedConnection) -> bool:
    """Leave no transaction behind; whether the connection can be used again."""
    with suppress(psycopg.Error):
        connection.rollback()
        connection.autocommit = True
    return connection.info.transaction_status == TransactionStatus.IDLE


def _is_usable(connection: GuardedConnection) -> bool:
    """Whether a free connection is still open. Raises ServerLost if that cannot be found out."""
    try:
        connection.execute("")
    except ServerLost:
        raise
    except psycopg.Error:
        return False
    return True


def _discard(connection: GuardedConnection) -> None:
    with suppress(psycopg.Error):
        connection.close()
