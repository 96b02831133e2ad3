"""Whether the web answers: a process that lives may have stopped answering."""

import time
from collections.abc import Callable
from threading import Event, Thread

EVERY = 1  # seconds
# All threads of the web may be waiting for units for half a minute.
PATIENCE = 90.0


class Answering:
    """Checks in a thread of its own, because an answer may take long."""

    def __init__(self, answers: Callable[[], bool], patience: float = PATIENCE):
        self._answers = answers
        self.patience = patience
        self._stopped = Event()
        self._last = time.monotonic()

    def start(self) -> None:
        self._last = time.monotonic()
        Thread(target=self._probe, name="answering", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    @property
    def is_lost(self) -> bool:
        return time.monotonic() - self._last > self.patience

    def _probe(self) -> None:
        while not self._stopped.wait(EVERY):
            if self._answers():
                self._last = time.monotonic()
