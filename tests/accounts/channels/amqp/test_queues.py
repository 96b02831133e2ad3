"""Messages in RabbitMQ: in order, with their headers, not fewer than there are, and of one consumer alone."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.channels import rabbitmq
from accounts.channels.publishing import Publisher
from accounts.models import EventSubscription
from accounts.tasks import match_broker
from core.context import acting
from core.models import OutboxMessage
from core.outbox.keeping import too_old
from tests.accounts.channels.amqp.conftest import TOPIC, deliver_all, queue, write

pytestmark = [pytest.mark.django_db, pytest.mark.servers("RABBITMQ_URL")]


def subjects(messages: list[dict]) -> list[str]:
    return [message["subject"] for message in messages]


# --- what arrives -----------------------------------------------------------------------------------------------------
def test_messages_arrive_in_order_as_they_were_rendered(fleet, rabbit, consumer):
    write(fleet, *(f"vehicle {number}" for number in range(450)))
    deliver_all(consumer)

    found = rabbit.reader_of(consumer).read(queue(consumer))

    assert subjects(found) == [f"vehicle {number}" for number in range(450)]
    bodies = [json.loads(row.body) for row in OutboxMessage.objects.of(fleet.pk, [TOPIC])]
    for message in found:
        message.pop("properties")
    assert found == bodies
    deliver_all(consumer)
    assert rabbit.reader_of(consumer).read(queue(consumer)) == []


def test_a_message_is_persistent_and_has_the_headers_by_which_it_is_sorted(fleet, rabbit, consumer):
    with acting(request_id="flow-1"):
        write(fleet, "one")
    deliver_all(consumer)

    [message] = rabbit.reader_of(consumer).read(queue(consumer))

    properties = message["properties"]
    assert properties.delivery_mode == 2
    assert properties.content_type == "application/json"
    assert properties.message_id == message["id"]
    assert properties.headers == {
        "Flow-ID": "flow-1",
        "Message-Type": TOPIC,
        "Message-Version": 1,
    }
    sent = datetime.fromtimestamp(properties.timestamp, UTC)
    assert abs(sent - timezone.now()) < timedelta(minutes=1)


def test_a_test_message_arrives_in_the_queue_of_the_first_topic(
    fleet, fleet_admin, rabbit, consumer
):
    consumer.send_test(by=fleet_admin, text="Hello")
    write(fleet)
    deliver_all(consumer)

    [message] = rabbit.reader_of(consumer).read(queue(consumer))

    assert (message["type"], message["data"]) == ("TestMessage", {"text": "Hello"})
    assert message["properties"].headers["Message-Type"] == "TestMessage"


def test_a_reader_that_comes_late_is_told_of_the_gap_first(fleet, rabbit, consumer):
    write(fleet, "one", "two", "three")
    week_ago = timezone.now() - timedelta(days=8)
    OutboxMessage.objects.exclude(subject="three").update(occurred_at=week_ago)
    too_old().delete()
    deliver_all(consumer)

    gap, message = rabbit.reader_of(consumer).read(queue(consumer))

    assert (gap["type"], gap["sequence"]) == ("Gap", 2)
    assert gap["data"] == {"topic": TOPIC, "from_sequence": 1, "to_sequence": 2}
    assert message["subject"] == "three"


# --- queues that are gone or full -------------------------------------------------------------------------------------
def test_a_queue_that_is_deleted_is_made_again_and_nothing_is_skipped(fleet, rabbit, consumer):
    rabbit.server.ask("DELETE", f"queues/{rabbit.host}/{queue(consumer)}")
    write(fleet, "one")
    deliver_all(consumer)
    row = EventSubscription.objects.get()
    assert (row.cursor, row.failures) == (0, 1)
    assert row.error.startswith("QueueMissing")

    match_broker()
    deliver_all(consumer)

    assert subjects(rabbit.reader_of(consumer).read(queue(consumer))) == ["one"]


def test_a_returned_message_is_sent_again(fleet, rabbit, consumer, monkeypatch):
    """The queue disappears between the check and the messages."""
    monkeypatch.setattr(Publisher, "waiting", lambda self: 0)
    rabbit.server.ask("DELETE", f"queues/{rabbit.host}/{queue(consumer)}")
    write(fleet, "one", "two")
    deliver_all(consumer)
    assert EventSubscription.objects.get().cursor == 0

    match_broker()
    deliver_all(consumer)

    assert subjects(rabbit.reader_of(consumer).read(queue(consumer))) == ["one", "two"]
    consumer.refresh_from_db()
    assert consumer.delivered == 2


def test_a_full_queue_suspends_its_consumer_and_delays_no_other(
    fleet, fleet_admin, rabbit, add, monkeypatch
):
    monkeypatch.setattr(rabbitmq, "MAX_LENGTH", 10)
    full, healthy = add("Full"), add("Healthy")
    match_broker()
    write(fleet, *(str(number) for number in range(10)))
    deliver_all(full)
    deliver_all(healthy)
    assert len(rabbit.reader_of(healthy).read(queue(healthy))) == 10
    write(fleet, "10")
    deliver_all(full)
    deliver_all(healthy)

    full.refresh_from_db()
    assert (full.status, full.suspended_because) == ("SUSPENDED", "QUEUE_FULL")
    assert full.subscriptions.get().cursor == 10
    assert subjects(rabbit.reader_of(healthy).read(queue(healthy))) == ["10"]

    reader = rabbit.reader_of(full)  # it may still read
    assert len(reader.read(queue(full))) == 10
    full.resume(by=fleet_admin)
    deliver_all(full)
    assert subjects(reader.read(queue(full))) == ["10"]


def test_a_queue_refuses_what_its_policy_does_not_let_in(fleet, rabbit, consumer, monkeypatch):
    """The limit that the broker has is what counts: an operator may have made it smaller."""
    monkeypatch.setattr(rabbitmq, "MAX_LENGTH", 3)
    match_broker()
    monkeypatch.setattr(rabbitmq, "MAX_LENGTH", 100)
    write(fleet, *"abcde")
    deliver_all(consumer)

    consumer.refresh_from_db()
    assert consumer.suspended_because == "QUEUE_FULL"
    assert consumer.subscriptions.get().cursor == 3
    assert subjects(rabbit.reader_of(consumer).read(queue(consumer))) == ["a", "b", "c"]


def test_a_broker_that_restarts_loses_nothing_that_was_confirmed(fleet, rabbit, consumer):
    write(fleet, "one")
    deliver_all(consumer)
    rabbit.server.stop()
    write(fleet, "two")
    deliver_all(consumer)
    assert EventSubscription.objects.get().cursor == 1

    rabbit.server.start()
    deliver_all(consumer)

    assert subjects(rabbit.reader_of(consumer).read(queue(consumer))) == ["one", "two"]
    consumer.refresh_from_db()
    assert consumer.delivered == 2
