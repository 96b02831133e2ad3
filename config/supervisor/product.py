"""Start everything until it is ready, and watch it until a signal stops it."""

import os
import signal
import ssl
import time
from collections.abc import Callable
from types import FrameType
from typing import NoReturn
from urllib.error import URLError
from urllib.request import HTTPSHandler, OpenerDirector, ProxyHandler, build_opener

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from config.supervisor import broker, static, tables, turn, world
from config.supervisor.addresses import Address
from config.supervisor.answering import PATIENCE, Answering
from config.supervisor.certificate import Certificates
from config.supervisor.errors import CannotStart, Lost
from config.supervisor.parts import WORKERS, Parts
from config.supervisor.process import Child
from config.supervisor.sources import Sources
from config.supervisor.watch import Family
from core.models import DemoMark

BROKER_STAGE, WORKER_STAGE, WEB_STAGE = range(3)
# Seconds to end by itself, of a stage. Ctrl-C is for a person who waits: a worker that is in the middle of a task is
# killed, and the task runs again, as every task may. The units of systemd are more patient.
STOP_PATIENCE = {WEB_STAGE: 1.0, WORKER_STAGE: 2.5, BROKER_STAGE: 0.5}
POLL_SECONDS = 0.2
WEB_PATIENCE = 60


class Stopped(Exception):
    """A signal has stopped the product."""


class Product:
    def __init__(
        self,
        address: Address,
        chosen_world: str,
        units: dict[str, str],
        log: Callable[[str], None],
        *,
        reload: bool = False,
        patience: float = PATIENCE,
    ):
        self.address = address
        self.world = chosen_world
        self.log = log
        self.reload = reload
        self.family = Family(log)
        self.answering = Answering(self._web_answers, patience)
        wish = {
            "DEMO": str(chosen_world == world.DEMO),
            "CELERY_SKIP_CHECKS": "1",
        }  # `up` has just made them
        if reload:
            wish |= {"WEB_RELOAD": "true", "DEBUG": "true"}
        self.certificates = Certificates(settings.VAR_DIR / "certificates")
        if address.is_https:
            self.certificates.make_for(address.certified)
        environment = {**os.environ, **address.environment(), **units, **wish}
        self.parts = Parts(environment, self.certificates.machine if address.is_https else None)

    def run(self, when_ready: Callable[[], None]) -> None:
        """Return when a signal stops it. Raises Lost or CannotStart. Leaves no process behind either way."""
        for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(sign, self._on_signal)
        try:
            # As they are before anything is loaded: what is saved during the start is noticed, too.
            sources = Sources() if self.reload else None
            self._rise()
            when_ready()
            self._watch(sources)
        except Stopped:
            self.log("Stopping …")
        finally:
            for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(sign, signal.SIG_IGN)
            self.answering.stop()
            self.family.stop()

    def _watch(self, sources: Sources | None) -> NoReturn:
        while True:
            self.family.check()
            self.family.turn_logs()
            if self.answering.is_lost:
                raise Lost(
                    "web",
                    self.web.last_words(),
                    f"does not answer for {self.answering.patience:g} s",
                )
            if sources and sources.changed():
                self.log(
                    "The code has changed; starting the workers again."
                )  # gunicorn watches for the web itself
                self.family.renew()
            time.sleep(POLL_SECONDS)

    def _on_signal(self, _sign: int, _frame: FrameType | None) -> None:
        raise Stopped

    def _rise(self) -> None:
        if str(settings.VALKEY_SOCKET) in settings.BROKER_URL + settings.CACHE_URL:
            self.log("Starting the broker …")
            self._start_broker()
        self._prepare_data()
        self.log("Starting the web and the workers …")
        # The web first, and alone: pages open while the workers load, seconds before anybody needs them.
        self.web = self.parts.web()
        self._add(self.web, stage=WEB_STAGE, restarts=False)
        self._wait_for_the_web()
        for queue in WORKERS:
            self._add(self.parts.worker(queue), stage=WORKER_STAGE, restarts=True)
        self._add(self.parts.beat(), stage=WORKER_STAGE, restarts=True)
        self._add(self.parts.relay(), stage=WORKER_STAGE, restarts=True)
        self.answering.start()

    def _add(self, child: Child, *, stage: int, restarts: bool) -> None:
        self.family.add(child, stage=stage, restarts=restarts, patience=STOP_PATIENCE[stage])

    def _start_broker(self) -> None:
        try:
            self._start_broker_with_its_data()
        except broker.Ended:
            if not broker.set_aside(settings.VAR_DIR / "valkey"):
                raise
            self.log(broker.SET_ASIDE)
            self._start_broker_with_its_data()

    def _start_broker_with_its_data(self) -> None:
        child = self.parts.broker()
        self._add(child, stage=BROKER_STAGE, restarts=False)
        try:
            broker.wait(settings.VALKEY_SOCKET, child)
        except broker.Ended:
            self.family.forget(child)
            raise

    def _prepare_data(self) -> None:
        """Database, demo world and static files. World and files are made at the same time, as each takes seconds."""
        self.log("Preparing the database …")
        if self.world == world.DEMO and tables.is_possible():
            tables.make()
        else:
            with turn.taken():
                call_command("migrate", interactive=False, verbosity=0)
        is_marked = DemoMark.objects.exists()
        connections.close_all()
        if self.world == world.DEMO and not is_marked:
            self.log("Building the demo world: people, vehicles and the history of 120 jobs …")
            self._build_demo()
        else:
            self._collect_static()
        world.remember(self.world)

    def _collect_static(self) -> None:
        if static.is_due():
            self.log("Collecting the static files …")
            static.collect()

    def _build_demo(self) -> None:
        child = self.parts.demo()
        child.start()
        try:
            self._collect_static()
            while child.alive:
                self.family.check()
                time.sleep(POLL_SECONDS)
        finally:
            child.terminate()
            child.make_sure(5)
        if child.exit_code:
            raise CannotStart(f"The demo world could not be built.\n{child.last_words()}")

    def _wait_for_the_web(self) -> None:
        deadline = time.monotonic() + WEB_PATIENCE
        while not self._web_answers():
            self.family.check()
            if time.monotonic() > deadline:
                raise CannotStart(f"The web does not answer on {self.address.local_url}.")
            time.sleep(0.05)

    def _opener(self) -> OpenerDirector:
        """Past any proxy, and by our own certificate where there is one."""
        if not self.address.is_https:
            return build_opener(ProxyHandler({}))
        trusted = ssl.create_default_context(cafile=self.certificates.authority.certificate)
        return build_opener(ProxyHandler({}), HTTPSHandler(context=trusted))

    def _web_answers(self) -> bool:
        try:
            with self._opener().open(f"{self.address.local_url}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False
