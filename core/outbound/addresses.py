"""Which addresses are called for a user: the public internet, and nothing that only looks like it.

`ipaddress` knows most of what is private, but not in each version of Python the same, and it takes addresses for global
that lead to somebody else: relays, tunnels, and a cloud's own service.
"""

import socket
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_network

from django.conf import settings

FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}

# What `is_global` lets through in some version, or by a rule that is not ours.
FURTHER = [
    ip_network(network)
    for network in (
        "100.64.0.0/10",  # carrier-grade NAT, and the metadata of Alibaba's cloud
        "168.63.129.16/32",  # Azure's own service, at a public address
        "192.0.0.0/24",  # protocols of the IETF; the metadata of Oracle's cloud
        "192.31.196.0/24",  # AS112: the nearest server takes them
        "192.175.48.0/24",
        "192.52.193.0/24",  # relays: AMT, 6to4
        "192.88.99.0/24",
        "198.18.0.0/15",  # benchmarks
        "224.0.0.0/3",  # multicast, reserved, broadcast
        "2001::/23",  # protocols of the IETF, Teredo among them
        "2001:db8::/32",  # documentation
        "3fff::/20",
        "2620:4f:8000::/48",  # AS112
    )
]
# All public IPv6 addresses are in it; in the rest are site-local, unique local, link-local, multicast, segment routing.
GLOBAL_UNICAST = ip_network("2000::/3")
# An address of the other version is inside, and a gateway of the network delivers to that one.
TRANSLATED = ip_network("64:ff9b::/96")
NOBODYS = "192.0.2.1"

Address = IPv4Address | IPv6Address


def is_forbidden(address: Address) -> bool:
    """Whether no user may have it called. The operator's own networks go before every rule."""
    forms = list(_forms(address))
    if any(_is_in(form, settings.OUTBOUND_FORBIDDEN) for form in forms):
        return True
    if any(_is_in(form, settings.OUTBOUND_ALLOWED) for form in forms):
        return False
    return any(not _is_public(form) or is_own(form) for form in forms)


def _forms(address: Address) -> Iterator[Address]:
    """The address, and those that it contains: a packet may end at any of them."""
    if isinstance(address, IPv4Address):
        yield address
        return
    if address.ipv4_mapped:
        yield address.ipv4_mapped
        return
    if address in TRANSLATED:
        yield IPv4Address(int(address) & 0xFFFF_FFFF)
        return
    yield address
    if address.sixtofour:
        yield address.sixtofour
    if address.teredo:
        yield from address.teredo


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and address not in GLOBAL_UNICAST:
        return False
    return address.is_global and not address.is_multicast and not _is_in(address, FURTHER)


def _is_in(address: Address, networks: list) -> bool:
    return any(address in network for network in networks)


def is_own(address: Address) -> bool:
    """Whether an interface of this machine has the address: then a socket can be bound to it.

    Where the kernel binds to any address (`ip_nonlocal_bind`), this shows nothing: OUTBOUND_FORBIDDEN names them.
    """
    return _can_bind(address) and not _can_bind(IPv4Address(NOBODYS))


def _can_bind(address: Address) -> bool:
    with socket.socket(FAMILIES[address.version], socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((str(address), 0))
        except OSError:
            return False
        return True
