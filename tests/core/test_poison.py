"""A message that kills its worker is not delivered for ever, and those behind it are worked on. On a real RabbitMQ."""

import logging
import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest
from celery import Celery
from django.db import connections
from kombu import Connection

from config import broker, data
from config.celery import ContextTask
from core.failures import LIMIT
from core.models import Failure, Mail
from tests.product import wait_for

pytestmark = [
    pytest.mark.servers("RABBITMQ_URL"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(120),
]
QUEUE = f"installer-jobs-poison-{os.getpid()}"
POISON = "tests.poison"
HARMLESS = "tests.harmless"
# One worker more than may die, and some to see that no further one does.
STARTS = LIMIT + 3


def make_app(log: Path) -> Celery:
    """The product's settings and its base of a task, on a queue of this test."""
    app = Celery("poison", task_cls=ContextTask, set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    url = os.environ["RABBITMQ_URL"]
    options = data.broker_options(url)
    app.conf.update(broker_url=url, broker_transport_options=options, task_routes=[])
    app.conf.update(task_default_queue=QUEUE, worker_hijack_root_logger=False)

    def note(line: str) -> None:
        with log.open("a") as file:
            file.write(f"{line}\n")

    @app.task(name=POISON)
    def poison(row: str) -> None:
        note(f"poison {row}")
        os.kill(os.getpid(), signal.SIGKILL)

    @app.task(name=HARMLESS)
    def harmless(row: str) -> None:
        note(f"harmless {row}")

    return app


def work(log: Path) -> None:
    """A worker's whole life, in a process of its own."""
    os.setpgid(0, 0)
    logging.disable(logging.CRITICAL)
    app = make_app(log)
    quiet = {"quiet": True, "without_gossip": True, "without_mingle": True}
    app.Worker(pool="threads", concurrency=1, queues=[QUEUE], **quiet).start()


@pytest.fixture
def messages():
    """How many messages the queue holds."""
    broker.install()
    url = os.environ["RABBITMQ_URL"]
    with Connection(url, transport_options=data.broker_options(url)) as connection:
        queue = connection.SimpleQueue(QUEUE)
        queue.clear()
        yield queue.qsize
        queue.queue.delete()
        queue.close()


def start_a_worker(log: Path) -> int | None:
    """Fork a worker, and return its exit code: it dies of the poison, or is stopped after the harmless message."""
    connections.close_all()  # a connection is not shared with a child
    worker = multiprocessing.get_context("fork").Process(target=work, args=[log])
    worker.start()
    try:
        wait_for(lambda: not worker.is_alive() or "harmless" in log.read_text(), 30, "a task ran")
        time.sleep(0.5)  # so that the last one is acknowledged
        if worker.is_alive():
            worker.terminate()
        worker.join(30)
        return worker.exitcode
    finally:
        worker.kill()


def test_a_message_that_kills_its_worker_is_given_up_and_those_behind_it_are_worked_on(
    messages, operator, tmp_path
):
    log = tmp_path / "log"
    log.touch()
    app = make_app(log)
    app.send_task(POISON, ["7"])
    app.send_task(HARMLESS, ["8"])

    exits = []
    while not exits or exits[-1] == -signal.SIGKILL:
        assert len(exits) < STARTS, "it comes back for ever"
        exits.append(start_a_worker(log))

    assert exits == [-signal.SIGKILL] * LIMIT + [0]
    assert log.read_text().splitlines() == ["poison 7"] * LIMIT + ["harmless 8"]
    assert messages() == 0
    failure = Failure.objects.get()
    assert (failure.task, failure.row, failure.count, failure.ended) == (POISON, "7", LIMIT, True)
    assert Mail.objects.filter(to=operator.email).count() == 1
