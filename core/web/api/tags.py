"""Entity tags in requests: `If-None-Match` and `If-Match`."""

import re

from django.http import HttpRequest
from django.utils.http import parse_etags
from rest_framework.request import Request

# Nothing has this version, so that a tag which an API never sent matches nothing.
NO_VERSION = -1


def expected_version(request: Request, tag: re.Pattern[str]) -> int | None:
    """The version in `If-Match`, the first group of `tag`; None where any will do, NO_VERSION for another text."""
    given = request.headers.get("If-Match", "*").strip()
    if given == "*":
        return None
    found = tag.fullmatch(given)
    return int(found[1]) if found else NO_VERSION


def is_known(request: Request | HttpRequest, tag: str) -> bool:
    """Whether the client already has this version, so that 304 is enough. Compared weakly (RFC 9110, 13.1.2)."""
    given = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in given or _opaque(tag) in map(_opaque, given)


def _opaque(tag: str) -> str:
    return tag.removeprefix("W/")
