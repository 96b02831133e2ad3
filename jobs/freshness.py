"""Whether any job of a fleet has changed since somebody looked, for the price of one question to the cache.

Only a shortcut, and never about who may see what: what it does not know is looked up in the database, and every answer is
asked for anew after a while, so that a sign that was lost costs seconds.
"""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from django.core.cache import cache
from django.db import transaction
from redis.exceptions import RedisError

from core.ulid import new_ulid

T = TypeVar("T")

BELIEVED = 20  # seconds
KEPT = 24 * 3600


def touch(fleet_id: str) -> None:
    """A job of the fleet has changed, as soon as this transaction is committed."""
    transaction.on_commit(lambda: _set_sign(fleet_id), robust=True)


class Look:
    """Somebody looks again at something of a fleet that he has seen before; `what` tells it from other things."""

    def __init__(self, fleet_id: str, what: str):
        self.sign_key = _sign_key(fleet_id)
        self.seen_key = f"jobs-seen:{hashlib.blake2b(what.encode(), digest_size=16).hexdigest()}"
        known = _known(self.sign_key, self.seen_key)
        self.sign, seen = known.get(self.sign_key), known.get(self.seen_key)
        self.is_same = self.sign is not None and self.sign == seen

    def was_same(self) -> None:
        """The database says that nothing has changed up to the sign that was read before asking it."""
        with suppress(RedisError):
            if self.sign is None:
                cache.add(self.sign_key, new_ulid(), KEPT)
            else:
                cache.set(self.seen_key, self.sign, BELIEVED)


def since_the_last_change(fleet_id: str, what: str, look_up: Callable[[], T]) -> T:
    """What `look_up` gives about the fleet's jobs; not asked again while no job has changed."""
    sign_key, key = _sign_key(fleet_id), f"jobs-{what}:{fleet_id}"
    known = _known(sign_key, key)
    sign, (kept_at, kept) = known.get(sign_key), known.get(key, (None, None))
    if sign is not None and kept_at == sign:
        return kept
    found = look_up()
    if sign is not None:  # read before looking: what changes meanwhile has another one
        with suppress(RedisError):
            cache.set(key, (sign, found), BELIEVED)
    return found


def _known(*keys: str) -> dict[str, Any]:
    try:
        return cache.get_many(keys)
    except RedisError:
        return {}


def _set_sign(fleet_id: str) -> None:
    with suppress(RedisError):
        cache.set(_sign_key(fleet_id), new_ulid(), KEPT)


def _sign_key(fleet_id: str) -> str:
    return f"jobs-changed:{fleet_id}"
