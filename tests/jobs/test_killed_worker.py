"""A worker is killed in the middle of a test: the test ends in a definite status, and the job can be finished."""

import json
import os
import signal
import sqlite3
import sys
import time

import pytest

from demo.story.phone import Phone, Refused
from tests.product import Product, wait_for

pytestmark = [
    pytest.mark.process,
    pytest.mark.timeout(900),
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]
DEFINITE = {"PASSED", "FAILED", "ERROR", "CANCELLED", "VOIDED"}
UNDER_WAY = {"QUEUED", "RUNNING", "AWAITING_CONFIRMATION"}


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    # Slow enough to be met in the middle of a test.
    with Product(tmp_path_factory.mktemp("killed") / "var", TELEMATICS_TIME_SCALE="0.5") as product:
        product.wait_until_ready(300)
        yield product


@pytest.fixture
def phone(product):
    return Phone(product.url, "installer1@quickinstall.example", "installer-jobs-demo")


def faultless_unit(product) -> str:
    """The lowest QNR in stock of the first fleet, as a reader of the box would see it."""
    return ask(
        product,
        "SELECT min(qnr) FROM telematics_unit JOIN accounts_fleet USING (fleet_id) WHERE accounts_fleet.name = 'Berlin'"
        " AND qnr NOT IN (SELECT unit_id FROM telematics_vehicle WHERE unit_id IS NOT NULL)",
    )


def ask(product, sql: str, *about) -> str | None:
    """The first value of the first row, by whoever looks into the box's own database."""
    with sqlite3.connect(f"{product.environment['VAR_DIR']}/db.sqlite3", timeout=20) as database:
        row = database.execute(sql, about).fetchone()
    return row and row[0]


def with_tests(product, phone, *kinds: str) -> tuple[dict, str]:
    """A job taken, with a unit, and these tests asked for: the job and its QNR."""
    job = next(
        job
        for job in reversed(phone.every("jobs/", category="available"))
        if job["custom_name"] and not job["vin"]
    )
    qnr = faultless_unit(product)
    phone.send("POST", f"jobs/{job['id']}/assignment/")
    phone.send("PUT", f"jobs/{job['id']}/unit/", {"qnr": qnr})
    wait_for(
        lambda: phone.get(f"jobs/{job['id']}/")["configuration"]["status"] == "APPLIED",
        60,
        "configured",
    )
    phone.send("POST", f"jobs/{job['id']}/tests/", {"kinds": kinds})
    return job, qnr


def kill_worker(product) -> None:
    os.kill(product.pid_of("-Q units"), signal.SIGKILL)


def attempts_of(phone, job: dict) -> dict[str, dict]:
    return {test["kind"]: test for test in phone.get(f"jobs/{job['id']}/tests/")}


def confirm(phone, job: dict) -> None:
    for kind, test in attempts_of(phone, job).items():
        if test["prompt"]:
            answer = {"prompt": test["prompt"]["id"], "observed": True}
            phone.send("POST", f"jobs/{job['id']}/tests/{kind}/confirmation/", answer)


def test_a_worker_killed_with_a_command_on_its_way_holds_the_job_until_it_expires_and_the_car_is_closed(
    product, phone
):
    job, qnr = with_tests(product, phone, "CENTRAL_LOCK")
    sent = "SELECT status FROM telematics_command WHERE unit_id = ? AND verb = 'unlock-central-lock' ORDER BY id DESC"
    wait_for(lambda: ask(product, sent, qnr) == "SENT", 60, "the doors are being unlocked")

    kill_worker(product)

    assert ask(product, sent, qnr) == "SENT", "nobody is left to say what became of it"
    failed = {"outcome": "FAILED", "comment": "The worker is gone"}
    with pytest.raises(Refused, match="command_in_flight"):
        phone.send("POST", f"jobs/{job['id']}/outcome/", failed)
    assert phone.send_when_free("POST", f"jobs/{job['id']}/outcome/", failed)["status"] == "FAILED"
    closed = "SELECT status FROM telematics_command WHERE unit_id = ? AND verb = 'lock-and-disable-driving'"
    wait_for(lambda: ask(product, closed, qnr) == "DONE", 60, "the car is put back")
    car = json.loads(
        ask(product, "SELECT car FROM telematics_simulatedunit WHERE unit_id = ?", qnr)
    )
    assert (car["locked"], car["blocked"]) == (True, True)


def test_a_worker_killed_in_the_middle_of_a_test_stops_nobody(product, phone):
    job, _qnr = with_tests(product, phone, "GNSS", "CENTRAL_LOCK")
    wait_for(lambda: attempts_of(phone, job)["GNSS"]["status"] == "RUNNING", 30, "a test runs")

    killed_at = time.monotonic()
    kill_worker(product)

    wait_for(
        lambda: attempts_of(phone, job)["GNSS"]["status"] in DEFINITE,
        60,
        "the killed test has ended",
    )
    assert time.monotonic() - killed_at < 60

    def proven() -> bool:
        """Confirm what is asked and repeat what broke off, until nothing is missing."""
        confirm(phone, job)
        now = attempts_of(phone, job)
        if any(test["status"] in UNDER_WAY for test in now.values()):
            return False
        left = [
            kind for kind, test in now.items() if test["required"] and test["status"] != "PASSED"
        ]
        if left:
            phone.send("POST", f"jobs/{job['id']}/tests/", {"kinds": left})
        return not left

    wait_for(proven, 300, "every required test has passed")
    done = phone.send(
        "POST",
        f"jobs/{job['id']}/outcome/",
        {"outcome": "SUCCEEDED", "comment": "In spite of it all"},
    )
    assert done["status"] == "SUCCEEDED"
