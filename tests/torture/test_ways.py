"""The ways to the servers do what the faults say, and know what passes on them."""

import socket
import struct
import threading
from collections.abc import Iterator

import pytest

from tests.torture.ways import ACK, DELIVER, FRAME, METHOD, Balancer, Deliveries, Roads, Way

pytestmark = pytest.mark.once


@pytest.fixture
def roads() -> Iterator[Roads]:
    with Roads() as roads:
        yield roads


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of a server that says again what it is told."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=serve, args=(door,), daemon=True).start()
        yield door.getsockname()[1]


def serve(door: socket.socket) -> None:
    while True:
        try:
            visitor, _address = door.accept()
        except OSError:  # the door is closed
            return
        threading.Thread(target=repeat, args=(visitor,), daemon=True).start()


def repeat(visitor: socket.socket) -> None:
    with visitor:
        while data := visitor.recv(1000):
            visitor.sendall(data)


def visit(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=2)


def test_what_is_said_passes(roads, echo):
    with visit(Way(roads, ("127.0.0.1", echo)).port) as visitor:
        visitor.sendall(b"hello")
        assert visitor.recv(100) == b"hello"


def test_a_cut_resets_the_connection_and_lets_new_ones_in(roads, echo):
    way = Way(roads, ("127.0.0.1", echo))
    with visit(way.port) as visitor:
        visitor.sendall(b"hello")
        visitor.recv(100)
        way.cut()
        with pytest.raises(ConnectionResetError):
            visitor.recv(100)
    with visit(way.port) as visitor:
        visitor.sendall(b"again")
        assert visitor.recv(100) == b"again"


def test_a_closed_way_refuses_until_it_is_open_again(roads, echo):
    way = Way(roads, ("127.0.0.1", echo))
    way.close()
    with pytest.raises(ConnectionRefusedError):
        visit(way.port)
    way.open()
    with visit(way.port) as visitor:
        visitor.sendall(b"again")
        assert visitor.recv(100) == b"again"


def test_a_frozen_way_says_nothing_until_it_thaws(roads, echo):
    way = Way(roads, ("127.0.0.1", echo))
    way.freeze()
    with visit(way.port) as visitor:
        visitor.settimeout(0.2)
        visitor.sendall(b"hello")
        with pytest.raises(TimeoutError):
            visitor.recv(100)
        way.thaw()
        visitor.settimeout(2)
        assert visitor.recv(100) == b"hello"


def test_the_balancer_goes_on_to_a_web_that_answers(roads, echo):
    with socket.create_server(("127.0.0.1", 0)) as door:
        gone = door.getsockname()[1]
    balancer = Balancer(roads, gone, echo)
    for _turn in range(2):
        with visit(balancer.port) as visitor:
            visitor.sendall(b"POST /x/ HTTP/1.1\r\n")
            assert visitor.recv(100)


def test_a_worker_is_at_the_tasks_that_it_has_not_acknowledged():
    worker = Deliveries()
    worker.up(b"AMQP\0\0\x09\x01")

    for tag in (1, 2):
        worker.down(delivery(tag, "jobs.tasks.reap_tests"))
    worker.up(frame(1, METHOD.pack(*ACK) + struct.pack(">QB", 1, 0)))

    assert list(worker.tasks.values()) == ["jobs.tasks.reap_tests"]
    worker.over()
    assert not worker.tasks


def delivery(tag: int, task: str) -> bytes:
    method = METHOD.pack(*DELIVER) + b"\x04None" + struct.pack(">Q", tag)
    headers = b"\x04taskS" + struct.pack(">I", len(task)) + task.encode()
    return frame(1, method) + frame(2, headers)


def frame(kind: int, content: bytes) -> bytes:
    return FRAME.pack(kind, 1, len(content)) + content + b"\xce"
