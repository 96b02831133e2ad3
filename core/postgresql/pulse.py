"""Whether a server answers: the pulse.

The kernel of a frozen server still accepts connections and acknowledges packets, so no time-out of
TCP notices it, and a `statement_timeout` is the server's own. A long statement looks the same from
outside. The difference is whether the server answers a new connection. A thread of its own finds
that out, and only while somebody has reason to doubt.
"""

import logging
import os
import time
from collections.abc import Callable, Mapping
from threading import Event, Lock, Thread
from typing import Any

# Seconds without an answer to a new connection after which the server counts as lost.
PATIENCE = 3.0
# Seconds for which an answer is good.
FRESH = 1.0
# Seconds between two attempts to reach a lost server.
PAUSE = 0.1

logger = logging.getLogger(__name__)


class Pulse:
    """`feel` makes a new connection and raises NoAnswer if the server is silent."""

    def __init__(self, feel: Callable[[], None]):
        self._feel = feel
        self._lock = Lock()
        self._answered = Event()
        self._answered.set()
        self._doubted_since = 0.0
        self._answered_at = float("-inf")

    @property
    def is_lost(self) -> bool:
        return not self._answered.is_set() and time.monotonic() - self._doubted_since > PATIENCE

    def check(self) -> bool:
        """Whether the server is lost. Probes it if the last answer is old."""
        if self._answered.is_set() and time.monotonic() - self._answered_at > FRESH:
            self._doubt(time.monotonic())
        return self.is_lost

    def lose(self) -> None:
        """The caller has waited for an answer long enough: the server is lost until it answers again."""
        self._doubt(time.monotonic() - PATIENCE)

    def wait(self, seconds: float) -> bool:
        """Wait until the server answers again; whether it did."""
        return self._answered.wait(seconds)

    def _doubt(self, since: float) -> None:
        with self._lock:
            is_probing = not self._answered.is_set()
            self._doubted_since = min(self._doubted_since, since) if is_probing else since
            self._answered.clear()
        if not is_probing:
            Thread(target=self._probe, name="database-pulse", daemon=True).start()

    def _probe(self) -> None:
        while not self._answers():
            time.sleep(PAUSE)
        if self.is_lost:
            logger.warning("the database answers again")
        with self._lock:
            self._answered_at = time.monotonic()
            self._answered.set()

    def _answers(self) -> bool:
        try:
            self._feel()
        except NoAnswer:
            if self.is_lost:
                logger.error("the database does not answer")
            return False
        except (
            Exception
        ):  # a refusal is an answer, and the next caller that needs a connection gets it
            logger.info("the database refuses a connection", exc_info=True)
        return True


class NoAnswer(Exception):
    """The server has not answered in time."""


_pulses: dict[tuple[str, ...], Pulse] = {}
os.register_at_fork(after_in_child=_pulses.clear)  # the thread stays behind in the parent


def pulse_of(params: Mapping[str, Any], feel: Callable[[], None]) -> Pulse:
    """The one pulse that this process keeps of a server."""
    server = tuple(
        str(params.get(name, ""))
        for name in ("host", "hostaddr", "port", "dbname", "user", "service")
    )
    return _pulses.get(server) or _pulses.setdefault(server, Pulse(feel))
