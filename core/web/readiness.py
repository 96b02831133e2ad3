"""Limits of `/readyz`: its checks cost database, cache and broker. Kept in the process, because these may be away."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping

FRESH = 1.0  # seconds for which a result is used again
PER_MINUTE = 60


class Recent:
    """The last result of `measure`. While one thread measures, the others get the result before."""

    def __init__(self, measure: Callable[[], Mapping[str, str]]):
        self._measure = measure
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        self._states: Mapping[str, str] = {}
        self._until = 0.0

    def states(self) -> Mapping[str, str]:
        if time.monotonic() < self._until:
            return self._states
        if not self._lock.acquire(blocking=not self._states):
            return self._states
        try:
            if time.monotonic() >= self._until:
                self._states = self._measure()
                self._until = time.monotonic() + FRESH
            return self._states
        finally:
            self._lock.release()


class PerMinute:
    """The number of requests of each IP address in this minute."""

    def __init__(self, most: int):
        self.most = most
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        self._minute = 0
        self._requests: Counter[str] = Counter()

    def allows(self, address: str) -> bool:
        minute = int(time.monotonic() // 60)
        with self._lock:
            if minute != self._minute:
                self._minute = minute
                self._requests = Counter()
            self._requests[address] += 1
            return self._requests[address] <= self.most
