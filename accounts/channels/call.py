"""One call of a webhook: the bytes and the headers."""

from collections.abc import Mapping
from typing import NamedTuple


class Call(NamedTuple):
    body: bytes
    headers: Mapping[str, str]
