"""A relay dies between publishing, the confirmation and the cursor: messages come again, none is left out."""

import threading
from datetime import timedelta
from threading import Event

import pytest
from django.db import connections
from django.db.models.functions import Now

from accounts.channels.publishing import Publisher
from accounts.models import EventSubscription
from core.outbox.relay import Relay, deliver
from core.outbox.subscription import BATCH
from tests.accounts.channels.amqp.conftest import queue, write

pytestmark = pytest.mark.servers("RABBITMQ_URL")
SUBJECTS = [str(number) for number in range(BATCH * 3 // 2)]


class Killed(BaseException):
    """Nothing after it runs: no claim is given back, as when the process is killed."""


def kill_before(monkeypatch, owner: type, name: str, *, nth: int = 1) -> None:
    """Die instead of the nth call of a method."""
    original = getattr(owner, name)
    calls = []

    def call(*args, **kwargs):
        calls.append(name)
        if len(calls) == nth:
            raise Killed
        return original(*args, **kwargs)

    monkeypatch.setattr(owner, name, call)


# Two batches are needed for all: the relay dies in the first or in the second of them.
@pytest.mark.django_db
@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize(
    ("owner", "name"),
    [(Publisher, "wait"), (EventSubscription, "advance"), (EventSubscription, "release")],
    ids=["before the confirmation", "before the cursor", "before the release"],
)
def test_the_next_relay_leaves_no_message_out(
    fleet, rabbit, consumer, monkeypatch, owner, name, nth
):
    write(fleet, *SUBJECTS)
    with monkeypatch.context() as dying:
        kill_before(dying, owner, name, nth=1 if name == "release" else nth)
        with pytest.raises(Killed):
            deliver(EventSubscription.objects.select_related("consumer").get(), Event())
    assert not EventSubscription.objects.get().claim()  # its lease goes on

    EventSubscription.objects.update(lease_until=Now() - timedelta(seconds=1))
    deliver(EventSubscription.objects.select_related("consumer").get(), Event())

    found = rabbit.reader_of(consumer).read(queue(consumer))
    ids = [message["id"] for message in found]
    first_seen = list(dict.fromkeys(ids))
    subject_of = {message["id"]: message["subject"] for message in found}
    assert [subject_of[one] for one in first_seen] == SUBJECTS
    assert found[-1]["subject"] == SUBJECTS[-1]
    assert len(found) <= len(SUBJECTS) + BATCH  # a batch again at most


@pytest.mark.django_db(transaction=True)
def test_two_relays_deliver_each_message_once_and_in_order(fleet, rabbit, consumer):
    subjects = SUBJECTS[:300]
    relays = [Relay(threads=2, pause=0.02) for _ in range(2)]
    threads = [threading.Thread(target=_run, args=[relay]) for relay in relays]
    for thread in threads:
        thread.start()
    try:
        for start in range(0, len(subjects), 20):
            write(fleet, *subjects[start : start + 20])
        reader = rabbit.reader_of(consumer)
        found: list[dict] = []
        deadline = Event()
        for _ in range(100):
            found += reader.read(queue(consumer))
            if len(found) >= len(subjects):
                break
            deadline.wait(0.1)
    finally:
        for relay in relays:
            relay.stopping.set()
        for thread in threads:
            thread.join()

    assert [message["subject"] for message in found] == subjects
    assert [message["sequence"] for message in found] == list(range(1, len(subjects) + 1))


def _run(relay: Relay) -> None:
    try:
        relay.run()
    finally:
        connections.close_all()
