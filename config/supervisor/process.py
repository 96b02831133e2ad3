"""One child process: started in a group of its own, logged to a file, gone when its parent is gone."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(how: signal.Signals) -> Callable[[], None]:
    """What a child does between fork and exec, so that even `kill -9` of the parent leaves no orphan (on Linux)."""
    parent = os.getpid()

    def arrange() -> None:
        if _libc:
            _libc.prctl(PR_SET_PDEATHSIG, how)
            if os.getppid() != parent:  # it died before this check
                os.kill(os.getpid(), signal.SIGKILL)

    return arrange


class Child:
    """`orphaned` is the signal it gets when the parent dies: SIGTERM for those with children or files of their own."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str],
        logs: Path,
        home: Path,
        orphaned: signal.Signals = signal.SIGTERM,
    ):
        self.name, self.command, self.environment, self.orphaned = (
            name,
            list(command),
            dict(environment),
            orphaned,
        )
        self.home = home
        self.log = logs / f"{name}.log"
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=self.environment,
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent(self.orphaned),
            )

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def exit_code(self) -> int | None:
        return self.process.poll() if self.process else None

    def terminate(self) -> None:
        if self.process and self.alive:
            self.process.send_signal(signal.SIGTERM)

    def make_sure(self, patience: float) -> None:
        """Wait for its end; then end whatever is left of its group."""
        if not self.process:
            return
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(patience)
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self.process.wait()

    def last_words(self, lines: int = 15) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""
