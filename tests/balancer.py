"""One address before several webs: each new connection goes to the next, as a load balancer would do it."""

import itertools
import socket
import threading


class Balancer:
    def __init__(self, *ports: int):
        self.turns = itertools.cycle(ports)
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        self.answered: dict[int, int] = dict.fromkeys(ports, 0)

    def __enter__(self) -> "Balancer":
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.door.close()

    def _listen(self) -> None:
        while True:
            try:
                visitor, _address = self.door.accept()
            except OSError:  # the door is closed
                return
            port = next(self.turns)
            self.answered[port] += 1
            web = socket.create_connection(("127.0.0.1", port))
            for ends in ((visitor, web), (web, visitor)):
                threading.Thread(target=_carry, args=ends, daemon=True).start()


def _carry(from_: socket.socket, to: socket.socket) -> None:
    try:
        while data := from_.recv(65536):
            to.sendall(data)
    except OSError:
        pass
    finally:
        for end in (from_, to):
            end.close()
