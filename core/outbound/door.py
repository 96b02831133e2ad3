"""One call to a URL that a user gave: checked, to the checked address, once, within its time."""

import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache

import httpcore
from django.conf import settings

from core.outbound import names, urls
from core.outbound.addresses import Address, is_forbidden
from core.outbound.connection import Deadline, Way
from core.outbound.reasons import Refused, Unreachable
from core.outbound.values import Answer
from core.values.texts import LINES

MOST_KEPT = 2048
# The receiver compresses nothing and keeps nothing open: we read 2 kB once.
HEADERS = {
    "Accept-Encoding": "identity",
    "Connection": "close",
    "User-Agent": settings.OUTBOUND_USER_AGENT,
}


def post(url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> Answer:
    """See `core.outbound.post`, which is for everybody else."""
    deadline = Deadline(timeout)
    target = urls.read(url)
    with _words_for_people():
        addresses = _checked_addresses(target, deadline)
        with _connection(target, addresses, deadline) as connection:
            return _exchange(connection, target, body, headers, deadline)


def _checked_addresses(target: urls.Target, deadline: Deadline) -> list[Address]:
    """All addresses of the host, each of them allowed.

    One that is forbidden refuses them all. A name with a public and an internal address is an attack or a mistake, and
    a call that sometimes arrives would hide it.
    """
    if target.address:
        return [target.address]  # checked while the URL was read
    addresses = names.addresses_of(target.host, deadline.left)
    if any(is_forbidden(address) for address in addresses):
        raise Refused("forbidden_address")
    return addresses


def _connection(
    target: urls.Target, addresses: Sequence[Address], deadline: Deadline
) -> httpcore.HTTPConnection:
    return httpcore.HTTPConnection(
        httpcore.Origin(b"https", target.host.encode(), target.port),
        ssl_context=_trust(settings.OUTBOUND_CA_FILE),
        network_backend=Way(addresses, deadline),
    )


@cache
def _trust(ca_file: str) -> ssl.SSLContext:
    """The authorities of this machine, and those of the operator. Reading them takes 20 ms."""
    context = ssl.create_default_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    return context


def _exchange(
    connection: httpcore.HTTPConnection,
    target: urls.Target,
    body: bytes,
    headers: Mapping[str, str],
    deadline: Deadline,
) -> Answer:
    url = httpcore.URL(
        scheme="https", host=target.host, port=target.port, target=target.path.encode()
    )
    sent = list({**HEADERS, **headers, "Host": target.host_header}.items())
    with connection.stream("POST", url, headers=sent, content=body) as response:
        kept = _first_bytes(response)
        return Answer(response.status, _text(response, kept), round(deadline.spent, 3))


def _first_bytes(response: httpcore.Response) -> bytes:
    kept = b""
    for part in response.iter_stream():
        kept += part
        if len(kept) >= MOST_KEPT:
            break
    return kept[:MOST_KEPT]


def _text(response: httpcore.Response, kept: bytes) -> str:
    encodings = [value for name, value in response.headers if name.lower() == b"content-encoding"]
    if encodings and encodings != [b"identity"]:
        return ""
    return LINES.canonical(kept.decode(errors="replace"))[:MOST_KEPT]


@contextmanager
def _words_for_people() -> Iterator[None]:
    """Each error of the libraries by its code. Their texts name addresses and files of ours."""
    try:
        yield
    except httpcore.TimeoutException:
        raise Unreachable("timed_out") from None
    except httpcore.ConnectError as error:
        raise Unreachable(_code_of(error.__cause__)) from None
    except (httpcore.NetworkError, httpcore.RemoteProtocolError):
        raise Unreachable("broken") from None


def _code_of(cause: BaseException | None) -> str:
    if isinstance(cause, ssl.SSLCertVerificationError):
        return "certificate"
    if isinstance(cause, ssl.SSLError):
        return "no_tls"
    return "no_connection"
