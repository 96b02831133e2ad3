"""Checks for changes: one cheap request, answered 204 while nothing has changed."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from core.web.lists.counts import Count

# The parameters of a check for changes: the first row, the digest that was seen, and seen rows that have moved away.
LIVE = ("live", "digest", "moved")


def digest(rows: Iterable[tuple[Any, Any]], counts: Mapping[str, Count]) -> str:
    """A digest of what the reader sees, in 16 characters: ids and versions of the rows, and the counts.

    Not the newest change's time: a transaction that began earlier may commit later.
    """
    seen = repr(
        (
            [(str(key), version) for key, version in rows],
            [(name, str(count)) for name, count in counts.items()],
        )
    )
    return hashlib.blake2b(seen.encode(), digest_size=8).hexdigest()
