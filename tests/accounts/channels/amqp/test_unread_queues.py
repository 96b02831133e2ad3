"""The figures of a real RabbitMQ, with seconds in place of days."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.channels import reading
from accounts.models import EventConsumer, EventSubscription
from accounts.tasks import match_broker, sample_queues
from tests.accounts.channels.amqp.conftest import deliver_all, queue, write

pytestmark = [pytest.mark.django_db, pytest.mark.servers("RABBITMQ_URL")]


@pytest.fixture(autouse=True)
def _seconds(monkeypatch):
    monkeypatch.setattr(reading, "UNREAD_FOR", timedelta(seconds=4))
    monkeypatch.setattr(reading, "MOST_COUNTED", timedelta(seconds=1))


def watch(seconds: float, meanwhile: Callable[[], object] = lambda: None) -> None:
    """Sample some times a second."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        meanwhile()
        sample_queues()
        time.sleep(0.3)


def watch_until_suspended(
    consumer: EventConsumer, meanwhile: Callable[[], object] = lambda: None
) -> None:
    for _ in range(30):
        watch(1, meanwhile)
        if is_suspended(consumer):
            return
    pytest.fail("it is not suspended")


def is_suspended(consumer: EventConsumer) -> bool:
    consumer.refresh_from_db()
    return consumer.suspended_because == "NOT_READ"


def test_nobody_is_connected_and_after_resuming_nothing_is_missing(
    fleet, fleet_admin, rabbit, consumer
):
    write(fleet, "one")
    deliver_all(consumer)
    watch_until_suspended(consumer)

    write(fleet, "two")
    assert not EventSubscription.objects.deliverable().exists()
    consumer.resume(by=fleet_admin)
    deliver_all(consumer)
    read = rabbit.reader_of(consumer).read(queue(consumer))
    assert [message["subject"] for message in read] == ["one", "two"]


def test_a_reader_that_never_acknowledges(fleet, rabbit, consumer):
    reader = rabbit.reader_of(consumer)
    got = []
    reader.channel.basic_consume(queue(consumer), lambda *message: got.append(message))
    write(fleet, "one", "two")
    deliver_all(consumer)
    watch_until_suspended(consumer, lambda: reader.connection.process_data_events(0))
    assert len(got) == 2


def test_a_reader_that_is_slower_than_its_messages(fleet, rabbit, consumer):
    reader = rabbit.reader_of(consumer)

    def more_comes_than_is_read() -> None:
        write(fleet, "one", "two", "three")
        deliver_all(consumer)
        method, _properties, _body = reader.channel.basic_get(queue(consumer))
        reader.channel.basic_ack(method.delivery_tag)
        reader.connection.process_data_events(0)

    watch(10, more_comes_than_is_read)
    assert not is_suspended(consumer)
    assert consumer.subscriptions.get().depth > 10


def test_a_broker_that_restarts(fleet, rabbit, consumer):
    write(fleet, "one", "two")
    deliver_all(consumer)
    watch(2)
    rabbit.server.stop()
    sample_queues()
    time.sleep(4)
    rabbit.server.start()
    match_broker()
    watch(0.5)
    assert not is_suspended(consumer)

    assert len(rabbit.reader_of(consumer).read(queue(consumer))) == 2
    watch(6)
    assert not is_suspended(consumer)
