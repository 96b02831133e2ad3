"""The relays of a run: one, or two beside each other; each ends where the plan says, and the next one begins."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue

from config.supervisor.process import die_with_parent
from tests.messages.plan import Kill, Plan
from tests.messages.points import KILLED
from tests.product import HOME

# A relay that does not come to its point within so many seconds makes way for another.
PATIENCE = 20
# One that has lost its connection goes on by itself, and then another takes its place.
AFTER_CUT = 3


class Nursery:
    """A process that has loaded the product, and of which all relays are born."""

    def __init__(self, environment: Mapping[str, str], log: Path):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.messages.relay"],
            cwd=HOME,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log.open("ab"),
            text=True,
            preexec_fn=die_with_parent(signal.SIGKILL),
        )
        self._turn = threading.Lock()
        self._born: SimpleQueue[int] = SimpleQueue()
        self._codes: dict[int, int] = {}
        # The relays that have lost their connection where they should.
        self.cut: set[int] = set()
        self._changed = threading.Condition()

    def wait_until_ready(self) -> None:
        assert self.process.stdout
        if self.process.stdout.readline() != "ready\n":
            raise RuntimeError("The relays do not start.")
        threading.Thread(target=self._read, daemon=True).start()

    def bear(self, kill: Kill | None) -> int:
        """Start a relay; its pid."""
        assert self.process.stdin
        line = f"{kill.name}\t{kill.nth}" if kill and kill.point else ""
        with self._turn:
            self.process.stdin.write(f"{line}\n")
            self.process.stdin.flush()
            return self._born.get()

    def exit_code(self, pid: int) -> int:
        """Of a relay, once it has ended."""
        with self._changed:
            self._changed.wait_for(lambda: pid in self._codes)
            return self._codes.pop(pid)

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            what, *numbers = line.split()
            if what == "born":
                self._born.put(int(numbers[0]))
                continue
            if what == "cut":
                self.cut.add(int(numbers[0]))
                continue
            with self._changed:
                self._codes[int(numbers[0])] = int(numbers[1])
                self._changed.notify_all()


class Relays(threading.Thread):
    """Relays that come one after the other."""

    def __init__(self, nursery: Nursery, plan: Plan, name: str):
        super().__init__(name=name, daemon=True)
        self.nursery, self.plan = nursery, plan
        self.over = threading.Event()
        self.faults: list[str] = []
        self.born = 0

    def run(self) -> None:
        while not self.over.is_set():
            self._live(self.plan.take())

    def _live(self, kill: Kill | None) -> None:
        """One relay, from its birth to its end."""
        pid = self.nursery.bear(kill)
        self.born += 1
        ended = threading.Event()
        watch = threading.Thread(target=self._watch, args=(pid, kill, ended), daemon=True)
        watch.start()
        code = self.nursery.exit_code(pid)
        ended.set()
        watch.join()
        if kill is None:
            self._check(code, 0)
        elif self._is_made(kill, pid, code):
            self.plan.count(kill)
        else:
            self.plan.give_back(kill)
            self._check(code, 0)

    def _is_made(self, kill: Kill, pid: int, code: int) -> bool:
        if kill.point is None:
            return code == -signal.SIGKILL
        return pid in self.nursery.cut if kill.point.cuts else code == KILLED

    def _check(self, code: int, wanted: int) -> None:
        if code != wanted:
            self.faults.append(f"a relay ended with {code}")

    def _watch(self, pid: int, kill: Kill | None, ended: threading.Event) -> None:
        """Kill it at its moment, or end it in good order when its time is over."""
        until = time.monotonic() + PATIENCE
        if kill and not kill.point:
            if not ended.wait(kill.seconds):
                _send(pid, signal.SIGKILL)
            return
        while not ended.wait(0.05):
            if pid in self.nursery.cut:
                until = min(until, time.monotonic() + AFTER_CUT)
            is_late = kill is not None and time.monotonic() > until
            if self.over.is_set() or is_late:
                _send(pid, signal.SIGTERM)
                ended.wait(30)
                return


def _send(pid: int, sign: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, sign)
