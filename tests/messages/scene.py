"""The servers and processes of one run: database, web, relays, writers, and the programs of the consumers."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener

from standardwebhooks import Webhook

from config.supervisor.certificate import Certificates
from config.supervisor.process import Child
from tests.messages.database import Database
from tests.messages.feed_reader import FeedReader
from tests.messages.hook_receiver import HookReceiver
from tests.messages.log import Log
from tests.messages.rabbit import Rabbit
from tests.messages.relays import Nursery
from tests.messages.writing import Writing
from tests.product import HOME, SIMULATED, environment, free_port, wait_for
from tests.torture.ways import Roads

RECEIVER = "127.0.0.2"  # 127.0.0.1 stays forbidden
START = 120


class Scene:
    def __init__(self, var: Path, stack: ExitStack, wanted: Any):
        self.var, self.wanted = var, wanted
        # Linux ends a child with the thread that has started it: this one lives as long as the run.
        starter = stack.enter_context(ThreadPoolExecutor(1, "starter"))
        roads = stack.enter_context(Roads())
        rabbit = starter.submit(Rabbit.started, roads, starter, wanted.patience)
        self.database = Database(os.environ.get("POSTGRES_URL"))
        stack.callback(self.database.stop)
        certificates = Certificates(var)
        certificates.make_for([RECEIVER])
        self.hook = stack.enter_context(HookReceiver(certificates, RECEIVER, wanted.seed))
        self.port = free_port()
        self.environment = environment(
            var,
            DATABASE_URL=self.database.url,
            CACHE_URL="locmem://",
            BROKER_URL="memory://",
            BASE_URL=self.url,
            OUTBOUND_ALLOWED=RECEIVER,
            OUTBOUND_CA_FILE=str(certificates.authority.certificate),
            LOG_LEVEL="WARNING",
            **SIMULATED,
        )
        if not self.database.restore():
            self._migrate()
        self.rabbit = rabbit.result()
        if self.rabbit:
            stack.callback(self.rabbit.stop)
            self.environment |= self.rabbit.variables
        self.processes(stack)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def processes(self, stack: ExitStack) -> None:
        """Relays and web load the product while the fleet is written."""
        self.web = Child(
            "web",
            [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py"],
            environment=self.environment | {"BIND": f"127.0.0.1:{self.port}", "WEB_THREADS": "2"},
            logs=self.var,
            home=HOME,
            orphaned=signal.SIGKILL,
        )
        self.web.start()
        stack.callback(self.kill_web)
        self.nursery = Nursery(self.environment, self.var / "relays.log")
        stack.callback(end, self.nursery.process)
        wanted = self.wanted
        self.writing = Writing(self.environment, wanted.subjects, self.hook.url, wanted.seed)
        stack.callback(end, self.writing.process)
        self.world = self.writing.world()
        self.hook.verifier = Webhook(self.world["consumers"]["webhook"]["secret"])
        self.nursery.wait_until_ready()
        wait_for(self._answers, START, "the web")

    def consumers(self) -> list[Log]:
        """Start their programs, and return what they receive. Nobody reads the full queue yet."""
        self.feed = FeedReader(self.url, self.world["client"], self.wanted.seed)
        self.feed.start()
        logs = [self.feed.log, self.hook.log]
        if self.rabbit:
            consumers = self.world["consumers"]
            self.rabbit.fill(consumers["full queue"]["queue"])
            logs += [
                self.rabbit.reader(name, consumers[name]).log for name in ("queue", "full queue")
            ]
            self.rabbit.readers[0].start()
        return logs

    def kill_web(self) -> None:
        """All of its group: a web has a child that answers."""
        if self.web.process and self.web.alive:
            os.killpg(self.web.process.pid, signal.SIGKILL)
            self.web.process.wait()

    def _answers(self) -> bool:
        try:
            opener = build_opener(ProxyHandler({}))
            return opener.open(f"{self.url}/healthz", timeout=5).status == 200
        except OSError:
            return False

    def _migrate(self) -> None:
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "-v0"],
            cwd=HOME,
            env=self.environment,
            check=True,
        )


def end(process: subprocess.Popen) -> None:
    process.kill()
    process.wait()
