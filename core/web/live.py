"""The price of looking whether something changed: one cheap request, answered 204 while nothing did."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from core.web.counts import Count

# What looking again adds to a page's address: from which row on, what was seen, and which rows seen have moved away.
LIVE = ("live", "digest", "moved")


def digest(rows: Iterable[tuple[Any, Any]], counts: Mapping[str, Count]) -> str:
    """What somebody sees, in 16 characters: ids and versions of the rows, and the counts.

    Not the newest change's time: a transaction that began earlier may commit later.
    """
    seen = repr(
        ([(str(key), version) for key, version in rows], [(name, str(count)) for name, count in counts.items()])
    )
    return hashlib.blake2b(seen.encode(), digest_size=8).hexdigest()
