"""A machine of the drill: the processes that docs/operation/systemd has, each of a release, with one VAR_DIR."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple
from urllib.request import ProxyHandler, Request, build_opener

from config.supervisor.process import Child
from tests.operation.programs import UNITS, command_of
from tests.product import HOME, environment, free_port, wait_for

WEBS = ("web1", "web2")
WORKERS = ("worker-default", "worker-units", "worker-urgent")
BESIDE = (*WORKERS, "beat", "relay")
# One worker of all queues, where less will do.
WORKER = "worker"
# Seconds for a process to start, and to end what it has begun: TimeoutStopSec.
STARTS, STOPS = 120, 60
FAULTS = ("error", "critical")
# A machine that is too busy for its database: workers do it again, and people would get a 503.
BUSY = ("the server does not answer", "the database does not answer", "connection timeout expired")


class Release(NamedTuple):
    """A version of the product, in a directory of its own."""

    name: str
    home: Path

    def command(self, part: str) -> list[str]:
        if part == WORKER:
            queues = ",".join(name.removeprefix("worker-") for name in WORKERS)
            worker = ["-m", "celery", "-A", "config", "worker", "-P", "threads"]
            return [sys.executable, *worker, "-Q", queues, "-c", "16"]
        unit = "web@" if part.startswith("web") else part
        command = command_of(UNITS / f"installer-jobs-{unit}.service")
        if part in WORKERS:
            command += ["-n", f"{part}@%h"]
        return [sys.executable, *command]

    def has(self, part: str) -> bool:
        return part != "relay" or any(self.home.glob("*/management/commands/relay.py"))


THIS = Release("this", HOME)


class Machine:
    """`settings` are those of every process; one that starts later has what is in them then."""

    def __init__(self, var: Path, settings: dict[str, str]):
        self.var, self.logs, self.settings = var, var / "logs", settings
        self.logs.mkdir(parents=True, exist_ok=True)
        self.ports = {name: free_port() for name in WEBS}
        self.children: dict[str, Child] = {}
        self.read: dict[str, int] = {}  # how much of each log is known

    @property
    def environment(self) -> dict[str, str]:
        found = environment(self.var, **self.settings)
        return found | {"PATH": os.environ["PATH"]}

    def run(self, release: Release, *command: str) -> str:
        """What a command of Python prints. Raises RuntimeError where it fails."""
        done = subprocess.run(
            [sys.executable, *command],
            cwd=release.home,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)[:200]} failed: {done.stderr[-2000:]}")
        return done.stdout

    def manage(self, release: Release, *command: str) -> str:
        return self.run(release, "manage.py", *command)

    # --- processes --------------------------------------------------------------------------------------------------
    def start(self, release: Release, *parts: str) -> None:
        """Start them together, and wait until each is ready."""
        started = [part for part in parts if release.has(part)]
        for part in started:
            variables = self.environment
            if part in self.ports:
                variables["BIND"] = f"127.0.0.1:{self.ports[part]}"
            child = Child(
                part,
                release.command(part),
                environment=variables,
                logs=self.logs,
                home=release.home,
                orphaned=signal.SIGKILL,
            )
            size = child.log.stat().st_size if child.log.exists() else 0
            child.start()
            self.children[part], self.read[part] = child, size
        for part in started:
            wait_for(lambda part=part: self._is_ready(part), STARTS, f"{part} is ready")

    def _is_ready(self, part: str) -> bool:
        child = self.children[part]
        if not child.alive:
            raise RuntimeError(f"{part} has ended: {child.last_words()}")
        if part in self.ports:
            return self.answer(part, "/readyz") == 200
        if part.startswith(WORKER):
            return b" ready." in child.log.read_bytes()[self.read[part] :]
        return True

    def answer(self, web: str, path: str, **headers: str) -> int:
        """The status of an answer of one web, past the proxy. 0 where there is none."""
        forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1", **headers}
        request = Request(f"http://127.0.0.1:{self.ports[web]}{path}", headers=forwarded)
        try:
            return build_opener(ProxyHandler({})).open(request, timeout=10).status
        except OSError as error:  # of an answer that is an error, too
            return getattr(error, "code", 0)

    def stop(self, *parts: str) -> None:
        """As systemd does: SIGTERM to the process alone; what is left after a minute is killed."""
        children = [self.children.pop(part) for part in parts if part in self.children]
        for child in children:
            child.terminate()
        for child in children:
            child.make_sure(STOPS)

    def restart(self, release: Release, *parts: str) -> None:
        self.stop(*parts)
        self.start(release, *parts)

    def roll(self, release: Release) -> float:
        """Restart everything, one web after the other. How many seconds it took."""
        began = time.monotonic()
        for web in WEBS:
            self.restart(release, web)
        self.restart(release, *BESIDE)
        return time.monotonic() - began

    def kill(self) -> None:
        """Nothing is finished."""
        for child in self.children.values():
            if child.process:
                child.make_sure(0)
        self.children.clear()

    # --- what they wrote --------------------------------------------------------------------------------------------
    def faults(self) -> list[str]:
        """Errors in the logs of all processes."""
        return [
            f"{path.stem}: {line[:1500]}"
            for path in sorted(self.logs.glob("*.log"))
            for line in faults_in(path.read_text(errors="replace").splitlines())
        ]


def faults_in(lines: Iterable[str]) -> Iterable[str]:
    for line in lines:
        try:
            level = json.loads(line)["level"]
        except (ValueError, KeyError, TypeError):
            level = "error" if line.startswith(("Traceback", "[CRITICAL]")) else ""
        if level in FAULTS and not any(words in line for words in BUSY):
            yield line
