"""Queues that change while a batch is published: the order of a subject holds, and nothing is lost."""

import itertools
from collections.abc import Callable
from threading import Event

import amqp.channel
import pytest
from django.db.models.functions import Now

from accounts.channels import rabbitmq, topology
from accounts.models import EventSubscription
from accounts.tasks import match_broker
from core.outbox.relay import deliver
from tests.accounts.channels.amqp.conftest import TOPIC, deliver_all, queue, write

pytestmark = [pytest.mark.django_db, pytest.mark.servers("RABBITMQ_URL")]
OTHER = "JobChanged"


@pytest.fixture
def meanwhile(monkeypatch) -> Callable[[int, Callable[[], object]], None]:
    """Does something just before the nth message leaves."""
    original = amqp.channel.Channel.basic_publish
    events: dict[int, Callable[[], object]] = {}
    count = itertools.count(1)

    def publish(self, *args, **kwargs):
        events.pop(next(count), lambda: None)()
        return original(self, *args, **kwargs)

    monkeypatch.setattr(amqp.channel.Channel, "basic_publish", publish)
    return events.__setitem__


def places(messages: list[dict]) -> list[int]:
    """In the order in which each was first seen."""
    return list(dict.fromkeys(message["sequence"] for message in messages))


def test_a_reader_that_gives_back_what_it_holds_sees_a_subject_in_order(
    fleet, fleet_admin, rabbit, consumer, meanwhile, monkeypatch
):
    """The queue has room when the batch begins, none for its first message, and some again for its second."""
    monkeypatch.setattr(rabbitmq, "MAX_LENGTH", 3)
    match_broker()
    reader = rabbit.reader_of(consumer)
    write(fleet, *"abc")
    deliver_all(consumer)
    held = [reader.channel.basic_get(queue(consumer))[0] for _ in "abc"]
    seen: list[dict] = []

    def give_back() -> None:
        reader.channel.basic_nack(held[-1].delivery_tag, multiple=True, requeue=True)
        reader.channel.queue_declare(queue(consumer), passive=True)  # it has arrived

    meanwhile(4, give_back)
    meanwhile(5, lambda: seen.extend(reader.read(queue(consumer))))
    write(fleet, "x", "x", "x")
    deliver_all(consumer)
    consumer.refresh_from_db()
    assert consumer.suspended_because == "QUEUE_FULL"

    seen += reader.read(queue(consumer))
    consumer.resume(by=fleet_admin)
    deliver_all(consumer)
    seen += reader.read(queue(consumer))
    assert places(seen) == [1, 2, 3, 4, 5, 6]


def test_a_queue_that_is_made_anew_within_a_batch_has_a_subject_in_order(
    fleet, rabbit, consumer, meanwhile
):
    path = f"queues/{rabbit.host}/{queue(consumer)}"
    meanwhile(1, lambda: rabbit.server.ask("DELETE", path))
    meanwhile(2, match_broker)
    write(fleet, "x", "x", "x")
    deliver_all(consumer)
    match_broker()
    seen = rabbit.reader_of(consumer).read(queue(consumer))
    EventSubscription.objects.update(due_at=Now())
    deliver_all(consumer)

    seen += rabbit.reader_of(consumer).read(queue(consumer))
    assert places(seen) == [1, 2, 3]


class Hesitant(rabbitmq.Management):
    """Something happens between the look at the rows and the end of a queue."""

    def __init__(self, meanwhile: Callable[[], object]):
        super().__init__()
        self._meanwhile = meanwhile

    def delete_queue(self, name: str) -> None:
        self._meanwhile()
        super().delete_queue(name)


@pytest.fixture
def both(rabbit, add):
    consumer = add(topics=(OTHER, TOPIC))
    match_broker()
    return consumer


def test_a_topic_that_is_added_again_while_its_queue_is_deleted_loses_nothing(
    fleet, fleet_admin, rabbit, both
):
    def edit(*topics: str) -> None:
        both.edit(by=fleet_admin, name=both.name, topics=topics)

    def add_again() -> None:
        edit(OTHER, TOPIC)
        write(fleet, "one")
        for subscription in EventSubscription.objects.deliverable():
            deliver(subscription, Event())

    edit(OTHER)
    with Hesitant(add_again) as broker:
        topology.match(broker)
    match_broker()
    EventSubscription.objects.update(due_at=Now())  # some seconds later
    deliver_all(both)

    [message] = rabbit.reader_of(both).read(queue(both))
    assert message["subject"] == "one"


def test_a_run_that_read_the_rows_long_ago_deletes_no_queue(fleet_admin, rabbit, both, monkeypatch):
    both.edit(by=fleet_admin, name=both.name, topics=[OTHER])
    monkeypatch.setattr(topology, "FRESH", 0)
    match_broker()
    assert queue(both) in rabbit.queues()

    monkeypatch.setattr(topology, "FRESH", 10)
    match_broker()
    assert queue(both) not in rabbit.queues()


def test_a_topic_of_a_new_consumer_waits_for_nothing(fleet, rabbit, consumer):
    write(fleet, "one")
    assert EventSubscription.objects.deliverable().count() == 1
