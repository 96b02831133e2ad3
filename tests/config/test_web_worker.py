"""The web process under clients that send half a request."""

import http.client
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.supervisor.process import die_with_parent
from tests.product import HOME, SIMULATED, environment, free_port, wait_for

pytestmark = [pytest.mark.process, pytest.mark.timeout(120)]
HALF_A_BODY = (
    b"POST /oauth/token HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\ngrant_type="
)
HALF_A_HEAD = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: "
NOTHING = b""


@contextmanager
def started(var: Path) -> Iterator[tuple[int, subprocess.Popen]]:
    """gunicorn with four threads on an empty database."""
    port = free_port()
    usual = {
        "BROKER_URL": "memory://",
        "CACHE_URL": "locmem://",
        "BIND": f"127.0.0.1:{port}",
        "WEB_THREADS": "4",
    }
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py"],
        cwd=HOME,
        env=environment(var, **SIMULATED | usual),
        stderr=subprocess.DEVNULL,
        preexec_fn=die_with_parent(signal.SIGKILL),
    )
    wait_for(lambda: is_open(port), 60, "the web listens")
    assert seconds_of_an_answer(port) < 60
    yield port, server
    server.terminate()
    server.wait(30)


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    with started(tmp_path_factory.mktemp("web") / "var") as (port, _server):
        yield port


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def seconds_of_an_answer(port: int) -> float:
    began = time.monotonic()
    browser = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    browser.request("GET", "/healthz")
    assert browser.getresponse().read() == b"ok\n"
    browser.close()
    return time.monotonic() - began


def test_a_request_that_comes_in_pieces_is_answered(port):
    body = b"grant_type=password" + b"&x=" + b"y" * 4_900
    head = HALF_A_BODY.split(b"\r\n\r\n")[0].replace(b"5000", str(len(body)).encode())
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        for piece in (head[:30], head[30:] + b"\r\n\r\n", body[:100], body[100:]):
            client.sendall(piece)
            time.sleep(0.6)
        answer = client.recv(4_096) + client.recv(4_096)

    assert b"unsupported_grant_type" in answer


@pytest.mark.parametrize(
    "sent", [HALF_A_BODY, HALF_A_HEAD, NOTHING], ids=["body", "head", "nothing"]
)
def test_sixty_half_sent_requests_do_not_stop_the_web(port, sent):
    clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(60)]
    try:
        for client in clients:
            client.sendall(sent)
        seconds_of_an_answer(port)
        # All have had their grace by now; those who still wait hold half of the threads at most.
        assert max(seconds_of_an_answer(port) for _ in range(5)) < 5
    finally:
        for client in clients:
            client.close()


def test_a_client_that_does_not_close_after_its_answer_holds_nobody_up(port):
    """gunicorn waits two seconds for each of them, in the loop that accepts all others."""
    asked = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    clients = [socket.create_connection(("127.0.0.1", port), timeout=60) for _ in range(60)]
    try:
        began = time.monotonic()
        for client in clients:
            client.sendall(asked)
        for client in clients:
            assert client.recv(4_096).startswith(b"HTTP/1.1 200")
        assert time.monotonic() - began < 60
    finally:
        for client in clients:
            client.close()


def test_a_request_that_never_ends_is_given_up(port):
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.sendall(HALF_A_HEAD)

        assert client.recv(4_096) == b""


def test_a_web_that_stops_refuses_the_next_and_answers_what_was_begun(tmp_path):
    """A proxy sends the next to another web; one that waits at a door nobody opens would be cut off."""
    with (
        started(tmp_path / "var") as (port, server),
        socket.create_connection(("127.0.0.1", port), timeout=60) as client,
    ):
        client.sendall(HALF_A_HEAD)
        time.sleep(0.5)
        server.terminate()
        wait_for(lambda: not is_open(port), 5, "the web refuses connections")
        client.sendall(b"x\r\n\r\n")

        assert client.recv(4_096).startswith(b"HTTP/1.1 200")
