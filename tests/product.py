"""The whole product as processes, for tests that must see it live: `with Product(var) as product: …`."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

HOME = Path(__file__).resolve().parents[1]
KEPT = ("PATH", "HOME", "LANG", "TMPDIR")
FIELD_KEYS = "dGhlIGtleSBvZiB0aGUgdGVzdHMsIG5vIHNlY3JldC4="  # required beside DATABASE_URL
# For a process that is started by itself, outside demo mode.
SIMULATED = {"TELEMATICS_GATEWAY": "telematics.simulator.gateway.SimulatorGateway"}


def environment(var: Path, **more: str) -> dict[str, str]:
    """As a user's shell: nothing of what the tests' own settings put there."""
    return (
        {name: os.environ[name] for name in KEPT if name in os.environ}
        | {"VAR_DIR": str(var), "FIELD_KEYS": FIELD_KEYS}
        | more
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(what: Callable[[], object], seconds: float, why: str, every: float = 0.1) -> object:
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {why}"
        time.sleep(every)
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def seconds_without_processor(pids: Iterable[int]) -> float:
    """For how long the threads of these processes were ready to run and others had the processors."""
    waited = 0
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):  # a thread that has just ended
                waited += int((task / "schedstat").read_text().split()[1])
    return waited / 1e9


def children_of(parent: int) -> list[int]:
    return [*map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split())]


class Product:
    def __init__(self, var: Path, *arguments: str, **variables: str):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.output = var.with_name(f"{var.name}-{self.port}.out")
        self.command = [sys.executable, "manage.py", "up", "--port", str(self.port), *arguments]
        self.environment = environment(var, **variables)

    def __enter__(self) -> "Product":
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=HOME,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(sign)
        return self.process.wait(60)

    def wait_until_ready(self, patience: float = 240) -> None:
        wait_for(
            lambda: "ready after" in self.said or self.process.poll() is not None, patience, "ready"
        )
        assert self.process.poll() is None, self.said

    @property
    def said(self) -> str:
        return self.output.read_text()

    def get(self, path: str) -> str:
        with build_opener(ProxyHandler({})).open(self.url + path, timeout=10) as answer:
            return answer.read().decode()

    def descendants(self) -> dict[int, str]:
        """Every process below it: pid → command line."""
        parents = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and alive(int(entry.name)):
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
                parents[int(entry.name)] = int(stat[1])
        found, front = {}, {self.process.pid}
        while front:
            front = {pid for pid, parent in parents.items() if parent in front}
            found |= {
                pid: Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ") for pid in front
            }
        return found

    def pid_of(self, words: str) -> int | None:
        return min(
            (pid for pid, command in self.descendants().items() if words in command), default=None
        )
