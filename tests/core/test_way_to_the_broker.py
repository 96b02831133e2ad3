"""A worker and a beat whose way to the broker was cut, closed or frozen go on as soon as it is there again."""

import logging
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import django
import pytest
from celery import Celery
from celery.apps.beat import Beat
from kombu import Connection

from config import broker, data
from tests.product import wait_for
from tests.torture.servers import AMQP_PORT
from tests.torture.ways import Roads, Way, Wire

pytestmark = [pytest.mark.servers("RABBITMQ_URL"), pytest.mark.once, pytest.mark.timeout(120)]
QUEUE = "installer-jobs-way"
NOTE = "tests.note"
# The next try to connect, and what a loaded machine needs.
SOON = 30
EVERY = 0.5
UNDER_WAY = 1.5
THREADS = 8


def cut(way: Way) -> None:
    way.cut()


def close(way: Way) -> None:
    way.close()
    time.sleep(3)
    way.open()


def freeze(way: Way) -> None:
    """For longer than anything waits for an answer."""
    way.freeze()
    time.sleep(data.BROKER_TIMEOUT + 2)
    way.thaw()


def freeze_and_cut(way: Way) -> None:
    way.freeze()
    time.sleep(1)
    way.cut()
    time.sleep(data.BROKER_TIMEOUT + 1)
    way.thaw()


FAULTS = [cut, close, freeze, freeze_and_cut]


def app_at(url: str, log: Path) -> Celery:
    """The product's settings, on a queue of this test."""
    app = Celery("way", set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    options = data.broker_options(url)
    app.conf.update(broker_url=url, broker_transport_options=options, task_routes=[])
    app.conf.update(task_default_queue=QUEUE, worker_hijack_root_logger=False)
    app.conf.beat_schedule = {"note": {"task": NOTE, "schedule": EVERY, "args": ["beat"]}}

    @app.task(name=NOTE)
    def note(text: str, seconds: float = 0) -> None:
        time.sleep(seconds)
        with log.open("a") as file:
            file.write(f"{text}\n")

    return app


def work(url: str, log: Path) -> None:
    quiet = {"quiet": True, "without_gossip": True, "without_mingle": True}
    app_at(url, log).Worker(pool="threads", concurrency=THREADS, queues=[QUEUE], **quiet).start()


def beat(url: str, log: Path) -> None:
    Beat(app=app_at(url, log), schedule=str(log.with_name("schedule")), quiet=True).run()


@pytest.fixture
def direct(tmp_path) -> Iterator[Celery]:
    """An app with a way of its own, on which nothing happens."""
    broker.install()
    url = os.environ["RABBITMQ_URL"]
    log = tmp_path / "log"
    log.touch()
    app = app_at(url, log)
    with Connection(url) as connection:
        connection.SimpleQueue(QUEUE).clear()
    yield app
    with Connection(url) as connection:
        connection.SimpleQueue(QUEUE).queue.delete()


@pytest.fixture
def start(tmp_path) -> Iterator[Callable[[Callable[[str, Path], None]], Way]]:
    """Start a process on a way, which is returned. It is spawned: a forked one would hold the door of the way, too."""
    url = os.environ["RABBITMQ_URL"]
    children = []
    with Roads() as roads:

        def start(life: Callable[[str, Path], None]) -> Way:
            way = Way(roads, ("127.0.0.1", AMQP_PORT))
            at = url.replace(f":{AMQP_PORT}", f":{way.port}")
            child = multiprocessing.get_context("spawn").Process(
                target=quietly, args=[life, at, tmp_path / "log"]
            )
            child.start()
            children.append(child)
            wait_for(lambda: way.wires, SOON, "it is connected")
            return way

        yield start
        for child in children:
            child.kill()
            child.join(10)


def quietly(life: Callable[[str, Path], None], url: str, log: Path) -> None:
    logging.disable(logging.CRITICAL)
    django.setup()
    broker.install()
    life(url, log)


def send_more_than_it_has_threads(app: Celery) -> list[str]:
    """Some of it waits in the worker's hands."""
    sent = [f"during {number}" for number in range(2 * THREADS)]
    for text in sent:
        app.send_task(NOTE, [text, UNDER_WAY])
    time.sleep(UNDER_WAY / 3)
    return sent


@pytest.mark.parametrize("fault", FAULTS)
def test_a_worker_reads_its_queue_again(fault, direct, start, tmp_path):
    log = tmp_path / "log"
    way = start(work)
    direct.send_task(NOTE, ["before"])
    wait_for(lambda: "before" in log.read_text(), SOON, "it works")
    sent = send_more_than_it_has_threads(direct)

    fault(way)
    direct.send_task(NOTE, ["after"])

    sent.append("after")
    wait_for(lambda: all(text in log.read_text() for text in sent), SOON, "all of it is done")


def test_a_worker_keeps_the_connection_that_it_made_after_one_was_cut(direct, start, tmp_path):
    """Its threads and its loop do not read from one connection, which would break it once more."""
    log = tmp_path / "log"
    way = start(work)
    sent = send_more_than_it_has_threads(direct)

    connected: list[Wire] = []
    way.wire = lambda: connected.append(Wire()) or connected[-1]
    way.cut()

    wait_for(lambda: all(text in log.read_text() for text in sent), SOON, "all of it is done")
    assert connected
    assert set(way.wires) == set(connected)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_beat_sends_again(fault, direct, start):
    way = start(beat)
    with direct.connection_for_read() as connection:
        queue = connection.SimpleQueue(QUEUE)
        wait_for(queue.qsize, SOON, "it sends")

        fault(way)
        time.sleep(2 * EVERY)
        queue.clear()

        wait_for(lambda: queue.qsize() > 1, SOON, "it sends again")
