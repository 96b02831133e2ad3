"""A process that has just started writes at once, with all its threads; and what stops within a transaction lets go."""

import os
import subprocess
import sys
import time

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from config import data
from tests.factories.accounts import CompanyMembershipFactory
from tests.product import HOME, SIMULATED, environment, free_port
from tests.silence import Silent
from tests.starts import WRITERS, Writers, ask_for_password, web

STARTS = 3  # bench/starts.py makes a hundred
TASKS = {"accounts.tasks", "core.tasks", "jobs.tasks", "telematics.tasks"}
ASKED = (
    "import sys; from config import celery_app; print(celery_app.finalized, *sorted(sys.modules))"
)
LOADED = {
    "web": ["-c", f"import config.wsgi; {ASKED}"],
    "command": ["manage.py", "shell", "-v0", "--no-imports", "-c", ASKED],
}


@pytest.mark.once
@pytest.mark.parametrize("process", LOADED)
def test_every_task_is_loaded_with_the_process(process, tmp_path):
    command = [sys.executable, *LOADED[process]]
    variables = environment(tmp_path, **SIMULATED)
    said = subprocess.run(
        command, cwd=HOME, env=variables, capture_output=True, text=True, timeout=60
    )
    finalized, *modules = said.stdout.split()

    assert finalized == "True", said.stderr
    assert set(modules) >= TASKS


@pytest.mark.once
def test_no_room_keeps_its_tasks_elsewhere():
    found = {f"{path.parent.name}.tasks" for path in HOME.glob("*/tasks.py")}

    assert found == TASKS


@pytest.mark.pg
@pytest.mark.django_db(transaction=True)
def test_of_fresh_starts_under_concurrent_writers_none_hangs():
    writers = Writers()

    for _start in range(STARTS):
        start = writers.meet()
        assert set(start.statuses) == {200}
        assert len(start.statuses) >= WRITERS


@pytest.mark.pg
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scheme", ["amqp", "redis", "redis+socket"])
def test_with_a_silent_broker_the_web_answers_as_with_a_dead_one(scheme, tmp_path):
    """The first write of a process finds out, within the time-out; the next ones do not ask."""
    addresses = [member.user.email for member in CompanyMembershipFactory.create_batch(6)]
    path = tmp_path / "broker.sock" if scheme == "redis+socket" else None
    port = free_port()
    with Silent(path) as door:
        url = (
            f"redis+socket://{path}?virtual_host=0"
            if path
            else f"{scheme}://127.0.0.1:{door.port}//"
        )
        with web(port, BROKER_URL=url):
            waited = [seconds_to_write(address, port) for address in addresses]

    assert waited[0] < data.BROKER_TIMEOUT + 20  # with what the first page of a process costs
    assert max(waited[1:]) < data.BROKER_TIMEOUT


def seconds_to_write(address: str, port: int) -> float:
    began = time.monotonic()
    assert ask_for_password(address, port) == [200]
    return time.monotonic() - began


@pytest.mark.pg
@pytest.mark.parametrize(
    ("given", "lock", "idle"),
    [("", "45s", "30s"), ("?options=-c%20lock_timeout%3D5s", "5s", "30s")],
    ids=["usual", "as DATABASE_URL says"],
)
def test_whoever_stops_within_a_transaction_loses_its_locks(
    monkeypatch, tmp_path, given, lock, idle
):
    place = os.environ["DATABASE_URL"]
    monkeypatch.setenv("DATABASE_POOL", "2")
    monkeypatch.setenv("DATABASE_URL", f"postgresql://db/fleet{given}")
    options = data.database(tmp_path)["OPTIONS"]["options"]

    with psycopg.connect(place, options=options) as session:
        assert session.execute("SHOW lock_timeout").fetchone() == (lock,)
        assert session.execute("SHOW idle_in_transaction_session_timeout").fetchone() == (idle,)


@pytest.mark.pg
@pytest.mark.django_db(transaction=True)
def test_a_migration_waits_for_a_lock_as_long_as_it_takes():
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '45s'")
        call_command("migrate", verbosity=0)
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)


@pytest.mark.once
def test_behind_a_pooler_the_server_says_how_long_a_lock_is_waited_for(monkeypatch, tmp_path):
    """A pooler refuses a connection that brings options of its own."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://db/fleet")
    monkeypatch.setenv("DATABASE_POOL", "0")

    assert "options" not in data.database(tmp_path)["OPTIONS"]
