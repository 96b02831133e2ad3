"""Entity tags in requests: `If-None-Match`."""

from django.http import HttpRequest
from django.utils.http import parse_etags
from rest_framework.request import Request


def is_known(request: Request | HttpRequest, tag: str) -> bool:
    """Whether the client already has this version, so that 304 is enough. Compared weakly (RFC 9110, 13.1.2)."""
    given = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in given or _opaque(tag) in map(_opaque, given)


def _opaque(tag: str) -> str:
    return tag.removeprefix("W/")
