"""From nothing to ready, watched until somebody says stop."""

import os
import signal
import time
from collections.abc import Callable
from types import FrameType
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from core.supervisor import broker, static, world
from core.supervisor.addresses import Address
from core.supervisor.errors import CannotStart
from core.supervisor.parts import Parts
from core.supervisor.watch import Family

BROKER_STAGE, WORKER_STAGE, BEAT_STAGE, WEB_STAGE = range(4)
LOOK_EVERY = 0.2
WEB_PATIENCE = 60


class Stopped(Exception):
    """Somebody said stop."""


class Product:
    def __init__(self, address: Address, chosen_world: str, say: Callable[[str], None]):
        self.address, self.world, self.say = address, chosen_world, say
        self.family = Family(say)
        wish = {"DEMO": str(chosen_world == world.DEMO), "CELERY_SKIP_CHECKS": "1"}  # `up` has just made them
        self.parts = Parts({**os.environ, **address.environment(), **wish})

    def run(self, when_ready: Callable[[], None]) -> None:
        """Returns when it was told to stop; raises Lost or CannotStart. Leaves no process behind either way."""
        for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(sign, self._told_to_stop)
        try:
            self._rise()
            when_ready()
            while True:
                self.family.look()
                time.sleep(LOOK_EVERY)
        except Stopped:
            self.say("Stopping …")
        finally:
            for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(sign, signal.SIG_IGN)
            self.family.stop()

    def _told_to_stop(self, _sign: int, _frame: FrameType | None) -> None:
        raise Stopped

    def _rise(self) -> None:
        if str(settings.VALKEY_SOCKET) in settings.BROKER_URL + settings.CACHE_URL:
            self._start_broker()
        self._prepare_database()
        static.collect()
        for queue in ("default", "units"):
            self.family.add(self.parts.worker(queue), stage=WORKER_STAGE, restarts=True)
        self.family.add(self.parts.beat(), stage=BEAT_STAGE, restarts=True)
        self.family.add(self.parts.web(), stage=WEB_STAGE, restarts=False)
        self._wait_for_the_web()

    def _start_broker(self) -> None:
        child = self.parts.broker()
        self.family.add(child, stage=BROKER_STAGE, restarts=False)
        broker.wait(settings.VALKEY_SOCKET, child)

    def _prepare_database(self) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        connections.close_all()
        if self.world == world.DEMO and world.demo_is_missing():
            self.say("Building the demo world …")
            self._build_demo()

    def _build_demo(self) -> None:
        child = self.parts.demo()
        child.start()
        try:
            while child.alive:
                self.family.look()
                time.sleep(LOOK_EVERY)
        finally:
            child.ask_to_stop()
            child.make_sure(5)
        if child.exit_code:
            raise CannotStart(f"The demo world could not be built.\n{child.last_words()}")
        world.demo_is_there()

    def _wait_for_the_web(self) -> None:
        deadline = time.monotonic() + WEB_PATIENCE
        while not self._web_answers():
            self.family.look()
            if time.monotonic() > deadline:
                raise CannotStart(f"The web does not answer on {self.address.local_url}.")
            time.sleep(0.05)

    def _web_answers(self) -> bool:
        try:
            with build_opener(ProxyHandler({})).open(f"{self.address.local_url}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False
