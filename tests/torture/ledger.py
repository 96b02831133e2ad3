"""What the product has promised: each act is written down before it is sent, and again once it was acknowledged."""

import json
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from demo.story.line import Broke

# Seconds for which a fault of a server may still be the reason of a 503.
ECHO = 25


class Ledger:
    """Lines of JSON in a file that only grows."""

    def __init__(self, path: Path):
        self.path = path
        self._file = path.open("a", encoding="utf-8")
        self._lock = threading.Lock()

    def write(self, what: str, **about: Any) -> None:
        """`what` is `sent`, or `kept` for what was acknowledged. Raises Broke once the run is over."""
        line = json.dumps({"what": what, "at": time.time(), **about})
        with self._lock:
            if self._file.closed:
                raise Broke("the run is over")
            self._file.write(line + "\n")
            self._file.flush()

    def close(self) -> None:
        with self._lock:
            self._file.close()


class Unexplained(NamedTuple):
    """An error of the server."""

    at: float
    status: int
    request: str
    text: str
    says_when: bool  # whether it may be tried again


class Witness:
    """Hears every answer. An error of the server is explained by nothing but a server that is away, and says so."""

    def __init__(self) -> None:
        self.answers: Counter[int] = Counter()
        self.acts: dict[str, Counter[str]] = {}
        self.failed: list[Unexplained] = []
        self.away: list[tuple[float, float]] = []
        self._lock = threading.Lock()

    def hears(self, client: httpx.Client) -> None:
        client.event_hooks = {"response": [self._heard]}

    def _heard(self, answer: httpx.Response) -> None:
        with self._lock:
            self.answers[answer.status_code] += 1
        if answer.status_code >= 500:
            answer.read()
            if answer.status_code == 504 and "command_id" in answer.text:
                return  # a vehicle that does not answer
            request = f"{answer.request.method} {answer.request.url.path}"
            says_when = answer.status_code == 503 and "Retry-After" in answer.headers
            said = Unexplained(
                time.time(), answer.status_code, request, answer.text[:300], says_when
            )
            with self._lock:
                self.failed.append(said)

    def count(self, act: str, answer: str) -> None:
        with self._lock:
            self.acts.setdefault(act, Counter())[answer] += 1

    @property
    def errors(self) -> list[Unexplained]:
        """Those that no fault explains, once all faults are known."""
        return [one for one in self.failed if not (one.says_when and self.is_away(one.at))]

    def is_away(self, moment: float) -> bool:
        return any(since <= moment <= until + ECHO for since, until in self.away)
