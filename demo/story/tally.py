"""What the story counts: outcomes, tests, accesses, commands, time, and promises that were broken."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class Tally:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.counts: dict[str, Counter] = {}
        self.seconds: dict[str, list[float]] = {}
        self.broken: list[str] = []

    def count(self, what: str, which: str, number: int = 1) -> None:
        with self._lock:
            self.counts.setdefault(what, Counter())[which] += number

    def promise(self, kept: bool, promise: str) -> None:
        """Record whether a promise was kept. The story continues either way and reports at the end."""
        with self._lock:
            self.counts.setdefault("promises", Counter())["kept" if kept else "broken"] += 1
            if not kept:
                self.broken.append(promise)

    def fail(self, promise: str) -> None:
        self.promise(False, promise)

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        finally:
            with self._lock:
                self.seconds.setdefault(step, []).append(time.monotonic() - began)

    def of(self, what: str) -> Counter:
        return self.counts.get(what, Counter())
