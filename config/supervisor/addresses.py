"""Where the web listens, and what that means for links and for the hosts it answers to."""

import os
import socket
from dataclasses import dataclass

WILDCARDS = ("0.0.0.0", "::", "")  # noqa: S104 - recognised, not bound


@dataclass(frozen=True)
class Address:
    host: str
    port: int
    is_https: bool = False

    @property
    def local_url(self) -> str:
        return self._url("127.0.0.1" if self.host in WILDCARDS else self.host)

    @property
    def public_url(self) -> str:
        """Links in mails lead here: BASE_URL where it is given, else what a browser on this machine opens."""
        return os.environ.get("BASE_URL") or self.local_url

    def environment(self) -> dict[str, str]:
        """The environment of the child processes."""
        return {
            "BIND": self._place(self.host or "0.0.0.0"),  # noqa: S104 - given by --host
            "BASE_URL": self.public_url,
            "ALLOWED_HOSTS": ",".join(
                sorted({*os.environ.get("ALLOWED_HOSTS", "").split(","), *self._names()} - {""})
            ),
        }

    def _names(self) -> set[str]:
        """A phone in the same network comes by this machine's name or number."""
        if self.host not in WILDCARDS:
            return {_bracketed(self.host)}
        name = socket.gethostname()
        try:
            found = {str(place[0]) for *_, place in socket.getaddrinfo(name, None)}
        except OSError:
            found = set()
        return {name, *map(_bracketed, found | _outward())}

    @property
    def certified(self) -> set[str]:
        """The names and numbers by which this machine and a phone in its network come here."""
        names = {name.strip("[]") for name in self._names()}
        return {name.partition("%")[0] for name in names} | {"localhost", "127.0.0.1"}

    @property
    def urls_for_phones(self) -> list[str]:
        """URLs by which a phone in the same network finds this machine; none where only this machine is let in."""
        if self.host not in WILDCARDS:
            return []
        return sorted(self._url(number) for number in _outward())

    def _url(self, host: str) -> str:
        scheme = "https" if self.is_https else "http"
        return f"{scheme}://{self._place(host)}"

    def _place(self, host: str) -> str:
        return f"{_bracketed(host)}:{self.port}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _outward() -> set[str]:
    """The address that this machine shows to its network; nothing is sent to find it out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return set()
        return {probe.getsockname()[0]}
