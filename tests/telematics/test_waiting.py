"""A request waits for the outcome of a command, and no longer than it was told to."""

import threading
import time

import pytest
from django.db import connection

from telematics.models import Command
from telematics.web.waiting import settled
from tests.bench import Bench


@pytest.fixture
def command(db):
    bench = Bench()
    return Command.objects.queue(bench.vehicle, "lock-central-lock", key=bench.key, announced=False)


def test_a_command_that_stays_open_is_returned_as_it_is_after_the_wait(command):
    began = time.monotonic()
    assert settled(command.pk, within=0.3).status == "QUEUED"
    assert 0.3 <= time.monotonic() - began < 5


def test_a_settled_command_is_returned_at_once(command):
    command.settle("REFUSED", error="no_key")
    began = time.monotonic()
    assert settled(command.pk, within=30).error == "no_key"
    assert time.monotonic() - began < 5


@pytest.mark.django_db(transaction=True)
def test_the_wait_ends_when_another_process_settles_the_command():
    bench = Bench()
    command = Command.objects.queue(
        bench.vehicle, "lock-central-lock", key=bench.key, announced=False
    )

    def work():
        time.sleep(0.3)
        Command.objects.get(pk=command.pk).settle("REFUSED", error="no_key")
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    began = time.monotonic()
    assert settled(command.pk, within=60).error == "no_key"
    assert time.monotonic() - began < 30
    worker.join()
