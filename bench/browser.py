"""Requests over one kept connection, by as little code of its own as a client can be."""

import http.client
import json
import re
import socket
from typing import Any, NamedTuple

LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)


class Reply(NamedTuple):
    status: int
    body: bytes
    head: bytes

    def header(self, name: str) -> str:
        found = re.search(rf"\r\n{name}: ([^\r]*)".encode(), self.head, re.IGNORECASE)
        if found is None:
            raise KeyError(name)
        return found[1].decode()

    def json(self) -> Any:
        return json.loads(self.body)


class Browser:
    def __init__(self, port: int):
        self.port, self._socket = port, None

    def send(self, request: bytes) -> Reply:
        """One that the server has closed in the meantime is opened again."""
        try:
            return self._exchange(request)
        except (ConnectionError, AttributeError):
            self._socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return self._exchange(request)

    def _exchange(self, request: bytes) -> Reply:
        self._socket.sendall(request)
        read = b""
        while b"\r\n\r\n" not in read:
            read += self._receive()
        head, _, body = read.partition(b"\r\n\r\n")
        status, length = int(head[9:12]), LENGTH.search(head)
        while length and len(body) < int(length[1]):
            body += self._receive()
        return Reply(status, body, head)

    def _receive(self) -> bytes:
        if part := self._socket.recv(262_144):
            return part
        raise ConnectionResetError


def request(path: str, *, method: str = "GET", body: bytes = b"", **headers: str) -> bytes:
    """Its bytes, ready to be sent as often as wanted; `X_Session_Token="…"` makes a header."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def expect(reply: Reply, *statuses: int) -> Reply:
    if reply.status not in statuses:
        raise RuntimeError(
            f"{reply.status} {http.client.responses.get(reply.status)}: {reply.body[:500]!r}"
        )
    return reply
