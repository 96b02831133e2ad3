"""Requests to the product: repeated where a repeat is right, otherwise an error that names the reason."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import httpx

# Long enough for a broker that hangs for a minute, or a web process that restarts.
PATIENCE = 240.0
BUSY = {429, 502, 503, 504}
T = TypeVar("T")


class Broke(Exception):
    """The story cannot go on: the product did not do what it promises."""


def send(
    client: httpx.Client, method: str, url: str, *, again: bool, **options: Any
) -> httpx.Response:
    """One request. A request that may be sent `again` is repeated while the product is busy or out of reach; any other
    one only where it has not arrived."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            answer = client.request(method, url, **options)
        except httpx.TransportError as error:
            arrived = not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
            if (arrived and not again) or time.monotonic() > until:
                raise Broke(f"{method} {url}: {type(error).__name__} {error}") from error
            time.sleep(1)
            continue
        busy = answer.status_code in BUSY and (again or answer.status_code == 429)
        if not busy or time.monotonic() > until:
            return answer
        time.sleep(min(float(answer.headers.get("Retry-After", 1)), 60))


def wait_for(
    read: Callable[[], T | None], what: str, *, patience: float = PATIENCE, longest: float = 2.0
) -> T:
    """Call `read` until it returns something, at intervals that grow to the longest one."""
    until = time.monotonic() + patience
    pause = 0.2
    while True:
        if (seen := read()) is not None:
            return seen
        if time.monotonic() > until:
            raise Broke(f"waited {patience:.0f} s in vain for {what}")
        time.sleep(pause)
        pause = min(pause * 1.2, longest)
