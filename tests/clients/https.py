"""The running server behind a real HTTPS socket, with a certificate as `bin/run --https` makes it."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, NamedTuple

from django.core.servers.basehttp import ThreadedWSGIServer
from pytest_django.live_server_helper import LiveServer

from config.supervisor.certificate import Certificates


class Secure(NamedTuple):
    url: str
    # What a client has to trust.
    authority: str


@contextmanager
def https_server(directory: Path) -> Iterator[Secure]:
    certificates = Certificates(directory)
    certificates.make_for(["localhost"])
    machine = certificates.machine
    server = LiveServer("localhost", start=False)
    server.thread.server_class = _with_tls(machine.certificate, machine.key)
    server.start()
    try:
        url = f"https://localhost:{server.thread.port}"
        yield Secure(url, str(certificates.authority.certificate))
    finally:
        server.stop()


def _with_tls(certificate: Path, key: Path) -> type[ThreadedWSGIServer]:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate, key)

    class TlsServer(ThreadedWSGIServer):
        context: ClassVar = made

        def server_bind(self) -> None:
            super().server_bind()
            self.base_environ["HTTPS"] = "on"
            self.socket = self.context.wrap_socket(self.socket, server_side=True)

    return TlsServer
