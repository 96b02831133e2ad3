"""The connection of one call: it leads to a checked address, and every step takes from one limit of time.

A socket's own time-out begins again with each byte. A server that sends one byte a second would hold a worker for
hours.
"""

import ssl
import time
from collections.abc import Iterable, Sequence
from typing import Any

import httpcore

from core.outbound.addresses import Address

MOST_READ = 64 * 1024
MOST_ADDRESSES = 4
RECORD = 16 * 1024  # the most that TLS sends at once, and so within one time-out


class Deadline:
    """The end of a call."""

    def __init__(self, seconds: float):
        self.began = time.monotonic()
        self.seconds = seconds

    @property
    def spent(self) -> float:
        return time.monotonic() - self.began

    @property
    def left(self) -> float:
        """The seconds that are left. Raises TimeoutException if there are none: to a socket 0 means not to wait."""
        left = self.seconds - self.spent
        if left <= 0:
            raise httpcore.TimeoutException
        return left


class Way(httpcore.NetworkBackend):
    """Connects to the addresses that were checked. The host name is for TLS alone."""

    def __init__(self, addresses: Sequence[Address], deadline: Deadline):
        self.addresses = addresses[:MOST_ADDRESSES]
        self.deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that accepts. One that is silent takes only its share of the time."""
        *others, last = self.addresses
        for behind, address in zip(range(len(others), 0, -1), others, strict=True):
            try:
                return self._connect(address, port, self.deadline.left / (behind + 1))
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connect(last, port, self.deadline.left)

    def _connect(self, address: Address, port: int, seconds: float) -> httpcore.NetworkStream:
        stream = httpcore.SyncBackend().connect_tcp(str(address), port, timeout=seconds)
        return Stream(stream, self.deadline)


class Stream(httpcore.NetworkStream):
    """A stream whose time and amount are limited. The time-outs that it is given are not used."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline):
        self.inner = inner
        self.deadline = deadline
        self.received = 0

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self.received >= MOST_READ:
            raise httpcore.RemoteProtocolError("The answer is too large.")
        data = self.inner.read(min(max_bytes, MOST_READ), self.deadline.left)
        self.received += len(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), RECORD):
            self.inner.write(buffer[start : start + RECORD], self.deadline.left)

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        encrypted = self.inner.start_tls(ssl_context, server_hostname, self.deadline.left)
        return Stream(encrypted, self.deadline)

    def close(self) -> None:
        self.inner.close()

    def get_extra_info(self, info: str) -> Any:
        return self.inner.get_extra_info(info)
