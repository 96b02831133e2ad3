"""The version of a vehicle or job as an entity tag: `ETag` in answers, `If-Match` in writes."""

import re

from drf_spectacular.utils import OpenApiParameter

# Answers that are compressed have a weak tag, which means the same version.
TAG = re.compile(r'(?:W/)?"([0-9]{1,9})"')
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The `ETag` that was read. 412 if the object has changed since.",
    pattern=rf"^(?:\*|{TAG.pattern})$",
)


def tag_of(version: int) -> str:
    return f'"{version}"'
