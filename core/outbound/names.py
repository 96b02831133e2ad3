"""The addresses of a host name, from name servers alone and within a limit of time.

Neither /etc/hosts nor a search domain takes part: a name that means something on this machine alone is not on the
internet.
"""

from ipaddress import ip_address

import dns.exception
import dns.name
import dns.nameserver
import dns.resolver
from django.conf import settings

from core.outbound.addresses import Address
from core.outbound.reasons import Unreachable


def addresses_of(host: str, seconds: float) -> list[Address]:
    """All addresses of the host, those of IPv4 first. Raises Unreachable."""
    name = dns.name.from_text(host, origin=dns.name.root)
    try:
        found = _resolver().resolve_name(name, lifetime=seconds)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        raise Unreachable("unknown_host") from None
    except (dns.exception.DNSException, OSError):
        raise Unreachable("no_dns") from None
    addresses = [ip_address(text) for text in found.addresses()]
    if not addresses:
        raise Unreachable("unknown_host")
    return sorted(addresses, key=lambda address: address.version)


def _resolver() -> dns.resolver.Resolver:
    """Made for each call, because /etc/resolv.conf changes while a process runs. It has no cache."""
    if not settings.OUTBOUND_NAMESERVERS:
        return dns.resolver.Resolver()
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = [
        dns.nameserver.Do53Nameserver(address, port)
        for address, port in settings.OUTBOUND_NAMESERVERS
    ]
    return resolver
