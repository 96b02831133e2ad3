"""The topics that there are. The floors above register theirs, with the words that people read."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Topic(NamedTuple):
    """`kept` days its messages can be read; `reasons` are why one is written, with their words."""

    label: Any
    kept: int
    reasons: Mapping[str, Any]


TOPICS: dict[str, Topic] = {}


def register(
    name: str, label: Any, *, kept: int = 7, reasons: Mapping[str, Any] | None = None
) -> None:
    TOPICS[name] = Topic(label, kept, reasons or {})
