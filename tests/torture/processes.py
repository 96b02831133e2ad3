"""The product as processes: two webs, two workers of each queue, one beat, each with its own way to the broker."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

from config.supervisor.process import Child
from tests.product import HOME, SIMULATED, environment, free_port, wait_for
from tests.torture.servers import Postgres, RabbitMQ, Valkey
from tests.torture.ways import Balancer, Roads, TaskWay, Way

# Queue → threads: fewer than in production, for a machine of two cores.
THREADS = {"default": 4, "units": 12, "urgent": 6}
WEB_THREADS = "12"  # each may have a connection
PYTHON = (sys.executable, "-m")
QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat")
RESTARTED_AFTER = 1.0
PATIENCE = 120


class Part:
    """One process, which is started again when it has ended."""

    def __init__(self, child: Child, busy: Callable[[], list[str]]):
        self.child, self.name, self.busy = child, child.name, busy
        self.starts = 0
        self.frozen = False

    def start(self) -> None:
        self.child.start()
        self.starts += 1

    @property
    def pid(self) -> int:
        assert self.child.process
        return self.child.process.pid

    def kill(self) -> None:
        self.frozen = False
        self._signal(signal.SIGKILL)

    def freeze(self) -> None:
        self.frozen = True
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.frozen = False
        self._signal(signal.SIGCONT)

    def _signal(self, sign: signal.Signals) -> None:
        """To all of its group: a web has a child that answers."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, sign)


class Product:
    def __init__(
        self,
        var: Path,
        roads: Roads,
        postgres: Postgres,
        valkey: Valkey,
        rabbit: RabbitMQ,
        scale: str,
    ):
        self.var, self.logs, self.roads = var, var / "logs", roads
        self.postgres, self.valkey, self.rabbit = postgres, valkey, rabbit
        self.database, self.cache = Way(roads, postgres.address), Way(roads, valkey.address)
        self.ports = (free_port(), free_port())
        self.balancer = Balancer(roads, *self.ports)
        self.url = f"http://127.0.0.1:{self.balancer.port}"
        self.to_broker: list[Way] = []
        self.environment = environment(
            var,
            DATABASE_URL=f"postgresql://postgres@127.0.0.1:{self.database.port}/postgres",
            CACHE_URL=f"redis://127.0.0.1:{self.cache.port}/0",
            BROKER_URL=rabbit.url(self._way(Way).port),
            BASE_URL=self.url,
            TELEMATICS_TIME_SCALE=scale,
            DATABASE_POOL="6",
            WEB_THREADS=WEB_THREADS,
            INVITATIONS_PER_DAY="10000",
            MAILS_TO_AN_ADDRESS_PER_DAY="1000",
            OPERATORS_NEED_SECOND_FACTOR="false",  # its operators sign in with one step
            **SIMULATED,
        )
        self.parts = [*self._webs(), *self._workers(), self._beat(), *self._relays()]
        self.over = threading.Event()
        # Linux ends a child with the thread that has started it: this one lives as long as the run.
        self.starter = ThreadPoolExecutor(1, "starter")

    def start_again(self, start: Callable[[], None]) -> None:
        """Start a server or a process, from a thread that does not end before the run."""
        self.starter.submit(start).result()

    def _way(self, kind: type[Way]) -> Way:
        way = kind(self.roads, self.rabbit.address)
        self.to_broker.append(way)
        return way

    def _child(self, name: str, *command: str, **more: str) -> Child:
        return Child(
            name,
            [*PYTHON, *command],
            environment=self.environment | more,
            logs=self.logs,
            home=HOME,
            orphaned=signal.SIGKILL,
        )

    def _webs(self) -> list[Part]:
        gunicorn = ("gunicorn", "-c", "config/gunicorn.py")
        return [
            Part(
                self._child(
                    f"web{number}", *gunicorn, BIND=f"127.0.0.1:{port}", DATABASE_POOL=WEB_THREADS
                ),
                lambda number=number: self.balancer.under_way(number),
            )
            for number, port in enumerate(self.ports)
        ]

    def _workers(self) -> list[Part]:
        found = []
        for queue, threads in THREADS.items():
            for number in range(2):
                name, way = f"{queue}{number}", self._way(TaskWay)
                about = ("-Q", queue, "-c", str(threads), "-P", "threads", "-n", f"{name}@%h")
                child = self._child(
                    name,
                    *("celery", "-A", "config", "worker", *about, *QUIET),
                    BROKER_URL=self.rabbit.url(way.port),
                )
                found.append(Part(child, way.tasks))  # type: ignore[attr-defined]
        return found

    def _beat(self) -> Part:
        beat = ("celery", "-A", "config", "beat", "--pidfile=", "-s", str(self.var / "schedule"))
        return Part(self._child("beat", *beat), list)

    def _relays(self) -> list[Part]:
        settings = {"DJANGO_SETTINGS_MODULE": "config.settings"}
        children = [self._child(f"relay{n}", "django", "relay", **settings) for n in range(2)]
        return [Part(child, list) for child in children]

    # --- from the start to the end ----------------------------------------------------------------------------------
    def prepare(self, installers: int) -> dict:
        """Tables, files and people: who they are."""
        self.logs.mkdir(parents=True, exist_ok=True)
        files = subprocess.Popen(
            [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"],
            cwd=HOME,
            env=self.environment,
        )
        self._run("manage.py", "migrate", "-v0")
        people = json.loads(self._run("-m", "tests.torture.world", str(installers)))
        assert files.wait() == 0
        return people

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=HOME,
            env=self.environment | {"DATABASE_URL": self.postgres.url},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return done.stdout

    def start(self) -> None:
        for part in self.parts:
            part.start()
        for port in self.ports:
            wait_for(lambda port=port: _answers(port), PATIENCE, f"a web on {port}")
        workers = [way for way in self.to_broker if isinstance(way, TaskWay)]
        wait_for(lambda: all(way.wires for way in workers), PATIENCE, "the workers")
        threading.Thread(target=self._keep, name="keeper", daemon=True).start()

    def _keep(self) -> None:
        """As a supervisor: what has ended is started again."""
        ended: dict[str, float] = {}
        while not self.over.wait(0.2):
            for part in self.parts:
                if part.child.alive:
                    ended.pop(part.name, None)
                elif (
                    time.monotonic() - ended.setdefault(part.name, time.monotonic())
                    > RESTARTED_AFTER
                ):
                    self.start_again(part.start)

    def stop(self) -> None:
        self.over.set()
        for part in self.parts:
            if part.child.process:
                part.kill()
        for part in self.parts:
            if part.child.process:
                part.child.process.wait()
        self.starter.shutdown()

    def of(self, *names: str) -> list[Part]:
        """The parts whose names begin so."""
        return [part for part in self.parts if part.name.startswith(names)]


def _answers(port: int) -> bool:
    try:
        opener = build_opener(ProxyHandler({}))
        return opener.open(f"http://127.0.0.1:{port}/healthz", timeout=5).status == 200
    except OSError:
        return False
