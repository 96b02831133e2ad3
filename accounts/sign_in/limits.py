"""How often an account may be tried, by account and place: its known devices each, and each IP address.

The counting is that of allauth's rate limits, in the cache. Its own limits are by account or by IP address, so
strangers could lock a person out.
"""

import math
import time
from typing import NamedTuple

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.http import HttpRequest

from accounts.sign_in.devices import device_of

APP = "sign_in"
# All attempts of one IP address on unknown devices. It protects the server, which hashes passwords slowly.
WORK = "120/m"


class Rates(NamedTuple):
    """Attempts in a time, such as `5/5m`; empty for no limit."""

    device: str  # of an account on one of its known devices
    stranger: str  # of one account from one IP address
    strangers: str = ""  # of one account from all unknown devices together
    attempt: str = ""  # of one account in one sign-in that waits for its second factor


PASSWORD = Rates(device="20/5m", stranger="5/5m", strangers="100/h")
# Each sign-in has tries of its own, so that a stranger who knows the password does not use up its owner's.
SECOND_FACTOR = Rates(
    device="20/5m",
    stranger="20/5m",
    strangers="100/h",
    attempt="5/5m",
)
RESET = Rates(device="5/m", stranger="5/m")
LINK = Rates(device="20/m", stranger="20/m")
TOKEN = Rates(device="30/m", stranger="30/m")


class TooMany(Exception):
    def __init__(self, wait: int) -> None:
        super().__init__(wait)
        self.wait = wait


class Count(NamedTuple):
    """One limit: what it counts, how often it allows it, and the key of its place."""

    what: str
    rate: str
    key: str


def count_attempt(
    request: HttpRequest, what: str, account: str, rates: Rates, attempt: str = ""
) -> list[ratelimit.RateLimitUsage]:
    """Count an attempt on `account`. Raises TooMany, and counts nothing, if one of its limits is reached."""
    used: list[ratelimit.RateLimitUsage] = []
    for count in _counts(request, what, account, rates, attempt):
        try:
            used.append(_consume(request, count))
        except TooMany:
            roll_back(used)
            raise
    return used


def roll_back(used: list[ratelimit.RateLimitUsage]) -> None:
    """A successful attempt does not count."""
    for usage in used:
        usage.rollback()


def _counts(
    request: HttpRequest, what: str, account: str, rates: Rates, attempt: str
) -> list[Count]:
    device = device_of(request)
    if device and account and device.knows(account):
        return [Count(f"{what}_device", rates.device, f"{account} {device.id}")]
    place = ratelimit.get_ip(request)
    counts = [Count("work", WORK, place)]
    if account:
        counts.append(Count(what, rates.stranger, f"{account} {place}"))
        counts.append(Count(f"{what}_strangers", rates.strangers, account))
        counts.append(Count(f"{what}_attempt", rates.attempt, f"{account} {attempt}"))
    return [count for count in counts if count.rate]


def _consume(request: HttpRequest, count: Count) -> ratelimit.RateLimitUsage:
    config = {count.what: f"{count.rate}/key"}
    usage = ratelimit.consume(
        request, app=APP, action=count.what, config=config, key=count.key, limit_get=True
    )
    if usage is None:
        raise TooMany(_wait(request, count, config))
    return usage


def _wait(request: HttpRequest, count: Count, config: dict[str, str]) -> int:
    """Seconds until the next attempt is allowed, in whole minutes."""
    rate = ratelimit.get_rates(app=APP, action=count.what, config=config)[0]
    key = ratelimit.get_cache_key(
        request,
        app=APP,
        action=count.what,
        rate=rate,
        key=count.key,
    )
    oldest = min(cache.get(key) or [time.time()])
    return max(1, math.ceil((oldest + rate.duration - time.time()) / 60)) * 60
