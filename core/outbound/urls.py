"""The URLs that a user may give. They are read strictly and by hand: where two readers of a URL disagree about its
host, one of them has checked the wrong one.
"""

import re
import unicodedata
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

import idna
from django.core.exceptions import ValidationError
from django.utils.encoding import iri_to_uri

from core.outbound.addresses import Address, is_forbidden
from core.outbound.reasons import Refused

MOST_CHARACTERS = 2000
SCHEME = "https://"
HTTPS_PORT = 443
LEAST_PORT = 1024  # below it are the services of a machine
MOST_PORT = 65_535
MOST_OF_A_NAME = 253

NO_URL_HAS = re.compile(r"""[\s\\^`{|}<>"]""")
NO_TEXT_HAS = ("C", "Z")  # control, format, surrogate and private characters; separators
AUTHORITY = re.compile(r"(?:\[(?P<bracketed>[^\[\]]*)\]|(?P<name>[^\[\]:]*))(?::(?P<port>.*))?")
PORT = re.compile(r"[1-9][0-9]{0,4}")
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
# Browsers and C libraries read a name whose last part is a number as an address: 2130706433, 0x7f.1, 127.1.
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


@dataclass(frozen=True)
class Target:
    """A URL that may be called, in the parts of a request. `address` is there if the URL has one instead of a name."""

    host: str
    port: int
    path: str
    address: Address | None = None

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == HTTPS_PORT else f"{host}:{self.port}"


def check_url(url: str) -> None:
    """Raise a ValidationError for a URL that can never be called.

    A name is not looked up: what it leads to may change.
    """
    try:
        read(url)
    except Refused as refused:
        raise ValidationError(refused.reason, code=refused.code) from refused


def read(url: str) -> Target:
    """Raises Refused."""
    if len(url) > MOST_CHARACTERS:
        raise Refused("too_long")
    if NO_URL_HAS.search(url) or any(unicodedata.category(sign)[0] in NO_TEXT_HAS for sign in url):
        raise Refused("characters")
    if not url.lower().startswith(SCHEME):
        raise Refused("not_https")
    if "#" in url:
        raise Refused("fragment")
    authority, path = _split(url[len(SCHEME) :])
    if "@" in authority:
        raise Refused("user_info")
    parts = AUTHORITY.fullmatch(authority)
    if not parts:
        raise Refused("host")
    port = _port(parts["port"])
    address = _address(parts)
    if address is None:
        return Target(_name(parts["name"]), port, path)
    if is_forbidden(address):
        raise Refused("forbidden_address")
    return Target(str(address), port, path, address)


def _split(rest: str) -> tuple[str, str]:
    end = re.search(r"[/?]", rest)
    if not end:
        return rest, "/"
    path = iri_to_uri(rest[end.start() :])
    return rest[: end.start()], path if path.startswith("/") else f"/{path}"


def _port(text: str | None) -> int:
    if text is None:
        return HTTPS_PORT
    if PORT.fullmatch(text):
        port = int(text)
        if port == HTTPS_PORT or LEAST_PORT <= port <= MOST_PORT:
            return port
    raise Refused("port")


def _address(parts: re.Match[str]) -> Address | None:
    """The address, if the URL has one in its one usual form. Other forms are names of nobody."""
    if parts["bracketed"] is not None:
        if "%" in parts["bracketed"]:  # an interface of this machine
            raise Refused("host")
        try:
            return IPv6Address(parts["bracketed"])
        except ValueError:
            raise Refused("host") from None
    try:
        return IPv4Address(parts["name"])
    except ValueError:
        return None


def _name(text: str) -> str:
    try:
        name = idna.encode(text, uts46=True, std3_rules=True).decode("ascii")
    except UnicodeError:
        raise Refused("host") from None
    labels = name.split(".")
    if len(name) > MOST_OF_A_NAME or len(labels) < 2 or NUMBER.fullmatch(labels[-1]):
        raise Refused("host")
    if not all(map(LABEL.fullmatch, labels)):
        raise Refused("host")
    return name
