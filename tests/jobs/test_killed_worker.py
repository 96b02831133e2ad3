"""A worker is killed in the middle of a test: the test ends in a definite status, and the job can be finished."""

import os
import signal
import sqlite3
import sys
import time

import pytest

from jobs.story.phone import Phone
from tests.product import Product, wait_for

pytestmark = [
    pytest.mark.process,
    pytest.mark.timeout(900),
    pytest.mark.xdist_group("product"),
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]
DEFINITE = {"PASSED", "FAILED", "ERROR", "CANCELLED"}


@pytest.fixture
def product(tmp_path):
    # Slow enough to be met in the middle of a test.
    with Product(tmp_path / "var", TELEMATICS_TIME_SCALE="0.5") as product:
        product.wait_until_ready(300)
        yield product


@pytest.fixture
def phone(product):
    return Phone(product.url, "installer1@quickinstall.example", "installer-jobs-demo")


def faultless_unit(product) -> str:
    """The lowest QNR in stock of the first fleet, as a reader of the box would see it."""
    with sqlite3.connect(f"{product.environment['VAR_DIR']}/db.sqlite3") as database:
        (qnr,) = database.execute(
            "SELECT min(qnr) FROM telematics_unit JOIN accounts_fleet USING (fleet_id) WHERE accounts_fleet.name = 'Berlin'"
            " AND qnr NOT IN (SELECT unit_id FROM telematics_vehicle WHERE unit_id IS NOT NULL)"
        ).fetchone()
    return qnr


def attempts_of(phone, job: dict) -> dict[str, dict]:
    return {test["kind"]: test for test in phone.get(f"jobs/{job['id']}/tests/")}


def confirm(phone, job: dict) -> None:
    for kind, test in attempts_of(phone, job).items():
        if test["prompt"]:
            answer = {"prompt": test["prompt"]["id"], "observed": True}
            phone.act("POST", f"jobs/{job['id']}/tests/{kind}/confirmation/", answer)


def test_a_worker_killed_in_the_middle_of_a_test_stops_nobody(product, phone):
    job = next(
        job for job in reversed(phone.every("jobs/", category="available")) if job["custom_name"] and not job["vin"]
    )
    phone.act("POST", f"jobs/{job['id']}/assignment/")
    phone.act("PUT", f"jobs/{job['id']}/unit/", {"qnr": faultless_unit(product)})
    wait_for(lambda: phone.get(f"jobs/{job['id']}/")["configuration"]["status"] == "APPLIED", 60, "configured")
    phone.act("POST", f"jobs/{job['id']}/tests/", {"kinds": ["GNSS", "CENTRAL_LOCK"]})
    wait_for(lambda: attempts_of(phone, job)["GNSS"]["status"] == "RUNNING", 30, "a test runs")

    killed_at = time.monotonic()
    os.kill(product.pid_of("-Q units"), signal.SIGKILL)

    wait_for(lambda: attempts_of(phone, job)["GNSS"]["status"] in DEFINITE, 60, "the killed test has ended")
    assert time.monotonic() - killed_at < 60

    def proven() -> bool:
        """Confirm what is asked and repeat what broke off, until nothing is missing."""
        confirm(phone, job)
        now = attempts_of(phone, job)
        if any(test["status"] not in DEFINITE for test in now.values()):
            return False
        left = [
            kind
            for kind in phone.get(f"jobs/{job['id']}/")["required_tests"]
            if now.get(kind, {}).get("status") != "PASSED"
        ]
        if left:
            phone.act("POST", f"jobs/{job['id']}/tests/", {"kinds": left})
        return not left

    wait_for(proven, 300, "every required test has passed")
    done = phone.act("POST", f"jobs/{job['id']}/outcome/", {"outcome": "SUCCEEDED", "comment": "In spite of it all"})
    assert done["status"] == "SUCCEEDED"
