"""While a thread waits for a unit it holds no database connection."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from django.db import connection

from telematics.gateway import get_gateway
from telematics.simulator import clock
from tests.bench import Bench

pytestmark = [pytest.mark.pg, pytest.mark.django_db(transaction=True)]
THREADS = 12
WAIT = 0.5


@pytest.fixture
def small_pool(monkeypatch):
    """Two connections, for which nobody waits longer than a page does."""
    connection.close()
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "pool", {"size": 2, "timeout": 3})
    yield
    connection.close()
    connection.close_pool()


def test_many_threads_wait_for_their_units_with_two_connections(small_pool, settings, monkeypatch):
    benches = [Bench() for _number in range(THREADS)]
    connection.close()
    settings.TELEMATICS_TIME_SCALE = 1
    wait = clock._wait
    monkeypatch.setattr(clock, "_wait", lambda seconds, deadline: wait(WAIT, deadline))

    def read(bench) -> float:
        with closing(connection):
            return get_gateway().read_state(bench.qnr).value("board_voltage")

    began = time.monotonic()
    with ThreadPoolExecutor(THREADS) as threads:
        volts = list(threads.map(read, benches))

    assert all(volts)
    assert time.monotonic() - began < THREADS * WAIT / 2, "one pair after the other takes longer"
