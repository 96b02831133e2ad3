"""Why a call was not made, or got no answer: codes to store, and their sentences for people.

A sentence names what the person can change. It never has an address that a host name leads to, nor an error of a
library: both would describe our own network to the person who gave the URL.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

REFUSED = {
    "too_long": _("The URL can have at most 2,000 characters."),
    "characters": _("The URL has a space or another character that no URL can have."),
    "not_https": _("The URL must begin with https://."),
    "fragment": _("The URL must not have a #."),
    "user_info": _("The URL must not have a user name or a password."),
    "port": _("The port of the URL must be 443, or a number from 1024 to 65535."),
    "host": _("The URL must have a full host name, such as hooks.example.com."),
    "forbidden_address": _("The URL leads to an address that is not on the public internet."),
}
UNREACHABLE = {
    "unknown_host": _("The host name does not exist."),
    "no_dns": _("The host name could not be looked up."),
    "no_connection": _("The server did not accept the connection."),
    "certificate": _("The certificate of the server is not valid for this host name."),
    "no_tls": _("The server did not agree on an encrypted connection."),
    "timed_out": _("The server did not answer in time."),
    "broken": _("The answer of the server could not be read."),
}


def sentence(code: str) -> Any:
    """The sentence of a stored code, a lazy text; empty for a code that there no longer is."""
    return REFUSED.get(code) or UNREACHABLE.get(code, "")


class NoAnswer(Exception):
    """There is no answer. `code` is for rows and clients, `reason` for people."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code
        self.reason = sentence(code)

    def __str__(self) -> str:
        return str(self.reason)


class Refused(NoAnswer):
    """The URL or its address is forbidden. Nothing was sent; another try ends the same way."""


class Unreachable(NoAnswer):
    """The server could not be reached, or its answer is none. Another try may succeed."""
