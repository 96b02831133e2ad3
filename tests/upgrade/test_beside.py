"""The version before this one serves on the tables of this one, under load, as while this one is installed."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.drill.machine import THIS, WORKER, Machine, Release
from tests.drill.workday import Workday
from tests.messages.database import Database
from tests.product import SIMULATED
from tests.torture.servers import Valkey
from tests.upgrade import before

pytestmark = [pytest.mark.process, pytest.mark.slow, pytest.mark.timeout(600)]
INSTALLERS = 3
# What the version before has to acknowledge, each of it so often.
DONE = {
    "open_page": 30, "take": 3, "link_unit": 2, "fill_in": 2, "tests": 2, "add_photo": 1, "succeed": 1,
    "create_many": 2, "add_vehicle": 1, "edit_vehicle": 1, "set_fields": 1, "create_job": 1,
}  # fmt: skip
PATIENCE = 240
# Seconds for what people have begun. A job that is not over by then has shown enough.
LAST_ACTS = 5


@pytest.fixture
def old(tmp_path) -> Release:
    return Release("before", before.required(tmp_path / "before"))


@pytest.fixture
def machine(tmp_path, old) -> Iterator[Machine]:
    """The tables of this version, on PostgreSQL, and the files of the one before. Nothing runs."""
    database = Database(None)
    valkey = Valkey(tmp_path)
    machine = Machine(
        tmp_path / "var",
        {
            "DATABASE_URL": database.url,
            "BROKER_URL": f"redis+socket://{valkey.address}",
            "CACHE_URL": f"unix://{valkey.address}?db=1",
            "TELEMATICS_TIME_SCALE": "0.02",
            **SIMULATED,
        },
    )
    with ThreadPoolExecutor(1) as beside:
        files = beside.submit(machine.manage, old, "collectstatic", "--noinput", "-v0")
        if not database.restore():
            machine.manage(THIS, "migrate", "-v0")
            database.keep()
        files.result()
    yield machine
    machine.kill()
    valkey.kill()
    database.stop()


def test_the_version_before_serves_on_the_tables_of_this_one(old, machine):
    people = json.loads(machine.run(THIS, "-m", "tests.torture.world", str(INSTALLERS), "0"))
    machine.start(old, "web1", WORKER, "beat")
    site = f"http://127.0.0.1:{machine.ports['web1']}"
    with Workday(site, machine.settings["DATABASE_URL"], machine.var, people) as day:
        day.wait_until(DONE, PATIENCE)
        day.end(LAST_ACTS)
    machine.stop(*machine.children)

    assert day.faults() == []
    assert machine.faults() == []
