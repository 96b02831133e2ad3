"""Servers that accept and then say nothing: from the start, or once somebody has silenced them."""

import socket
import threading
from contextlib import suppress
from pathlib import Path


class Silent:
    """A door where everybody is let in and nobody is answered; at a path it is a Unix socket."""

    def __init__(
        self,
        path: Path | None = None,
        address: str = "127.0.0.1",
        port: int = 0,
    ):
        if path:
            self.door = socket.socket(socket.AF_UNIX)
            self.door.bind(str(path))
            self.door.listen(64)
        else:
            kind = socket.AF_INET6 if ":" in address else socket.AF_INET
            dual = address == "::"  # then at every address of the machine
            self.door = socket.create_server(
                (address, port), family=kind, backlog=64, dualstack_ipv6=dual
            )
        self.visitors: list[socket.socket] = []

    @property
    def port(self) -> int:
        return self.door.getsockname()[1]

    def __enter__(self) -> "Silent":
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        _end(self.door)
        self.cut()

    def cut(self) -> None:
        """End every connection, as a restart does."""
        while self.visitors:
            _end(self.visitors.pop())

    def _listen(self) -> None:
        while True:
            try:
                visitor, _address = self.door.accept()
            except OSError:  # the door is closed
                return
            self.visitors.append(visitor)
            self.let_in(visitor)

    def let_in(self, visitor: socket.socket) -> None:
        """Nobody reads what they say."""


def _end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)  # closing alone would not end a thread that waits
    connection.close()


class Muffled(Silent):
    """The way to a server that answers, until `silent` is set."""

    def __init__(self, port: int):
        super().__init__()
        self.behind = port
        self.silent = threading.Event()

    def let_in(self, visitor: socket.socket) -> None:
        server = socket.create_connection(("127.0.0.1", self.behind))
        self.visitors.append(server)
        for ends in ((visitor, server), (server, visitor)):
            threading.Thread(target=self._carry, args=ends, daemon=True).start()

    def _carry(self, from_: socket.socket, to: socket.socket) -> None:
        try:
            while data := from_.recv(65536):
                if not self.silent.is_set():
                    to.sendall(data)
        except OSError:
            pass
