"""Whether any job of a fleet has changed since a reader's last request, for the price of one call to the cache.

This is a shortcut only, and never decides who may see what. What is not cached is read from the database, and
every entry expires after a short time, so a change that the cache has missed shows after seconds.
"""

import hashlib
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar

from django.core.cache import cache
from django.db import transaction
from redis.exceptions import RedisError

from core.ulid import new_ulid

T = TypeVar("T")

# Seconds for which an answer is reused.
BELIEVED = 20
# The same for tags that phones check: some facts of a tag change without a mark.
TAG_BELIEVED = 50
TAG_KEPT = 3600
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


class _Tag(NamedTuple):
    fleets: list[str]
    marks: dict[str, str] | None
    headers: dict[str, str]
    until: float


# On which marks a tag depends, as this process has seen it: so one call to the cache is enough.
_marks_of: dict[str, list[str]] = {}
MOST_REMEMBERED = 10_000


class TagCheck:
    """Whether a tag that a client has read is known to be the latest one, for the price of one call to the cache.

    `what` names the reader, the URL and the tag. `headers` are those of the earlier answer, None if the database has to
    be read. Which fleets the tag depends on is known only after the first time, and a mark has to be read before the
    database: so the third check is the first that is answered from here.
    """

    def __init__(self, what: str):
        self._key = f"jobs-tag:{hashlib.blake2b(what.encode(), digest_size=16).hexdigest()}"
        marks = _marks_of.get(self._key, [])
        known = _known(self._key, *marks)
        self._seen: _Tag | None = known.pop(self._key, None)
        self._marks: dict[str, str] = known
        self.headers: dict[str, str] | None = None
        if self._seen is None:
            return
        if marks != [*map(_mark_key, self._seen.fleets)]:
            self._remember(self._seen.fleets)
            self._marks = _known(*_marks_of[self._key])
        if self._seen.marks == self._marks and time.time() < self._seen.until:
            self.headers = self._seen.headers

    def _remember(self, fleets: list[str]) -> None:
        if len(_marks_of) >= MOST_REMEMBERED:
            _marks_of.clear()
        _marks_of[self._key] = [*map(_mark_key, fleets)]

    def confirm(self, fleet_ids: Iterable[str], headers: dict[str, str]) -> None:
        """Record that the tag is the latest one by the database. It depends on the jobs of these fleets."""
        fleets = sorted(set(fleet_ids))
        keys = [_mark_key(fleet) for fleet in fleets]
        missing = [key for key in keys if key not in self._marks]
        is_checked = self._seen is not None and self._seen.fleets == fleets and not missing
        seen = _Tag(
            fleets, self._marks if is_checked else None, headers, time.time() + TAG_BELIEVED
        )
        with suppress(RedisError):
            for key in missing:
                cache.add(key, new_ulid(), KEPT)
            cache.set(self._key, seen, TAG_KEPT)


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
    if not keys:
        return {}
    try:
        return cache.get_many(keys)
    except RedisError:
        return {}


def _set_mark(fleet_id: str) -> None:
    with suppress(RedisError):
        cache.set(_mark_key(fleet_id), new_ulid(), KEPT)


def _mark_key(fleet_id: str) -> str:
    return f"jobs-changed:{fleet_id}"
