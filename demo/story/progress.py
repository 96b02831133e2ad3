"""The story's output: a progress bar, and a table at the end."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from demo.story.tally import Tally

WIDTH = 32
# Without a terminal, a line comes at least this often, in seconds, while something moves.
QUIET = 30


class Progress:
    """A bar on a terminal; elsewhere a line for every tenth of the way, or for what comes after a long wait."""

    def __init__(self, log: Callable[[str], None]):
        self.log, self.live = log, sys.stderr.isatty()
        self._lock = threading.Lock()
        self.title, self.done, self.total, self.began = "", 0, 0, time.monotonic()
        self.shown = self.began

    @contextmanager
    def through(
        self, title: str, total: int = 1, tally: Tally | None = None
    ) -> Iterator["Progress"]:
        self.title, self.done, self.total, self.began = title, 0, max(1, total), time.monotonic()
        self._show()
        with tally.timed(title) if tally else threading.Lock():
            yield self
        self.done = self.total
        self._show(last=True)

    def step(self, number: int = 1) -> None:
        with self._lock:
            before = self.done
            self.done = min(self.done + number, self.total)
            tenth = self.done * 10 // self.total > before * 10 // self.total
            if self.live or tenth or time.monotonic() - self.shown > QUIET:
                self._show()

    def _show(self, *, last: bool = False) -> None:
        self.shown = time.monotonic()
        filled = WIDTH * self.done // self.total
        seconds = self.shown - self.began
        blocks = "█" * filled + "░" * (WIDTH - filled)
        bar = f"{self.title:<28} {blocks} {self.done}/{self.total}  {seconds:4.0f} s"
        if self.live:
            sys.stderr.write(f"\r{bar}{chr(10) if last else ''}")
            sys.stderr.flush()
        elif not last:
            self.log(bar)


def table(tally: Tally) -> list[str]:
    lines = ["", "what".ljust(36) + "how".ljust(28) + "number".rjust(8)]
    for what, counted in tally.counts.items():
        lines += [f"{what:<36}{how:<28}{number:>8}" for how, number in sorted(counted.items())]
    lines += [
        "",
        "step".ljust(36)
        + "times".rjust(8)
        + "mean s".rjust(10)
        + "longest s".rjust(11)
        + "sum s".rjust(10),
    ]
    for step, seconds in tally.seconds.items():
        mean = sum(seconds) / len(seconds)
        lines.append(
            f"{step:<36}{len(seconds):>8}{mean:>10.1f}{max(seconds):>11.1f}{sum(seconds):>10.1f}"
        )
    return lines
