"""Readers of URLs, hosts and senders. A refusal never repeats a URL, which may hold a password."""

import re
from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from urllib.parse import SplitResult, parse_qs, urlsplit

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

BROKERS = ("redis", "rediss", "redis+socket", "amqp", "amqps", "memory")
CACHES = ("redis", "rediss", "unix", "locmem")
MAILERS = ("smtp", "smtps", "smtp+tls", "smtp+ssl", "consolemail", "dummymail")
IN_MEMORY = ("memory", "locmem", "consolemail", "dummymail")
SOCKETS = ("redis+socket", "unix")
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII | re.IGNORECASE)
LOOPBACK = ("localhost", "127.0.0.1", "::1")
MOST_PORTS = 65_535
# A name with a comma is quoted, or it is another address.
SENDER = re.compile(r'("[^"]*" ?<|[^",<>]*<)?(?P<address>[^<>\s]+)(?(1)>)')


def is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_host(host: str) -> bool:
    """A name that Django compares a Host header with, or a number. `0.0.0.0` is no place."""
    if is_number(host):
        return not ip_address(host).is_unspecified
    labels = host.removesuffix(".").split(".")
    return len(host) <= 253 and all(map(LABEL.fullmatch, labels)) and not labels[-1].isdigit()


def split(name: str, url: str) -> SplitResult:
    """The parts of a URL, whose port is a number that a port can have."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ImproperlyConfigured(f"{name} cannot be read: its host or port is wrong.") from None
    if port == 0:
        raise ImproperlyConfigured(f"{name} cannot be read: its host or port is wrong.")
    if re.search(r"\s", url):
        raise ImproperlyConfigured(f"{name} has a blank in it.")
    if parts.fragment:
        raise ImproperlyConfigured(f"{name} has a # in it; within a password write %23.")
    return parts


def base_url(given: Mapping[str, str], default: str = "http://127.0.0.1:8000") -> SplitResult:
    """The URL that links in mails lead to: scheme and host, no path."""
    parts = split("BASE_URL", given.get("BASE_URL", default).rstrip("/"))
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        raise ImproperlyConfigured("BASE_URL must look like https://fleet.example, without a path.")
    if parts.username is not None:
        raise ImproperlyConfigured("BASE_URL must have no user and no password: it is in mails.")
    if not is_host(parts.hostname):
        raise ImproperlyConfigured(
            "BASE_URL names no host that a browser finds; write an international name as xn--…."
        )
    return parts


def hosts(given: Mapping[str, str]) -> list[str]:
    names = [name.strip() for name in given.get("ALLOWED_HOSTS", "").split(",")]
    if "ALLOWED_HOSTS" not in given:
        return []
    for name in names:
        if name == "*":
            raise ImproperlyConfigured(
                "ALLOWED_HOSTS is *, so links in mails could lead anywhere. Name each host."
            )
        if not _is_allowed_host(name):
            raise ImproperlyConfigured(
                f"ALLOWED_HOSTS has {name!r}; it must be host names without scheme and port."
            )
    return names


def _is_allowed_host(name: str) -> bool:
    if name.startswith("["):
        return name.endswith("]") and is_number(name[1:-1])
    if name.startswith("."):  # with its subdomains
        return "." in name[1:] and is_host(name[1:])
    return is_host(name) and ":" not in name


def address(name: str, default: str, schemes: tuple[str, ...], given: Mapping[str, str]) -> str:
    """The URL of a service, with what its scheme needs: a host, or the path of a socket."""
    if name not in given:
        return default
    url = given[name]
    parts = split(name, url)
    if parts.scheme not in schemes or "://" not in url:
        listed = ", ".join(f"{scheme}://" for scheme in schemes)
        raise ImproperlyConfigured(f"{name} must begin with one of: {listed}")
    if parts.scheme in SOCKETS and not parts.path.startswith("/"):
        raise ImproperlyConfigured(f"{name} must hold the full path of a socket.")
    if parts.scheme not in (*SOCKETS, *IN_MEMORY) and not parts.hostname:
        raise ImproperlyConfigured(f"{name} names no host.")
    if "redis" in parts.scheme or parts.scheme == "unix":
        _refuse_wrong_redis_database(name, parts)
    return url


def _refuse_wrong_redis_database(name: str, parts: SplitResult) -> None:
    query = parse_qs(parts.query)
    numbers = [*query.get("db", []), *query.get("virtual_host", [])]
    if parts.scheme not in SOCKETS:
        numbers.append(parts.path.strip("/") or "0")
    if not all(re.fullmatch(r"[0-9]{1,5}", number) for number in numbers):
        raise ImproperlyConfigured(f"{name} names a database that is not a number.")


AMQP_PORTS = {"amqp": 5672, "amqps": 5671}


def is_same_server(one: str, other: str) -> bool:
    """Whether two URLs lead to one RabbitMQ, as far as their hosts and ports show it."""
    places = []
    for url in (one, other):
        parts = urlsplit(url)
        if parts.scheme not in AMQP_PORTS:
            return False
        host = "localhost" if parts.hostname in LOOPBACK else parts.hostname
        places.append((host, parts.port or AMQP_PORTS[parts.scheme]))
    return places[0] == places[1]


def mailer(given: Mapping[str, str]) -> str:
    return address("EMAIL_URL", "", MAILERS, given)


def sender(given: Mapping[str, str], host: str) -> str:
    value = given.get("DEFAULT_FROM_EMAIL", f"Installer Jobs <no-reply@{host}>")
    if "DEFAULT_FROM_EMAIL" in given and not _is_sender(value):
        raise ImproperlyConfigured(
            "DEFAULT_FROM_EMAIL must be one address, as Fleet <no-reply@fleet.example>."
        )
    return value


def _is_sender(value: str) -> bool:
    found = SENDER.fullmatch(value)
    if not found or not value.isprintable():
        return False
    try:
        validate_email(found["address"])
    except ValidationError:
        return False
    return True


def bind(given: Mapping[str, str], default: str = "127.0.0.1:8000") -> str:
    """Where gunicorn listens: host and port, or the path of a Unix socket."""
    value = given.get("BIND", default)
    if value.startswith("unix:/"):
        return value
    host, _, port = value.rpartition(":")
    is_port = re.fullmatch(r"[0-9]{1,5}", port) and 0 < int(port) <= MOST_PORTS
    if not is_port or not _may_listen_on(host):
        raise ImproperlyConfigured("BIND must look like 127.0.0.1:8000 or unix:/run/web.sock.")
    return value


def _may_listen_on(host: str) -> bool:
    if host.startswith("["):
        return host.endswith("]") and is_number(host[1:-1])
    return host in ("", "0.0.0.0") or (is_host(host) and ":" not in host)  # noqa: S104 - compared


def proxies(given: Mapping[str, str], default: str = "127.0.0.1") -> str:
    """The numbers of proxies that gunicorn believes, or * for all."""
    value = given.get("FORWARDED_ALLOW_IPS", default)
    for part in value.split(","):
        try:
            value == "*" or ip_network(part.strip(), strict=False)
        except ValueError:
            raise ImproperlyConfigured(
                f"FORWARDED_ALLOW_IPS has {part!r}; it must be IP addresses, or * alone."
            ) from None
    return value
