"""The version of a vehicle or job as an entity tag: `ETag` in answers, `If-Match` in writes."""

import re

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

TAG = re.compile(r'"([0-9]{1,9})"')
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The `ETag` that was read. 412 if the object has changed since.",
    pattern=rf"^(?:\*|{TAG.pattern})$",
)
# Nothing has this version, so that a tag which this API never sent matches nothing.
NO_VERSION = -1


def tag_of(version: int) -> str:
    return f'"{version}"'


def expected_version(request: Request) -> int | None:
    """The version that the caller has read; None where any will do."""
    given = request.headers.get("If-Match", "*").strip()
    if given == "*":
        return None
    found = TAG.fullmatch(given)
    return int(found[1]) if found else NO_VERSION
