"""Token buckets in the cache: so many calls a second, and so many at once. One round trip for any number of buckets."""

import time
from collections.abc import Sequence
from threading import Lock
from typing import Any, NamedTuple

from django.core.cache import cache

# Of each bucket the cache keeps when it is full again, in milliseconds. If a bucket is empty, none is counted.
SCRIPT = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + clock[2] / 1000
local answer = {1}
for i, key in ipairs(KEYS) do
    local until_full = math.max((tonumber(redis.call('GET', key)) or 0) - now, 0)
    answer[i + 1] = until_full
    if until_full + ARGV[2 * i - 1] > ARGV[2 * i] + 0.5 then answer[1] = 0 end
end
for i, key in ipairs(KEYS) do
    if answer[1] == 1 then
        answer[i + 1] = answer[i + 1] + ARGV[2 * i - 1]
        local full_at = string.format('%.0f', now + answer[i + 1])
        redis.call('SET', key, full_at, 'PX', math.ceil(answer[i + 1]))
    end
    answer[i + 1] = math.ceil(answer[i + 1])
end
return answer
"""

_lock = Lock()


class Bucket(NamedTuple):
    key: str
    per_second: float
    burst: int

    @property
    def interval(self) -> float:
        """Milliseconds after which one call more is allowed."""
        return 1000 / self.per_second

    @property
    def size(self) -> float:
        """Milliseconds that an empty bucket takes to be full."""
        return self.burst * self.interval


class Taken(NamedTuple):
    """A bucket after a call: how many more it allows, and the seconds until it is full and until the next call."""

    remaining: int
    reset: float
    wait: float


def take(*buckets: Bucket) -> tuple[bool, list[Taken]]:
    """Count a call in all buckets, or in none if one is empty. Return whether it was counted, and the buckets."""
    arguments = [value for bucket in buckets for value in (bucket.interval, bucket.size)]
    run: Any = getattr(cache, "run_script", _run_here)
    allowed, *until_full = run(SCRIPT, [bucket.key for bucket in buckets], arguments)
    return bool(allowed), [
        _taken(bucket, ms) for bucket, ms in zip(buckets, until_full, strict=True)
    ]


def _taken(bucket: Bucket, until_full: float) -> Taken:
    left = max(0.0, bucket.size - until_full)
    return Taken(
        remaining=int(left / bucket.interval + 0.01),
        reset=until_full / 1000,
        wait=max(0.0, bucket.interval - left) / 1000,
    )


def _run_here(_script: str, keys: Sequence[str], arguments: Sequence[float]) -> list[float]:
    """The script for a cache of this process alone."""
    with _lock:
        now = time.time() * 1000
        intervals, sizes = arguments[::2], arguments[1::2]
        until_full = [max(cache.get(key, 0) - now, 0) for key in keys]
        allowed = all(
            ms + interval <= size + 0.5
            for ms, interval, size in zip(until_full, intervals, sizes, strict=True)
        )
        if allowed:
            until_full = [ms + interval for ms, interval in zip(until_full, intervals, strict=True)]
            for key, ms in zip(keys, until_full, strict=True):
                cache.set(key, now + ms, timeout=ms / 1000 + 1)
    return [int(allowed), *until_full]
