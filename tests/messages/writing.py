"""The process that writes the world and changes its vehicles, as far as it is allowed to (writers.py)."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any

from config.supervisor.process import die_with_parent
from tests.product import HOME


class Writing:
    def __init__(self, environment: Mapping[str, str], vehicles: int, url: str, seed: int):
        arguments = (str(vehicles), url, str(seed))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.messages.writers", *arguments],
            cwd=HOME,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=die_with_parent(signal.SIGKILL),
        )
        # How many messages are committed, and in the end how many of each vehicle.
        self.number = 0
        self.committed: dict[str, int] = {}
        self._allowed = 0
        self._reader = threading.Thread(target=self._read, daemon=True)

    def world(self) -> dict[str, Any]:
        """Who there is, once it is written."""
        assert self.process.stdout
        found = json.loads(self.process.stdout.readline())
        self._reader.start()
        return found

    def allow(self, number: int) -> None:
        """So many in all."""
        if number > self._allowed:
            self._allowed = number
            self._say(str(number))

    def resume(self, consumer: str) -> None:
        self._say(consumer)

    def _say(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def finish(self, patience: float) -> None:
        """Wait for what was begun."""
        assert self.process.stdin
        self.process.stdin.close()
        self._reader.join(patience)

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            if line.startswith("{"):
                self.committed = json.loads(line)
            else:
                self.number = int(line)
