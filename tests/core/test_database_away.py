"""The whole product while its PostgreSQL is stopped, cut off, frozen or silent, and afterwards."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import NamedTuple

import pytest

from core.web.readiness import FRESH
from tests.postgres import Server
from tests.product import (
    HOME,
    SIMULATED,
    Product,
    children_of,
    environment,
    free_port,
    seconds_without_processor,
    wait_for,
)

pytestmark = [
    pytest.mark.process,
    pytest.mark.timeout(300),
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]
THREADS = 16
# The longest that anybody waits for an answer.
LONGEST = 5
PAGES = ("/", "/fleetcontrol/", "/admin/", "/accounts/notices/", "/installers/")
API = "/api/smartcontrol/v1/me/"
SIGN_IN = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from accounts.sign_in.sessions import APP, AUDIENCE, SessionStore
from accounts.models import User
user = User.objects.create_superuser(email="operator@example.com", password="a-long-passphrase")
keys = []
for audience in ("website", APP):
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[AUDIENCE] = audience
    session.save()
    keys.append(session.session_key)
print("session:" + ",".join(keys))
"""


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    text: str
    seconds: float


class Reader:
    """A browser or an app that is signed in. `web` is the process whose children answer."""

    def __init__(self, port: int, session: str, web: int):
        self.port, self.web = port, web
        website, app = session.split(",")
        self.headers = {
            "Cookie": f"sessionid={website}",
            "X-Session-Token": app,
            "Accept-Language": "de",
        }
        self._delay_before = self._delay_so_far()

    def _delay_so_far(self) -> float:
        return seconds_without_processor([self.web, *children_of(self.web)])

    @property
    def delay(self) -> float:
        """Seconds that the other processes of this machine have taken from the web since: no fault of its own."""
        return max(0, self._delay_so_far() - self._delay_before)

    def get(self, path: str) -> Answer:
        started = time.monotonic()
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers=self.headers)
            response = connection.getresponse()
            text = response.read().decode()
            return Answer(
                response.status, dict(response.getheaders()), text, time.monotonic() - started
            )
        finally:
            connection.close()

    def get_at_once(self, *paths: str) -> list[Answer]:
        with ThreadPoolExecutor(len(paths)) as threads:
            return list(threads.map(self.get, paths))


def manage(database: str, var, *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    variables = environment(var, DATABASE_URL=database, LOG_LEVEL="ERROR")
    return subprocess.run(
        command, cwd=HOME, env=variables, capture_output=True, text=True, check=True
    ).stdout


@pytest.fixture(scope="module")
def var(tmp_path_factory):
    return tmp_path_factory.mktemp("away") / "var"


@pytest.fixture(scope="module")
def database() -> Server:
    return Server()


@pytest.fixture(scope="module")
def product(var, database) -> Iterator[Product]:
    # The operator of these tests has a session, and no second factor.
    one_step = {"OPERATORS_NEED_SECOND_FACTOR": "false"}
    with Product(var, "--empty", DATABASE_URL=database.url, **one_step) as product:
        product.wait_until_ready()
        yield product


@pytest.fixture(scope="module")
def session(product, var, database) -> str:
    return manage(database.url, var, "shell", "-c", SIGN_IN).partition("session:")[2].strip()


@pytest.fixture
def reader(product, session) -> Reader:
    web = product.pid_of("gunicorn")
    assert web
    reader = Reader(product.port, session, web)
    assert reader.get("/admin/").status == 200
    no_errors(reader)
    time.sleep(FRESH)  # the answer from the test before is used no longer
    assert reader.get("/readyz").status == 200
    return Reader(product.port, session, web)


def no_errors(reader: Reader) -> None:
    """More readers than there are threads, and none of them gets an error."""
    statuses = [answer.status for answer in reader.get_at_once(*(*PAGES, API) * 5)]
    assert max(statuses) < 500, statuses


def all_say_that_it_is_away(reader: Reader, answers: list[Answer]) -> None:
    longest = LONGEST + reader.delay
    assert {answer.status for answer in answers} == {503}
    assert all(answer.headers["Retry-After"] == "5" for answer in answers)
    slowest = max(answer.seconds for answer in answers)
    assert slowest <= longest, f"{slowest:.2f} s, not {longest:.2f} s"


def says_so_in_german(page: Answer) -> None:
    assert "Die Datenbank antwortet nicht." in page.text
    assert '<html lang="de"' in page.text


def is_a_problem(answer: Answer) -> None:
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert json.loads(answer.text)["code"] == "unavailable"


class TestStopped:
    def test_every_request_gets_a_503_at_once_and_no_error_comes_afterwards(self, reader, database):
        database.stop()
        try:
            page, problem, *others = reader.get_at_once("/fleetcontrol/", API, *PAGES * 8)
            time.sleep(FRESH)  # the answer from before is used no longer
            ready, metrics, health = (
                reader.get("/readyz"),
                reader.get("/metrics"),
                reader.get("/healthz"),
            )
        finally:
            database.start()

        all_say_that_it_is_away(reader, [page, problem, *others])
        says_so_in_german(page)
        is_a_problem(problem)
        assert ready.status == 503
        assert "database: unreachable" in ready.text
        assert metrics.status == 200
        assert 'installer_jobs_gauge_failing{gauge="mails"} 1' in metrics.text
        assert health.status == 200
        no_errors(reader)


QUEUE_A_MAIL = """
from core.models import Mail
Mail.objects.enqueue(to="somebody@example.com", template="mails/security_notice", context={})
"""


def test_workers_and_beat_go_on(reader, product, database, var):
    before = {words: product.pid_of(words) for words in ("-Q default", "-Q units", " beat ")}
    database.stop()
    time.sleep(12)  # the beat calls sweeps meanwhile
    database.start()
    database.freeze()
    time.sleep(12)
    database.thaw()
    manage(database.url, var, "shell", "-c", QUEUE_A_MAIL)

    assert {words: product.pid_of(words) for words in before} == before
    wait_for(lambda: any((var / "mail").glob("*.eml")), 60, "a mail is sent")


def test_after_one_cut_of_all_connections_no_page_is_an_error(reader, database):
    for _ in range(5):
        database.cut()
        no_errors(reader)


class TestFrozen:
    def test_every_request_gets_a_503_in_time_and_no_error_comes_afterwards(self, reader, database):
        database.freeze()
        try:
            with ThreadPoolExecutor(10) as threads:
                waiting = [threads.submit(reader.get, path) for path in PAGES * 2]
                time.sleep(0.5)
                health = reader.get("/healthz")
                first = [answer.result() for answer in waiting]
            page, problem, *others = reader.get_at_once("/fleetcontrol/", API, *PAGES * 8)
            time.sleep(FRESH)
            ready, metrics = reader.get("/readyz"), reader.get("/metrics")
        finally:
            database.thaw()
        no_errors(reader)

        assert health.status == 200
        assert health.seconds <= 0.1 + reader.delay
        all_say_that_it_is_away(reader, [*first, page, problem, *others])
        says_so_in_german(page)
        is_a_problem(problem)
        assert (ready.status, metrics.status) == (503, 200)
        assert max(ready.seconds, metrics.seconds) <= LONGEST + reader.delay

    def test_more_readers_than_threads_keep_nobody_waiting(self, reader, database):
        database.freeze()
        try:
            with ThreadPoolExecutor(1) as threads:
                waiting = threads.submit(reader.get_at_once, *PAGES * 8)
                time.sleep(0.5)
                health = reader.get("/healthz")
                answers = waiting.result()
        finally:
            database.thaw()
        no_errors(reader)

        assert len(answers) > 2 * THREADS
        all_say_that_it_is_away(reader, answers)
        assert health.seconds <= 4 + reader.delay  # the pool's time-out and a second

    def test_a_slow_statement_of_a_server_that_lives_is_waited_for(self, product, database, var):
        said = manage(database.url, var, "shell", "-c", SLOW)

        assert "slept: 5" in said


SLOW = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT pg_sleep(5), 5")
    print("slept:", cursor.fetchone()[1])
"""


class TestSilent:
    """Whatever stands at the address accepts connections and says nothing, from the start."""

    @pytest.fixture
    def reader(self, product, var, session) -> Iterator[Reader]:
        port = free_port()
        with socket.create_server(("127.0.0.1", 0), backlog=500) as silent:
            database = f"postgresql://postgres@127.0.0.1:{silent.getsockname()[1]}/postgres"
            variables = {
                "BIND": f"127.0.0.1:{port}",
                "BROKER_URL": "memory://",
                "CACHE_URL": "locmem://",
            }
            variables |= SIMULATED
            web = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py"],
                cwd=HOME,
                env=environment(var, DATABASE_URL=database, **variables),
                stderr=subprocess.DEVNULL,
            )
            try:
                wait_for(lambda: answers(port), 60, "the web answers")
                yield Reader(port, session, web.pid)
            finally:
                web.send_signal(signal.SIGTERM)
                web.wait(30)

    def test_every_request_gets_a_503_in_time(self, reader):
        page, problem, *others = reader.get_at_once("/fleetcontrol/", API, *PAGES * 8)

        all_say_that_it_is_away(reader, [page, problem, *others])
        says_so_in_german(page)
        is_a_problem(problem)


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
