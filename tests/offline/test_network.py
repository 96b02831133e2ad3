"""Each cut is made where it says it is: what the server has done, and what the phone has got of it."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

import pytest

from tests.offline.network import Network
from tests.offline.photos import checksum_of
from tests.offline.plan import (
    AFTER_COMMIT,
    BEFORE_COMMIT,
    HALF_ANSWER,
    HALF_REQUEST,
    KILL,
    RESET,
    SILENCE,
    Cut,
    Kind,
    Plan,
)
from tests.product import wait_for
from tests.torture.ways import Roads

pytestmark = pytest.mark.once

BODY = b'{"license_plate": "B QX 2041"}'
ANSWER = b'HTTP/1.1 200 OK\r\nX-Flow-ID: 1\r\n\r\n{"status": "RUNNING"}'
SHORT = 1.0


class Server:
    """A server that commits a request once it has read it, as far as nobody holds its row."""

    def __init__(self) -> None:
        self.door = socket.create_server(("127.0.0.1", 0))
        self.committed: list[str] = []
        self.waits = threading.Event()
        self.row = threading.Lock()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                visitor, _address = self.door.accept()
            except OSError:  # the door is closed
                return
            threading.Thread(target=self._answer, args=(visitor,), daemon=True).start()

    def _answer(self, visitor: socket.socket) -> None:
        with visitor:
            data = b""
            while not data.endswith(BODY):
                try:
                    more = visitor.recv(1000)
                except OSError:
                    return
                if not more:
                    return
                data += more
            key = re.search(rb"Idempotency-Key: (\w+)", data)[1].decode()
            self.waits.set()
            with self.row:
                self.committed.append(key)
            self.waits.clear()
            try:
                visitor.sendall(ANSWER)
            except OSError:
                """The connection was cut."""

    # --- as the rows of a database say it ---
    def is_committed(self, key: str) -> bool:
        return key in self.committed

    @contextmanager
    def held(self, _job: str) -> Iterator["Server"]:
        with self.row:
            yield self

    def has_stopped_somebody(self) -> bool:
        return self.waits.is_set()


class OneCut(Plan):
    """The plan of a single cut."""

    def __init__(self, point: str, way: str):
        super().__init__(0, 0)
        self.left = [Cut(Kind(point, way), point, 0.5)]


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.door.close()


@pytest.fixture
def network(server) -> Iterator[Network]:
    with Roads() as roads:
        network = Network(roads, server.door.getsockname(), OneCut(HALF_REQUEST, RESET))
        network.rows = server
        yield network
        assert network.complaints == []


def ask(network: Network, key: str = "a") -> bytes | str:
    """Send a write; the answer as far as it comes, or how the connection ended."""
    head = (
        "PATCH /api/smartcontrol/v1/jobs/01M8JQDE3408QDVWTZ7V583KNE/fields/ HTTP/1.1\r\n"
        f"Host: x\r\nConnection: keep-alive\r\nIdempotency-Key: {key}\r\n"
        f"Content-Length: {len(BODY)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", network.port), timeout=SHORT) as phone:
        phone.sendall(head.encode() + BODY)
        answer = b""
        try:
            while data := phone.recv(1000):
                answer += data
        except ConnectionResetError:
            return answer or RESET
        except TimeoutError:
            return answer or SILENCE
        return answer


def test_what_is_not_cut_passes_whole(network):
    network.plan.left = []
    assert ask(network) == ANSWER


@pytest.mark.parametrize("way", [RESET, SILENCE])
@pytest.mark.parametrize("point", [HALF_REQUEST, BEFORE_COMMIT, AFTER_COMMIT])
def test_the_phone_learns_nothing_and_the_server_has_done_what_the_point_says(
    network, server, point, way
):
    network.plan = OneCut(point, way)
    seen = []
    network.heard = lambda line: seen.append(list(server.committed))
    assert ask(network) == way
    assert seen == [["a"] if point == AFTER_COMMIT else []]
    assert sum(network.plan.made.values()) == 1
    if point != HALF_REQUEST:
        wait_for(
            lambda: server.committed == ["a"], 5, "the commit, without anybody who hears of it"
        )


@pytest.mark.parametrize("way", [RESET, SILENCE])
def test_half_an_answer_is_of_a_request_that_is_committed(network, server, way):
    network.plan = OneCut(HALF_ANSWER, way)
    answer = ask(network)
    assert ANSWER.startswith(answer)
    assert len(answer) < len(ANSWER)
    assert server.committed == ["a"]


def test_the_browser_is_killed_at_its_point(network, server):
    network.plan = OneCut(AFTER_COMMIT, KILL)
    killed = []
    network.kill = lambda: killed.append(list(server.committed))
    assert ask(network) == RESET
    assert killed == [["a"]]


def test_a_refusal_is_not_cut_after_its_commit_as_there_is_none(network, server):
    network.plan = OneCut(AFTER_COMMIT, RESET)
    server.is_committed = lambda key: False
    assert ask(network) == ANSWER
    assert len(network.plan.left) == 1
    assert not network.plan.made


def test_a_repeat_passes_once_its_cuts_are_made(network, server):
    network.plan = OneCut(AFTER_COMMIT, RESET)
    assert ask(network) == RESET
    assert ask(network) == ANSWER


def test_the_photo_in_a_form_is_known_by_its_checksum():
    form = (
        b'--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\nSERIAL\r\n'
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="photo.jpg"\r\n'
        b"Content-Type: image/jpeg\r\n\r\n\xff\xd8 a photo\r\n with lines\r\n--x--\r\n"
    )
    assert checksum_of(form) == sha256(b"\xff\xd8 a photo\r\n with lines").hexdigest()
    assert checksum_of(BODY) == ""
