"""The story against the real product: processes, broker, workers, mails; a small one, as fast as the simulator goes."""

import os
import re
import signal
import subprocess
import sys
import time

import pytest

from tests.product import HOME, environment

pytestmark = [
    pytest.mark.process,
    pytest.mark.timeout(900),
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]


def broken_invariants(var) -> str:
    """What `tests.invariants` finds in the product's own database; empty when all hold."""
    return found_by("tests.invariants", var)


def found_by(module: str, var) -> str:
    found = subprocess.run(
        [sys.executable, "-m", module],
        cwd=HOME,
        env=environment(var, DJANGO_SETTINGS_MODULE="config.settings"),
        capture_output=True,
        text=True,
    )
    return found.stdout + found.stderr if found.returncode else ""


# As long as a broker takes to be moved to another machine.
STOOD_STILL = 60


def story(product, var, *, jobs: int, installers: int) -> subprocess.Popen:
    command = [
        sys.executable,
        "manage.py",
        "story",
        "--url",
        product.url,
        "--jobs",
        str(jobs),
        "--installers",
        str(installers),
    ]
    return subprocess.Popen(
        command,
        cwd=HOME,
        env=environment(var),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def number(told: str, what: str, how: str) -> int:
    found = re.search(rf"^{what} +{how} +(\d+)$", told, re.MULTILINE)
    return int(found[1]) if found else 0


def test_every_promise_is_kept_from_the_invitation_to_the_last_look(product, var):
    playing = story(product, var, jobs=6, installers=2)
    told, _nothing = playing.communicate(timeout=600)
    assert playing.returncode == 0, told
    assert "Every promise was kept" in told
    assert number(told, "jobs", "SUCCEEDED") + number(told, "jobs", "FAILED") == 6
    assert (
        number(told, "maintenance jobs", "SUCCEEDED") + number(told, "maintenance jobs", "FAILED")
        == 2
    )
    assert number(told, "commands of installers", "lock-central-lock DONE") >= 1
    assert number(told, "tests", "FAILED") >= 1  # a fault showed, and was mended
    assert number(told, "accesses", "opened") == number(told, "accesses", "closed") >= 6
    assert number(told, "configurations", "APPLIED") >= 6
    assert broken_invariants(var) == ""


def test_the_logs_lead_from_each_click_to_the_unit_and_name_nobody(product, var):
    """Of the story before, and of everything that the demo world does besides."""
    assert found_by("tests.demo.log_reader", var) == ""


def test_a_broker_that_stands_still_in_the_middle_loses_nothing_and_doubles_nothing(product, var):
    playing = story(product, var, jobs=6, installers=2)
    said = []
    for line in playing.stdout:
        said.append(line)
        if line.startswith("installers: jobs") and " 1/" in line:
            break
    broker = product.pid_of("valkey")
    os.kill(broker, signal.SIGSTOP)
    try:
        time.sleep(STOOD_STILL)
    finally:
        os.kill(broker, signal.SIGCONT)
    told = "".join(said) + playing.communicate(timeout=600)[0]
    assert playing.returncode == 0, told
    assert number(told, "promises", "broken") == 0
    assert broken_invariants(var) == ""
