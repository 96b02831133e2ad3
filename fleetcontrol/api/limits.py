"""How often a client may call OneAPI. The answer says how many calls are left."""

import math
from typing import Any

from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from core.limits import Bucket, Taken, take

# Calls of a client in a second, and at once.
PER_SECOND = 20
BURST = 100
# Readings of the state of one vehicle. Messages bring it without reading.
STATES_PER_SECOND = 1
STATES_AT_ONCE = 1


class ClientThrottle(BaseThrottle):
    """Count the call. A view with `own_buckets` counts it there, too, in the same round trip.

    Without a cache nothing is counted: the limit protects the server, and clients go on.
    """

    seconds: float = 0

    def allow_request(self, request: Request, view: Any) -> bool:
        principal = view.caller.principal
        buckets = [Bucket(f"oneapi:{principal}", PER_SECOND, BURST), *view.own_buckets()]
        try:
            allowed, taken = take(*buckets)
        except RedisError:
            return True
        view.taken = taken[0]
        self.seconds = max(one.wait for one in taken)
        return allowed

    def wait(self) -> float:
        return self.seconds


def headers_of(taken: Taken) -> dict[str, str]:
    return {
        "RateLimit-Limit": str(BURST),
        "RateLimit-Remaining": str(taken.remaining),
        "RateLimit-Reset": str(math.ceil(taken.reset)),
    }
