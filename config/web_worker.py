"""gunicorn's threaded worker, whose threads wait for no client that sends half a request and then nothing.

A connection takes a thread when its first byte is there. For what comes late of a request, at most half of the
threads wait, and only so long as the rest arrives at a usual pace. A proxy that buffers requests makes this rarely
needed (docs/operations.md).
"""

import errno
import select
import selectors
import socket
import threading
import time
from functools import partial
from typing import Any, NoReturn

from gunicorn.workers.gthread import TConn, ThreadWorker

FIRST_BYTE = 10.0  # seconds until a connection that sends nothing is closed
GRACE = 0.2  # seconds that any thread waits: the rest of a usual request arrives meanwhile
PATIENCE = 10.0  # seconds for a whole request, and one more for each SLOWEST bytes of it
SLOWEST = 4_096
LINGER = 0.05  # seconds for a client to close after its answer; gunicorn waits for it in the loop that serves all


class PromptSocket:
    """A client's socket whose `recv` gives up. After that, or once it is shut down, nothing waits for the client."""

    def __init__(self, client: socket.socket, slots: threading.Semaphore):
        self._client = client
        self._slots = slots
        self._until = 0.0
        self._is_given_up = False
        self._is_closing = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def begin(self) -> None:
        """A new request begins on this connection."""
        self._until = time.monotonic() + PATIENCE

    def recv(self, size: int, *flags: int) -> bytes:
        if self._is_closing and not self._has_data(LINGER):
            return b""
        if not self._has_data(GRACE):
            self._wait_in_a_slot()
        data = self._client.recv(size, *flags)
        self._until += len(data) / SLOWEST
        return data

    def shutdown(self, how: int) -> None:
        if self._is_given_up:
            raise OSError(errno.ENOTCONN, "given up")
        self._is_closing = True
        self._client.shutdown(how)

    def _wait_in_a_slot(self) -> None:
        if not self._slots.acquire(blocking=False):
            self._give_up()
        try:
            if not self._has_data(self._until - time.monotonic()):
                self._give_up()
        finally:
            self._slots.release()

    def _give_up(self) -> NoReturn:
        """To gunicorn and Django the client is gone, which they take without a word in the log."""
        self._is_given_up = True
        raise ConnectionResetError(errno.ECONNRESET, "the request did not arrive in time")

    def _has_data(self, seconds: float) -> bool:
        poll = select.poll()
        poll.register(self._client, select.POLLIN)
        return bool(poll.poll(max(0.0, seconds) * 1000))


class PromptWorker(ThreadWorker):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.slots = threading.Semaphore(max(1, self.cfg.threads // 2))

    def enqueue_req(self, conn: TConn) -> None:
        """Called for a new connection and for one whose data has come. A new one waits outside of the threads."""
        if conn.initialized or conn.data_ready:
            super().enqueue_req(conn)
            return
        conn.sock = PromptSocket(conn.sock, self.slots)
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + FIRST_BYTE
        self.pending_conns.append(conn)
        ready = partial(self.on_pending_socket_readable, conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, ready)

    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive:
            self._close_door()

    def _close_door(self) -> None:
        """Take those who are connected already, and refuse all others, whom a proxy sends to another web.

        gunicorn leaves the door open until its last request has ended, and then cuts off those who wait at it.
        """
        for listener in self.sockets:
            poll = select.poll()
            poll.register(listener, select.POLLIN)
            while poll.poll(0):
                self.accept(listener)
            listener.close()

    def handle(self, conn: TConn) -> Any:
        conn.sock.begin()
        return super().handle(conn)
