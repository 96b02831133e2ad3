"""What a consumer has received, in the order in which it came, repeats too."""

import hashlib
import threading
import time
from collections.abc import Mapping
from typing import Any, NamedTuple


class Received(NamedTuple):
    sequence: int
    id: str
    subject: str
    # Of the bytes, where the channel delivers them as they are stored.
    digest: str


class Log:
    def __init__(self, consumer: str):
        self.consumer = consumer
        self.received: list[Received] = []
        self.complaints: list[str] = []
        self.changed_at = time.monotonic()
        self._ids: set[str] = set()
        self._lock = threading.Lock()

    def note(self, message: Mapping[str, Any], body: bytes = b"") -> None:
        digest = hashlib.md5(body).hexdigest() if body else ""
        with self._lock:
            found = Received(message["sequence"], message["id"], message["subject"], digest)
            self.received.append(found)
            if found.id not in self._ids:
                self._ids.add(found.id)
                self.changed_at = time.monotonic()

    def complain(self, complaint: str) -> None:
        with self._lock:
            if complaint not in self.complaints:
                self.complaints.append(complaint)

    @property
    def different(self) -> int:
        return len(self._ids)

    @property
    def repeats(self) -> int:
        return len(self.received) - len(self._ids)
