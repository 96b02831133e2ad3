"""How often a machine may call OneAPI: its own limit, in headers of each answer, and 429 beyond it."""

import os
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from redis.exceptions import TimeoutError as CacheAway

from config.cache import PromptCache
from core.limits import Bucket, take
from fleetcontrol.api import limits
from tests.factories.telematics import VehicleFactory
from tests.fleetcontrol.test_vehicles_api import (  # noqa: F401 - fixtures
    Machine,
    machine,
    machine_of,
    told,
)


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(limits, "BURST", 3)


def left(answer) -> str:
    return answer["RateLimit-Remaining"]


def test_each_answer_says_what_is_left(machine):  # noqa: F811
    answers = [machine.get("vehicles"), machine.get("vehicles/NXNE1"), machine.get("nothing")]
    assert [answer["RateLimit-Limit"] for answer in answers] == ["100"] * 3
    assert 97 <= int(left(answers[-1])) <= 99
    assert answers[-1]["RateLimit-Reset"] == "1"


def test_a_refused_call_counts_and_says_what_is_left(machine, fleet, few):  # noqa: F811
    vehicle = VehicleFactory(fleet=fleet)
    with time_machine.travel("2026-11-29T12:00:00Z", tick=False):
        answers = [
            machine.get("jobs"),
            machine.patch("vehicles"),
            machine.patch(f"vehicles/{vehicle.pk}/master-data", {"vin": "short"}),
            machine.get("jobs"),
        ]
    assert [answer.status_code for answer in answers] == [403, 405, 400, 429]
    assert [left(answer) for answer in answers] == ["2", "1", "0", "0"]


def test_who_has_no_valid_token_is_counted_for_nobody(machine, few):  # noqa: F811
    stranger = Machine("nothing")
    with time_machine.travel("2026-11-29T12:00:00Z", tick=False):
        answers = [stranger.get("vehicles") for _ in range(5)]
        assert left(machine.get("vehicles")) == "2"
    assert {answer.status_code for answer in answers} == {401}
    assert not any(answer.has_header("RateLimit-Limit") for answer in answers)


def test_more_than_the_burst_is_refused_until_time_has_passed(machine, few):  # noqa: F811
    with time_machine.travel("2026-11-29T12:00:00Z", tick=False) as clock:
        assert [left(machine.get("vehicles")) for _ in range(3)] == ["2", "1", "0"]
        refused = machine.get("vehicles")
        assert told(refused) == (429, "throttled")
        assert (refused["Retry-After"], left(refused)) == ("1", "0")
        clock.shift(timedelta(milliseconds=50))
        assert machine.get("vehicles").status_code == 200
        assert machine.get("vehicles").status_code == 429
        clock.shift(timedelta(seconds=1))
        assert left(machine.get("vehicles")) == "2"


def test_each_client_has_calls_of_its_own(machine, machine_of, fleet, few):  # noqa: F811
    with time_machine.travel("2026-11-29T12:00:00Z", tick=False):
        assert [machine.get("vehicles").status_code for _ in range(4)] == [200, 200, 200, 429]
        assert machine_of(fleet, "vehicles:read").get("vehicles").status_code == 200


def test_the_state_of_a_vehicle_is_read_once_a_second(machine, fleet):  # noqa: F811
    first, second = VehicleFactory(fleet=fleet), VehicleFactory(fleet=fleet)
    with time_machine.travel("2026-11-29T12:00:00Z", tick=False) as clock:
        assert machine.get(f"vehicles/{first.pk}/state").status_code == 200
        refused = machine.get(f"vehicles/{first.pk}/state")
        assert told(refused) == (429, "throttled")
        assert refused["Retry-After"] == "1"
        assert machine.get(f"vehicles/{second.pk}/state").status_code == 200
        assert machine.get(f"vehicles/{first.pk}").status_code == 200
        clock.shift(timedelta(seconds=1))
        assert machine.get(f"vehicles/{first.pk}/state").status_code == 200


def test_without_a_cache_machines_go_on_uncounted(machine, monkeypatch):  # noqa: F811
    def fail(*args, **kwargs):
        raise CacheAway("Timeout reading from socket")

    monkeypatch.setattr(type(cache._connections[cache._alias]), "get", fail)
    answer = machine.get("vehicles")
    assert answer.status_code == 200
    assert "RateLimit-Limit" not in answer


def test_a_call_that_one_bucket_refuses_is_counted_in_none():
    with time_machine.travel("2026-11-29T12:00:00Z", tick=False):
        wide, narrow = Bucket("test:wide", 10, 5), Bucket("test:narrow", 1, 1)
        assert take(wide, narrow)[0]
        refused, (of_wide, of_narrow) = take(wide, narrow)
        assert not refused
        assert (of_wide.remaining, of_narrow.remaining, of_narrow.wait) == (4, 0, 1)


@pytest.mark.servers("REDIS_URL")
def test_a_server_counts_as_a_process_alone_does(monkeypatch):
    store = PromptCache(os.environ["REDIS_URL"], {"KEY_PREFIX": "installer-jobs-tests"})
    for key in ("test:wide", "test:narrow"):
        store.delete(key)
    monkeypatch.setattr("core.limits.cache", store)
    wide, narrow = Bucket("test:wide", 1, 5), Bucket("test:narrow", 0.5, 1)

    allowed, (of_wide, of_narrow) = take(wide, narrow)
    assert allowed
    assert (of_wide.remaining, of_narrow.remaining) == (4, 0)
    assert of_narrow.reset == 2
    refused, (of_wide, of_narrow) = take(wide, narrow)
    assert not refused
    assert of_wide.remaining == 4
    assert 1.5 < of_narrow.wait <= 2
    assert [take(wide)[0] for _ in range(5)] == [True] * 4 + [False]
