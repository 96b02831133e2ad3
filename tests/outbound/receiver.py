"""An HTTPS server of somebody else: it records what it is sent and answers as it is told."""

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from email.parser import BytesHeaderParser
from typing import NamedTuple

from config.supervisor.certificate import Certificates
from tests.silence import Silent

Script = Callable[[ssl.SSLSocket], None]


class Received(NamedTuple):
    path: str
    headers: dict[str, str]  # names in lower case
    body: bytes


class Receiver(Silent):
    """`answer` sets the next answers. A `script` answers in its own way, after the request was read.

    with Receiver(certificates) as receiver:
        outbound.post(receiver.url, b"{}", {})
    assert receiver.received[0].body == b"{}"
    """

    def __init__(self, certificates: Certificates, address: str = "127.0.0.1", port: int = 0):
        super().__init__(address=address, port=port)
        self.address = address
        self.received: list[Received] = []
        self.names: list[str | None] = []  # that TLS named (SNI)
        self.script: Script | None = None
        self.answer()
        self.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.tls.load_cert_chain(certificates.machine.certificate, certificates.machine.key)
        self.tls.sni_callback = lambda _socket, name, _context: self.names.append(name)

    @property
    def url(self) -> str:
        return f"https://{self.address}:{self.port}/hook"

    def answer(
        self, status: int = 200, body: bytes = b"ok", headers: dict[str, str] | None = None
    ) -> None:
        self.status = status
        self.body = body
        self.headers = headers or {}

    def let_in(self, visitor: socket.socket) -> None:
        threading.Thread(target=self._serve, args=(visitor,), daemon=True).start()

    def _serve(self, visitor: socket.socket) -> None:
        with suppress(OSError), self.tls.wrap_socket(visitor, server_side=True) as connection:
            self.visitors.append(connection)
            received = _read(connection)
            self.received.append(received)
            self.respond(received, connection)

    def respond(self, _received: Received, connection: ssl.SSLSocket) -> None:
        if self.script:
            self.script(connection)
        else:
            connection.sendall(self._whole_answer())

    def _whole_answer(self) -> bytes:
        headers = {"Content-Length": str(len(self.body)), **self.headers}
        lines = [f"HTTP/1.1 {self.status} Told", *(f"{name}: {headers[name]}" for name in headers)]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


def _read(connection: ssl.SSLSocket) -> Received:
    with connection.makefile("rb") as stream:
        _method, path, _version = _whole(stream.readline()).decode().split()
        lines = iter(stream.readline, b"\r\n")
        parsed = BytesHeaderParser().parsebytes(b"".join(lines))
        headers = {name.lower(): value for name, value in parsed.items()}
        length = int(headers.get("content-length", 0))
        return Received(path, headers, _whole(stream.read(length), length))


def _whole(data: bytes, length: int = 1) -> bytes:
    """Raises ConnectionError where the sender has ended before."""
    if len(data) < length:
        raise ConnectionError("The sender has ended within its request.")
    return data
