"""A cache that accepts and never answers costs the first callers three seconds, and the next ones nothing."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from django.core.cache import caches

from config import cache, data
from core.breaker import Breaker
from tests.product import free_port, wait_for
from tests.silence import Muffled, Silent

pytestmark = pytest.mark.once
THREADS = 24
BEARABLE = cache.TIMEOUT + 2
AT_ONCE = 0.5
CREDENTIALS = {"login": "somebody@example.com", "password": "whatever-it-is"}


@pytest.fixture(autouse=True)
def breaker(monkeypatch):
    breaker = Breaker("the cache", cache.FAILURES, pause=5)
    monkeypatch.setattr(cache, "breaker", breaker)
    return breaker


@pytest.fixture
def use(settings):
    """Use the cache at a URL, as the product does."""
    usual = dict(settings.CACHES)

    def use(url: str):
        settings.CACHES = usual | {"default": data.cache(url)}
        return caches["default"]

    return use


@pytest.fixture(params=["redis", "unix"])
def silent(request, tmp_path, use):
    path = tmp_path / "cache.sock" if request.param == "unix" else None
    with Silent(path) as door:
        yield use(f"unix://{path}?db=1" if path else f"redis://127.0.0.1:{door.port}/1")


@pytest.fixture
def way():
    with Muffled(urlsplit(os.environ["REDIS_URL"]).port) as way:
        yield way


def seconds(call) -> float:
    began = time.monotonic()
    call()
    return time.monotonic() - began


def refused(call) -> bool:
    with pytest.raises(cache.FAILURES):
        call()
    return True


def seconds_until_refused(call) -> float:
    return seconds(lambda: refused(call))


def test_a_silent_cache_holds_nobody_for_long(silent, breaker):
    with ThreadPoolExecutor(THREADS) as threads:
        waited = list(
            threads.map(lambda _n: seconds_until_refused(lambda: silent.get("x")), range(THREADS))
        )

    assert max(waited) < BEARABLE
    assert breaker.is_open
    for call in (
        lambda: silent.get("x"),
        lambda: silent.set("x", 1),
        lambda: silent.get_many(["x"]),
    ):
        assert seconds_until_refused(call) < AT_ONCE


def test_finding_out_whether_a_silent_cache_is_back_holds_nobody(silent, breaker):
    breaker.pause = 0.1
    refused(lambda: silent.get("x"))
    time.sleep(0.2)  # now somebody may try again

    assert max(seconds_until_refused(lambda: silent.get("x")) for _n in range(5)) < AT_ONCE


def test_a_dead_cache_holds_nobody_at_all(use):
    dead = use(f"redis://127.0.0.1:{free_port()}/1")

    assert max(seconds_until_refused(lambda: dead.get("x")) for _n in range(5)) < AT_ONCE


@pytest.mark.django_db
def test_with_a_silent_cache_nobody_signs_in_and_nobody_waits(silent, client):
    client.get("/accounts/login/")  # what only the first page of a process costs

    def sign_in():
        answer = client.post("/accounts/login/", CREDENTIALS)
        assert (answer.status_code, answer["Retry-After"]) == (503, "5")

    assert seconds(sign_in) < BEARABLE
    assert seconds(sign_in) < 1


@pytest.mark.django_db
def test_with_a_silent_cache_the_jobs_are_listed_as_ever(silent, client, fleet, manager):
    client.get("/healthz")
    client.force_login(manager)

    def look():
        assert client.get(f"/fleetcontrol/{fleet.pk}/jobs/installation/").status_code == 200

    assert seconds(look) < BEARABLE
    assert seconds(look) < 1


@pytest.mark.servers("REDIS_URL")
def test_a_cache_that_falls_silent_is_found_again_once_it_answers(way, use, breaker):
    breaker.pause = 0.5
    kept = use(f"redis://127.0.0.1:{way.port}/15")
    kept.set("installer-jobs-tests", 1, 60)

    way.silent.set()
    refused(lambda: kept.get("installer-jobs-tests"))
    way.silent.clear()

    def is_back():
        try:
            return kept.get("installer-jobs-tests")
        except cache.FAILURES:
            return None

    assert wait_for(is_back, 10, "the cache is back") == 1


@pytest.mark.servers("REDIS_URL")
def test_connections_that_a_restart_has_cut_are_made_again_unnoticed(way, use, breaker):
    kept = use(f"redis://127.0.0.1:{way.port}/15")
    kept.set("installer-jobs-tests", 2, 60)
    way.cut()

    assert kept.get("installer-jobs-tests") == 2
    assert not breaker.is_open
