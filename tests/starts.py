"""Fresh starts of the web, each met by ten people who write at the same moment. None of them may hang."""

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from config.supervisor.process import die_with_parent
from tests.factories.accounts import (
    CompanyMembershipFactory,
    FleetMembershipFactory,
    PartnershipFactory,
)
from tests.factories.jobs import JobFactory
from tests.factories.telematics import FullVehicleFactory, FullVehicleModelFactory
from tests.product import HOME, SIMULATED, environment, free_port
from tests.sessions import app_token

INSTALLERS = 5  # each takes a job and reports its failure
FORGETFUL = 5  # each asks for a new password, by mail
WRITERS = INSTALLERS + FORGETFUL
SPREAD = 0.05  # seconds within which all of them begin
PATIENCE = 30  # seconds after which a request hangs
JOBS = "/api/smartcontrol/v1/jobs"
PASSWORD = "/_allauth/app/v1/auth/password/request"
OUTCOME = {"outcome": "FAILED", "comment": "The car was not there."}


class Start(NamedTuple):
    statuses: list[int]
    slowest: float

    @property
    def hung(self) -> int:
        return self.statuses.count(0)


class Writers:
    """People of one company. What they write calls tasks of several rooms, some of them for the first time."""

    def __init__(self) -> None:
        self.manager = FleetMembershipFactory()
        self.link = PartnershipFactory(fleet=self.manager.fleet)
        self.model = FullVehicleModelFactory()

    def meet(self, **variables: str) -> Start:
        """Start the web and write to it at once, as people who have not come before: nobody meets a limit."""
        members = CompanyMembershipFactory.create_batch(WRITERS, company=self.link.company)
        writers = [
            partial(_work, _signed_in(member.user), self._job()) for member in members[:INSTALLERS]
        ]
        writers += [partial(ask_for_password, member.user.email) for member in members[INSTALLERS:]]
        connection.close()
        port, line = free_port(), Barrier(WRITERS)
        with web(port, **variables), ThreadPoolExecutor(WRITERS) as threads:
            answers = list(threads.map(lambda write: _write(write, port, line), writers))
        statuses = [status for answered, _seconds in answers for status in answered]
        return Start(statuses, max(seconds for _answered, seconds in answers))

    def _job(self) -> str:
        vehicle = FullVehicleFactory(fleet=self.manager.fleet, vehicle_model=self.model)
        job = JobFactory(by=self.manager.user, fleet=vehicle.fleet, vehicle=vehicle)
        job.assign(self.link.company, by=self.manager.user)
        return job.pk


@contextmanager
def web(port: int, **variables: str) -> Iterator[subprocess.Popen]:
    """gunicorn on the database of this process, until the block ends."""
    var = settings.VAR_DIR / "starts"
    var.mkdir(exist_ok=True)
    with (var / "web.log").open("ab") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py"],
            cwd=HOME,
            env=_variables(var, port, **variables),
            stdout=log,
            stderr=log,
            process_group=0,
            preexec_fn=die_with_parent(signal.SIGKILL),
        )
    try:
        _wait(port, server, var / "web.log")
        yield server
    finally:
        os.killpg(server.pid, signal.SIGKILL)  # a web that hangs would not end by itself
        server.wait()


def _variables(var: Path, port: int, **variables: str) -> dict[str, str]:
    database = urlsplit(os.environ["DATABASE_URL"])._replace(
        path=f"/{connection.settings_dict['NAME']}"
    )
    usual = {
        "DATABASE_URL": database.geturl(),
        "BROKER_URL": "memory://",
        "CACHE_URL": "locmem://",
        "SECRET_KEY": settings.SECRET_KEY,
        "BASE_URL": "https://fleet.example",
        "TRUSTED_PROXIES": "1",
        "BIND": f"127.0.0.1:{port}",
    }
    return environment(var, **SIMULATED | usual | variables)


def _wait(port: int, server: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until and server.poll() is None:
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=1).connect()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"The web did not start.\n{log.read_text()[-2000:]}")


def _write(write: Callable[[int], list[int]], port: int, line: Barrier) -> tuple[list[int], float]:
    """The status of each answer, 0 where none came, and the seconds that they took."""
    line.wait(60)
    time.sleep(random.random() * SPREAD)
    began = time.monotonic()
    return write(port), time.monotonic() - began


def _work(session: str, job: str, port: int) -> list[int]:
    taken = _post(port, f"{JOBS}/{job}/assignment/", {}, session)
    failed = _post(port, f"{JOBS}/{job}/outcome/", OUTCOME, session)
    return [taken, failed]


def ask_for_password(address: str, port: int) -> list[int]:
    return [_post(port, PASSWORD, {"email": address})]


def _post(port: int, path: str, body: dict[str, str], session: str = "") -> int:
    headers = {
        "Host": "fleet.example",
        "X-Forwarded-For": f"10.0.{random.randrange(256)}.{random.randrange(256)}",
        "X-Forwarded-Proto": "https",
        "X-Session-Token": session,
        "Content-Type": "application/json",
    }
    browser = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        browser.request("POST", path, json.dumps(body), headers)
        return browser.getresponse().status
    except TimeoutError:
        return 0
    finally:
        browser.close()


def _signed_in(person) -> str:
    return app_token(person)
