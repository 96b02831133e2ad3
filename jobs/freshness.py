"""Whether any job of a fleet has changed since a reader's last request, for the price of one call to the cache.

This is a shortcut only, and never decides who may see what. What is not cached is read from the database, and
every entry expires after a short time, so a change that the cache has missed shows after seconds.
"""

import hashlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, TypeVar

from django.core.cache import cache
from django.db import transaction
from redis.exceptions import RedisError

from core.ulid import new_ulid

T = TypeVar("T")

# Seconds for which an answer is reused.
BELIEVED = 20
# Seconds for which the mark of a fleet's latest change is kept.
KEPT = 24 * 3600


def touch(fleet_id: str) -> None:
    """Record that a job of the fleet has changed, once this transaction is committed."""
    transaction.on_commit(lambda: _set_mark(fleet_id), robust=True)


def touch_all(fleet_ids: Iterable[str]) -> None:
    """The same for jobs of several fleets."""
    for fleet_id in set(fleet_ids):
        touch(fleet_id)


class ChangeCheck:
    """Whether the fleet's jobs have changed since a reader last loaded something.

    `what` names the reader and the thing.
    """

    def __init__(self, fleet_id: str, what: str):
        self.mark_key = _mark_key(fleet_id)
        self.seen_key = f"jobs-seen:{hashlib.blake2b(what.encode(), digest_size=16).hexdigest()}"
        known = _known(self.mark_key, self.seen_key)
        self.mark = known.get(self.mark_key)
        self.is_unchanged = self.mark is not None and self.mark == known.get(self.seen_key)

    def confirm_unchanged(self) -> None:
        """Record that the database shows no change up to the mark, which was read before the database."""
        with suppress(RedisError):
            if self.mark is None:
                cache.add(self.mark_key, new_ulid(), KEPT)
            else:
                cache.set(self.seen_key, self.mark, BELIEVED)


def cached_until_change(fleet_id: str, what: str, load: Callable[[], T]) -> T:
    """Return the result of `load`, which is not called again while no job of the fleet has changed."""
    mark_key = _mark_key(fleet_id)
    key = f"jobs-{what}:{fleet_id}"
    known = _known(mark_key, key)
    mark = known.get(mark_key)
    cached_at, cached = known.get(key, (None, None))
    if mark is not None and cached_at == mark:
        return cached
    found = load()
    if mark is not None:  # read before loading, so a change meanwhile has a newer mark
        with suppress(RedisError):
            cache.set(key, (mark, found), BELIEVED)
    return found


def _known(*keys: str) -> dict[str, Any]:
    try:
        return cache.get_many(keys)
    except RedisError:
        return {}


def _set_mark(fleet_id: str) -> None:
    with suppress(RedisError):
        cache.set(_mark_key(fleet_id), new_ulid(), KEPT)


def _mark_key(fleet_id: str) -> str:
    return f"jobs-changed:{fleet_id}"
