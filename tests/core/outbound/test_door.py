"""A call to a URL that a user gave: what is sent, what comes back, and why there is no answer."""

import gzip
import socket
import threading
import time
from contextlib import closing, suppress

import pytest

from config.supervisor.certificate import Certificates
from core import outbound
from core.outbound import Refused, Unreachable
from tests.outbound.receiver import Receiver
from tests.silence import Silent

pytestmark = pytest.mark.once
TIME = 0.6
GRACE = 1.5  # a busy machine; a dripping server takes 3 s
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n"


def test_body_and_headers_arrive_and_the_answer_comes_back(receiver):
    receiver.answer(202, b"taken")
    answer = outbound.post(f"{receiver.url}?team=a", b'{"id": 1}', {"webhook-id": "msg_1"})

    assert (answer.status, answer.text) == (202, "taken")
    assert 0 < answer.seconds < 10
    (received,) = receiver.received
    assert (received.path, received.body) == ("/hook?team=a", b'{"id": 1}')
    assert received.headers["webhook-id"] == "msg_1"
    assert received.headers["host"] == f"127.0.0.2:{receiver.port}"


def test_the_certificate_is_that_of_the_name_and_the_connection_that_of_its_address(
    receiver, name_server
):
    name_server.zone["hooks.example"] = [["127.0.0.2"]]
    answer = outbound.post(f"https://hooks.example:{receiver.port}/", b"", {})

    assert answer.status == 200
    assert receiver.names == ["hooks.example"]
    assert receiver.received[0].headers["host"] == f"hooks.example:{receiver.port}"


def test_the_next_address_is_tried_where_the_first_does_not_accept(receiver, name_server, settings):
    settings.OUTBOUND_ALLOWED += (
        settings.OUTBOUND_ALLOWED[0].supernet(new_prefix=30).subnets(new_prefix=32)
    )
    name_server.zone["hooks.example"] = [["127.0.0.3", "127.0.0.2"]]
    assert outbound.post(f"https://hooks.example:{receiver.port}/", b"", {}).status == 200


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_is_not_followed(receiver, status):
    receiver.answer(status, b"", {"Location": receiver.url})
    assert outbound.post(receiver.url, b"{}", {}).status == status
    assert len(receiver.received) == 1


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_proxy_of_the_environment_is_not_used(receiver, monkeypatch, name):
    with Silent() as proxy:
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert outbound.post(receiver.url, b"{}", {}).status == 200
        assert not proxy.visitors


# --- answers of hostile servers ---------------------------------------------------------------------------------------


def test_of_a_large_answer_two_kilobytes_are_read(receiver):
    sent = []

    def without_end(connection):
        connection.sendall(HEAD)
        while True:
            connection.sendall(b"x" * 50_000)
            sent.append(50_000)

    receiver.script = without_end
    answer = outbound.post(receiver.url, b"{}", {})
    assert answer.text == "x" * 2048
    receiver.cut()
    assert sum(sent) < 20_000_000


@pytest.mark.parametrize(
    ("begun", "line"),
    [(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), (b"HTTP/1.1 200 OK\r\n", b"X-Padding: 1\r\n")],
    ids=["interim answers", "headers"],
)
def test_an_answer_that_never_begins_is_given_up(receiver, begun, line):
    def without_end(connection):
        connection.sendall(begun)
        while True:
            connection.sendall(line * 100)

    receiver.script = without_end
    assert refusal_of(receiver.url, timeout=3) == "broken"


def test_a_compressed_answer_is_not_unpacked(receiver):
    receiver.answer(200, gzip.compress(b"x" * 1_000_000), {"Content-Encoding": "gzip"})
    assert outbound.post(receiver.url, b"{}", {}).text == ""
    assert receiver.received[0].headers["accept-encoding"] == "identity"


def test_the_text_of_an_answer_can_be_stored_and_shown(receiver):
    receiver.answer(500, b"a\x00b\x1b[31m \xff\xfe\xc3\xa4" + "\u202e".encode())
    assert outbound.post(receiver.url, b"{}", {}).text == "ab[31m ä"


def test_what_is_not_http_is_no_answer(receiver):
    receiver.script = lambda connection: connection.sendall(b"220 mail.example ESMTP\r\n")
    assert refusal_of(receiver.url) == "broken"


def test_an_answer_that_breaks_off_is_none(receiver):
    receiver.script = lambda connection: connection.sendall(HEAD + b"half")
    assert refusal_of(receiver.url) == "broken"


# --- time -------------------------------------------------------------------------------------------------------------


def drip(connection):
    with suppress(OSError):
        for _ in range(60):
            connection.sendall(b"x")
            time.sleep(0.05)


@pytest.mark.parametrize("begun", [b"HTTP/1.1 200 OK\r\nX-Long: ", HEAD], ids=["head", "body"])
def test_a_server_that_sends_a_byte_at_a_time_is_given_up_in_time(receiver, begun):
    def script(connection):
        connection.sendall(begun)
        drip(connection)

    receiver.script = script
    assert in_time(receiver.url) == "timed_out"


def test_a_server_that_begins_tls_a_byte_at_a_time_is_given_up_in_time(receiver):
    class Dripping(Silent):
        def let_in(self, visitor):
            visitor.sendall(b"\x16\x03\x03\x20\x00")  # a record of 8 kB
            threading.Thread(target=drip, args=(visitor,), daemon=True).start()

    with Dripping(address="127.0.0.2") as dripping:
        assert in_time(f"https://127.0.0.2:{dripping.port}/") == "timed_out"


def test_a_server_that_does_not_speak_tls_is_given_up_in_time(receiver):
    with Silent(address="127.0.0.2") as silent:
        assert in_time(f"https://127.0.0.2:{silent.port}/") == "timed_out"


def test_a_server_that_reads_nothing_is_given_up_in_time(receiver, monkeypatch):
    monkeypatch.setattr("tests.outbound.receiver._read", lambda _connection: time.sleep(3))
    assert in_time(receiver.url, b"x" * 20_000_000) == "timed_out"


def test_a_name_server_that_is_silent_is_given_up_in_time(name_server):
    name_server.silent = True
    assert in_time("https://hooks.example/") == "no_dns"


# --- no answer --------------------------------------------------------------------------------------------------------


def test_a_certificate_of_another_name_is_refused(receiver, receivers_certificates, name_server):
    name_server.zone["other.example"] = [["127.0.0.2"]]
    assert refusal_of(f"https://other.example:{receiver.port}/") == "certificate"
    assert not receiver.received


def test_a_certificate_of_an_unknown_authority_is_refused(receiver, tmp_path):
    unknown = Certificates(tmp_path / "unknown")
    unknown.make_for(["127.0.0.2"])
    with Receiver(unknown, "127.0.0.2") as stranger:
        assert refusal_of(stranger.url) == "certificate"
        assert not stranger.received


def test_a_server_without_tls_is_refused(receiver):
    class Plain(Silent):
        def let_in(self, visitor):
            visitor.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    with Plain(address="127.0.0.2") as plain:
        assert refusal_of(f"https://127.0.0.2:{plain.port}/") == "no_tls"


def test_where_nobody_listens_nobody_accepts(receiver):
    with closing(socket.create_server(("127.0.0.2", 0))) as once:
        port = once.getsockname()[1]
    assert refusal_of(f"https://127.0.0.2:{port}/") == "no_connection"


def test_a_name_that_does_not_exist_is_unknown(name_server):
    assert refusal_of("https://nobody.example/") == "unknown_host"
    name_server.zone["empty.example"] = [[]]
    assert refusal_of("https://empty.example/") == "unknown_host"


def test_a_reason_is_a_sentence_without_anything_of_ours(receiver, name_server):
    name_server.zone["inside.example"] = [["10.20.30.40"]]
    with pytest.raises(Refused) as refused:
        outbound.post("https://inside.example/", b"{}", {})
    assert refused.value.code == "forbidden_address"
    assert str(refused.value) == str(outbound.sentence("forbidden_address"))
    assert "10.20.30.40" not in str(refused.value)


# ----------------------------------------------------------------------------------------------------------------------


def refusal_of(url, body=b"{}", **limits):
    with pytest.raises((Refused, Unreachable)) as none:
        outbound.post(url, body, {}, **limits)
    assert str(none.value)
    return none.value.code


def in_time(url, body=b"{}"):
    began = time.monotonic()
    code = refusal_of(url, body, timeout=TIME)
    assert TIME - 0.1 <= time.monotonic() - began < TIME + GRACE
    return code
