"""A real Chromium whose profile is kept: what was stored is there again when it was killed and starts again."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import BrowserContext, Error, Page, Playwright

from tests.chromium import APP, FLAGS, FULL, HAND, PATIENCE
from tests.chromium import executable as chromium

# Of the 45 s that the app waits for an answer, so many pass here: silence is as long as that.
SILENCE_SECONDS = 6
IMPATIENT = f"""(() => {{
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  AbortSignal.timeout = (wait) => timeout(Math.min(wait, {SILENCE_SECONDS * 1000}));
}})()"""


class NoChromium(Exception):
    """There is none on this machine."""


def executable() -> str:
    found = chromium(*FULL)
    if not found:
        raise NoChromium("there is no Chromium (Debian: apt install chromium)")
    return found


class Browser:
    def __init__(self, playwright: Playwright, profile: Path, url: str):
        self.playwright, self.profile, self.url = playwright, profile, url
        self.context: BrowserContext | None = None
        self.is_alive = False
        self.starts = 0

    def start(self) -> Page:
        self.context = self.playwright.chromium.launch_persistent_context(
            str(self.profile),
            executable_path=executable(),
            args=[*FLAGS, "--hide-crash-restore-bubble"],
            timeout=PATIENCE,
            locale="en-GB",
            timezone_id="Europe/Berlin",
            **HAND,
        )
        self.context.on("close", self._ended)
        self.context.add_init_script(IMPATIENT)
        self.context.set_default_timeout(10_000)
        self.is_alive = True
        self.starts += 1
        return self.context.pages[0]

    @property
    def page(self) -> Page:
        """The page of the app, of a browser that is started again if it was killed."""
        if self.context and self.is_alive and not self._pids():
            self.is_alive = False
        if not self.is_alive:
            self.start().goto(self.url + APP, timeout=PATIENCE)
        assert self.context
        return self.context.pages[0]

    def kill(self) -> None:
        """SIGKILL to all of its processes, from any thread."""
        self.is_alive = False
        killed = set(self._pids())
        for pid in killed:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(os.getpgid(pid), signal.SIGKILL)
        until = time.monotonic() + 20
        # The browser that is started meanwhile has the same profile, and is not waited for.
        while killed.intersection(self._pids()) and time.monotonic() < until:
            time.sleep(0.02)

    def close(self) -> None:
        if self.context:
            with suppress(Error):
                self.context.close()

    def _ended(self, _context: BrowserContext) -> None:
        self.is_alive = False

    def _pids(self) -> list[int]:
        """Of the processes that have the profile open."""
        return [pid for pid, command in _processes() if str(self.profile) in command]


def _processes() -> Iterator[tuple[int, str]]:
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        with suppress(OSError):
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            if state != "Z":
                yield int(entry.name), (entry / "cmdline").read_text()
