"""The network between phone and server: it can be pulled, and it can swallow requests and answers."""

import contextlib
import socket
import threading
from urllib.parse import urlsplit


class Cable:
    """A TCP proxy in front of the server under test: the phone's browser knows this address only."""

    def __init__(self, server_url: str):
        target = urlsplit(server_url)
        self.target = (target.hostname, target.port)
        self.swallows = False
        self.refuses = b""  # requests with these bytes are cut
        self._ends: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self.port = 0
        self.plug_in()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def plug_in(self) -> None:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(64)
        self.port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def pull(self) -> None:
        """No connection is accepted, and those that were open are cut."""
        if self._listener:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        for end in list(self._ends):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                phone, _address = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=(phone,), daemon=True).start()

    def _connect(self, phone: socket.socket) -> None:
        server = socket.create_connection(self.target)
        self._ends |= {phone, server}
        back = threading.Thread(target=self._carry, args=(server, phone, True), daemon=True)
        back.start()
        self._carry(phone, server, False)
        back.join()
        self._ends -= {phone, server}
        phone.close()
        server.close()

    def _carry(self, source: socket.socket, target: socket.socket, is_answer: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if is_answer and self.swallows:
                    break
                if not is_answer and self.refuses and self.refuses in data:
                    break
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
