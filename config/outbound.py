"""Readers of OUTBOUND_…: which networks users' URLs may lead to, and which name servers and certificates are used."""

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from django.core.exceptions import ImproperlyConfigured

Network = IPv4Network | IPv6Network
DNS_PORT = 53
MOST_PORTS = 65_535
PLACE = re.compile(r"(?:\[(?P<six>[^\[\]]+)\]|(?P<four>[^\[\]:]+))(?::(?P<port>[0-9]{1,5}))?")


@dataclass(frozen=True)
class Outbound:
    forbidden: list[Network]
    allowed: list[Network]
    nameservers: list[tuple[str, int]]
    ca_file: str


def read_outbound(given: Mapping[str, str]) -> Outbound:
    return Outbound(
        forbidden=_networks("OUTBOUND_FORBIDDEN", given),
        allowed=_networks("OUTBOUND_ALLOWED", given),
        nameservers=[_place(text) for text in _listed("OUTBOUND_NAMESERVERS", given)],
        ca_file=_ca_file("OUTBOUND_CA_FILE", given),
    )


def _listed(name: str, given: Mapping[str, str]) -> list[str]:
    if name not in given:
        return []
    return [part.strip() for part in given[name].split(",")]


def _networks(name: str, given: Mapping[str, str]) -> list[Network]:
    return [_network(name, text) for text in _listed(name, given)]


def _network(name: str, text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} has {text!r}; it must be networks such as 203.0.113.0/24, separated by commas."
        ) from None


def _place(text: str) -> tuple[str, int]:
    parts = PLACE.fullmatch(text)
    try:
        if not parts:
            raise ValueError
        address = ip_address(parts["six"] or parts["four"])
        port = int(parts["port"] or DNS_PORT)
        if not 0 < port <= MOST_PORTS:
            raise ValueError
    except ValueError:
        raise ImproperlyConfigured(
            f"OUTBOUND_NAMESERVERS has {text!r}; it must be addresses such as 192.0.2.53 or [2001:db8::53]:5353."
        ) from None
    return str(address), port


def _ca_file(name: str, given: Mapping[str, str]) -> str:
    path = given.get(name, "")
    if not path:
        return ""
    try:
        ssl.create_default_context(cafile=path)
    except (OSError, ValueError):  # also what has no certificate
        raise ImproperlyConfigured(f"{name} {path} is not a file of certificates (PEM).") from None
    return path
