"""Which processes make the product."""

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from config.supervisor import broker, logs
from config.supervisor.certificate import Pair
from config.supervisor.process import Child

PYTHON = (sys.executable, "-m")
QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat")
# Queue → threads. Waiting for units must not starve the rest, and tests not the commands of people.
WORKERS = {"default": 8, "units": 64, "urgent": 16}


class Parts:
    def __init__(self, environment: Mapping[str, str], certificate: Pair | None = None):
        self.environment = environment
        self.certificate = certificate
        self.logs: Path = settings.VAR_DIR / "logs"
        self.logs.mkdir(exist_ok=True)

    def broker(self) -> Child:
        return self._child(
            "broker", *broker.command(settings.VALKEY_SOCKET, settings.VAR_DIR / "valkey")
        )

    def worker(self, queue: str) -> Child:
        """Killed with its parent: what it held comes back by the rows, and asking it nicely could
        take half a minute.
        """
        return self._child(
            f"worker-{queue}",
            *(
                *PYTHON,
                "celery",
                "-q",
                "-A",
                "config",
                "worker",
                "-Q",
                queue,
                "-c",
                str(WORKERS[queue]),
            ),
            *("-P", "threads", "-n", f"{queue}-{os.getpid()}@%h", "-l", settings.LOG_LEVEL, *QUIET),
            orphaned=signal.SIGKILL,
        )

    def beat(self) -> Child:
        return self._child(
            "beat",
            *PYTHON,
            "celery",
            "-q",
            "-A",
            "config",
            "beat",
            "-l",
            settings.LOG_LEVEL,
            "--pidfile=",
        )

    def relay(self) -> Child:
        return self._child("relay", sys.executable, "manage.py", "relay", orphaned=signal.SIGKILL)

    def web(self) -> Child:
        secured: tuple[str | Path, ...] = ()
        if self.certificate:
            secured = (
                *("--certfile", self.certificate.certificate),
                *("--keyfile", self.certificate.key),
            )
        return self._child("web", *PYTHON, "gunicorn", "-c", "config/gunicorn.py", *secured)

    def demo(self) -> Child:
        return self._child("demo", sys.executable, "manage.py", "demo")

    def _child(
        self, name: str, *command: str | Path, orphaned: signal.Signals = signal.SIGTERM
    ) -> Child:
        logs.turn(self.logs / f"{name}.log")
        return Child(
            name,
            command,
            environment=self.environment,
            logs=self.logs,
            orphaned=orphaned,
            home=settings.BASE_DIR,
        )
