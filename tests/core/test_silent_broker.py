"""A broker that accepts and never answers costs the first callers three seconds, and the next ones nothing."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from celery import Celery
from django.conf import settings
from kombu import Connection

from config import data
from core import metrics, tasks
from core.breaker import Breaker
from core.tasks import nudge_now
from tests.product import free_port, wait_for
from tests.silence import Muffled, Silent

pytestmark = pytest.mark.once
THREADS = 24  # more than a web has, and than the pool has connections
BEARABLE = data.BROKER_TIMEOUT + 2
AT_ONCE = 0.5
SCHEMES = ["amqp", "redis", "redis+socket"]


@pytest.fixture(autouse=True)
def breaker(monkeypatch):
    """Each test begins with a broker that has not failed."""
    breaker = Breaker("the broker", tasks.FAILURES, pause=5)
    monkeypatch.setattr(tasks, "broker", breaker)
    return breaker


@pytest.fixture
def silent(request, tmp_path):
    """The URL of a broker that is silent from the start."""
    path = tmp_path / "broker.sock" if request.param == "redis+socket" else None
    with Silent(path) as door:
        yield (
            f"redis+socket://{path}?virtual_host=0"
            if path
            else f"{request.param}://127.0.0.1:{door.port}//"
        )


@pytest.fixture
def muffled(request):
    """The way to a broker that answers, and its URL."""
    url = urlsplit(os.environ[request.param])
    with Muffled(url.port) as way:
        credentials, at, _host = url.netloc.rpartition("@")
        yield way, url._replace(netloc=f"{credentials}{at}127.0.0.1:{way.port}").geturl()


def task_at(url: str):
    """A task of an app that uses this broker as the product does."""
    app = Celery("tests", broker=url, set_as_current=False)
    app.conf.broker_transport_options = data.broker_options(url)
    app.conf.broker_connection_timeout = settings.CELERY_BROKER_CONNECTION_TIMEOUT
    app.conf.broker_pool_limit = settings.CELERY_BROKER_POOL_LIMIT
    app.conf.task_default_queue = f"installer-jobs-tests-silence-{os.getpid()}"
    return app.task(nothing, name="tests.nothing")


def nothing(*ids: str) -> None:
    """Never run: only announced."""


def seconds(task) -> float:
    began = time.monotonic()
    nudge_now(task, "1")
    return time.monotonic() - began


@pytest.mark.parametrize("silent", SCHEMES, indirect=True)
def test_a_silent_broker_holds_nobody_for_long(silent, breaker):
    task = task_at(silent)
    with ThreadPoolExecutor(THREADS) as threads:
        waited = list(threads.map(lambda _n: seconds(task), range(THREADS)))

    assert max(waited) < BEARABLE
    assert breaker.is_open
    assert max(seconds(task) for _n in range(5)) < AT_ONCE


@pytest.mark.parametrize("silent", SCHEMES, indirect=True)
def test_finding_out_whether_a_silent_broker_is_back_holds_nobody(silent, breaker):
    breaker.pause = 0.1
    task = task_at(silent)
    seconds(task)
    time.sleep(0.2)  # now somebody may try again

    assert max(seconds(task) for _n in range(5)) < AT_ONCE
    assert breaker.is_open


@pytest.mark.django_db
@pytest.mark.parametrize("silent", SCHEMES, indirect=True)
def test_metrics_wait_for_a_silent_broker_once(silent, client, monkeypatch):
    client.get("/metrics")  # what only the first of a process costs
    monkeypatch.setattr(metrics, "current_app", task_at(silent).app)
    began = time.monotonic()

    assert client.get("/metrics").status_code == 200
    assert time.monotonic() - began < BEARABLE


@pytest.mark.parametrize("scheme", ["amqp", "redis"])
def test_a_dead_broker_holds_nobody_at_all(scheme):
    task = task_at(f"{scheme}://127.0.0.1:{free_port()}//")

    assert max(seconds(task) for _n in range(5)) < AT_ONCE


on_servers = pytest.mark.parametrize(
    "muffled",
    [pytest.param(name, marks=pytest.mark.servers(name)) for name in ("REDIS_URL", "RABBITMQ_URL")],
    indirect=True,
)


@on_servers
def test_a_queue_is_counted_again_once_its_broker_answers(muffled, breaker, monkeypatch):
    breaker.pause = 0.1
    way, url = muffled
    app = task_at(url).app
    queue = app.conf.task_default_queue
    monkeypatch.setattr(tasks, "current_app", app)
    tasks._room(queue)
    assert not breaker.is_open

    way.silent.set()
    tasks._room(queue)
    assert breaker.is_open

    way.silent.clear()
    wait_for(lambda: tasks._room(queue) or not breaker.is_open, 10, "the queue is counted")


@on_servers
def test_a_broker_that_falls_silent_is_found_again_once_it_answers(muffled, breaker):
    breaker.pause = 0.5
    way, url = muffled
    task = task_at(url)
    nudge_now(task, "before")
    assert not breaker.is_open

    way.silent.set()
    with ThreadPoolExecutor(THREADS) as threads:
        assert max(threads.map(lambda _n: seconds(task), range(THREADS))) < BEARABLE
    assert breaker.is_open

    way.silent.clear()
    wait_for(lambda: nudge_now(task, "after") or not breaker.is_open, 10, "the broker is back")
    nudge_now(task, "after")
    with Connection(url) as connection:
        queue = connection.SimpleQueue(task.app.conf.task_default_queue, no_ack=True)
        sent = [queue.get(timeout=2).payload[0] for _n in range(queue.qsize())]
        queue.queue.delete()
    assert sent[0] == ["before"]
    assert sent[-1] == ["after"]
