"""A server that has just failed is left alone for some seconds: one caller pays for finding out, not every one."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context

log = logging.getLogger(__name__)

PAUSE = 5  # seconds without another try


class Breaker:
    """Whether this process may call a server. `failures` are the exceptions that mean it is away."""

    def __init__(self, name: str, failures: tuple[type[Exception], ...], pause: float = PAUSE):
        self.name = name
        self.failures = failures
        self.pause = pause
        self._lock = threading.Lock()
        self._retry_at = 0.0  # 0 while the server answers

    @property
    def is_open(self) -> bool:
        """The server failed and has not answered since."""
        return self._retry_at > 0

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Remember whether the server answered."""
        try:
            yield
        except self.failures as error:
            if not self.is_open:
                log.warning("%s is away (%s: %s)", self.name, type(error).__name__, error)
            self._retry_at = time.monotonic() + self.pause
            raise
        if self.is_open:
            log.warning("%s is back", self.name)
            self.close()

    def close(self) -> None:
        self._retry_at = 0.0

    def retry(self, call: Callable[[], object]) -> None:
        """Once the pause is over, let one thread try again. No caller waits for the answer."""
        with self._lock:
            now = time.monotonic()
            if not 0 < self._retry_at <= now:
                return
            self._retry_at = now + self.pause
        context = copy_context()
        threading.Thread(
            target=context.run,
            args=(self._try, call),
            daemon=True,
        ).start()

    def _try(self, call: Callable[[], object]) -> None:
        try:
            with self.watch():
                call()
        except self.failures:
            pass  # the pause has begun again
        except Exception:
            # It says nothing about the server. The next caller finds out, and is heard if it fails.
            log.exception("%s was not tried again", self.name)
            self.close()
