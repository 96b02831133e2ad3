"""A consumer that does not read its queue is suspended. One that reads slowly is not, nor after a broker was away."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.channels import reading
from accounts.channels.topology import queue_of
from accounts.models import EventConsumer
from accounts.models.consumer_choices import Kind
from accounts.tasks import sample_queues
from core.models import Mail

pytestmark = pytest.mark.django_db
TOPIC = "VehicleChanged"
HOUR = 60


class Broker:
    """One queue, whose figures a test sets."""

    def __init__(self, name: str):
        self.queue = {"name": name}

    def queues(self) -> list[dict]:
        return [self.queue]

    def has(self, messages: int, **counters: int) -> None:
        self.queue = {"name": self.queue["name"], "messages": messages}
        if counters:
            self.queue["message_stats"] = counters


@pytest.fixture
def consumer(fleet, fleet_admin) -> EventConsumer:
    return EventConsumer.objects.add(
        fleet=fleet, kind=Kind.AMQP, name="Sync", topics=[TOPIC], by=fleet_admin
    )


@pytest.fixture
def broker(consumer) -> Broker:
    return Broker(queue_of(consumer.pk, TOPIC))


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


def sampled(broker: Broker, clock, *, minutes: int, every: int = 3) -> None:
    for _ in range(minutes // every):
        clock.shift(timedelta(minutes=every))
        reading.sample(broker)


def is_suspended(consumer: EventConsumer) -> bool:
    consumer.refresh_from_db()
    return consumer.status == "SUSPENDED"


@pytest.fixture(autouse=True)
def _three_hours(monkeypatch):
    monkeypatch.setattr(reading, "UNREAD_FOR", timedelta(hours=3))


def test_nobody_reads_for_so_long(consumer, broker, clock, fleet_admin):
    broker.has(5)
    sampled(broker, clock, minutes=3 * HOUR)
    assert not is_suspended(consumer)  # the first sample only begins to count
    sampled(broker, clock, minutes=3)

    assert is_suspended(consumer)
    assert consumer.suspended_because == "NOT_READ"
    [mail] = Mail.objects.filter(to=fleet_admin.email)
    assert mail.context["because"] == "NOT_READ"


def test_a_consumer_that_gets_messages_and_acknowledges_none_does_not_read(consumer, broker, clock):
    """RabbitMQ counts what it gives out and what is acknowledged apart; the queue keeps both."""
    for hour in range(4):
        broker.has(5 + hour, deliver=100 * hour, redeliver=50 * hour)
        sampled(broker, clock, minutes=HOUR)
    assert is_suspended(consumer)


@pytest.mark.parametrize("counter", ["ack", "deliver_no_ack", "get_no_ack"])
def test_a_slow_reader_reads(consumer, broker, clock, counter):
    """More comes than it reads, so its queue only grows."""
    for hour in range(6):
        broker.has(5 + 10 * hour, **{counter: hour})
        sampled(broker, clock, minutes=HOUR)
    assert not is_suspended(consumer)


def test_a_queue_that_is_less_full_was_read_where_nothing_is_counted(consumer, broker, clock):
    for hour in range(6):
        broker.has(100 - hour)
        sampled(broker, clock, minutes=HOUR)
    assert not is_suspended(consumer)


def test_a_queue_in_which_nothing_is_need_not_be_read(consumer, broker, clock):
    broker.has(0)
    sampled(broker, clock, minutes=12 * HOUR, every=30)
    assert not is_suspended(consumer)


def test_figures_of_an_idle_queue_that_disappear_and_come_back_are_no_reading(
    consumer, broker, clock
):
    broker.has(5, ack=100)
    sampled(broker, clock, minutes=HOUR)
    broker.has(5)
    sampled(broker, clock, minutes=HOUR)
    broker.has(5, ack=100)
    sampled(broker, clock, minutes=HOUR + 3)
    assert is_suspended(consumer)


def test_a_restarted_broker_counts_from_nothing(consumer, broker, clock):
    broker.has(5, ack=100)
    sampled(broker, clock, minutes=2 * HOUR)
    broker.has(5)
    sampled(broker, clock, minutes=30)
    assert not is_suspended(consumer)
    broker.has(8, ack=3)
    sampled(broker, clock, minutes=2 * HOUR)
    assert not is_suspended(consumer)


def test_time_in_which_nobody_looked_does_not_count(consumer, broker, clock):
    broker.has(5)
    sampled(broker, clock, minutes=HOUR)
    clock.shift(timedelta(days=7))
    reading.sample(broker)
    assert not is_suspended(consumer)
    assert consumer.subscriptions.get().unread_for <= timedelta(hours=1, minutes=3)


def test_a_queue_that_rabbitmq_has_not_counted_yet_has_no_sample(consumer, broker, clock):
    reading.sample(broker)
    assert consumer.subscriptions.get().sampled_at is None


def test_after_it_was_resumed_a_consumer_has_as_long_again(consumer, broker, clock, fleet_admin):
    broker.has(5)
    sampled(broker, clock, minutes=3 * HOUR + 3)
    assert is_suspended(consumer)
    sampled(broker, clock, minutes=HOUR)
    consumer.resume(by=fleet_admin)
    sampled(broker, clock, minutes=2 * HOUR)
    assert not is_suspended(consumer)
    sampled(broker, clock, minutes=HOUR + 3)
    assert is_suspended(consumer)


def test_the_time_of_a_suspended_fleet_does_not_count(consumer, broker, clock, fleet):
    """Its users cannot connect."""
    broker.has(5)
    sampled(broker, clock, minutes=HOUR)
    fleet.suspend()
    sampled(broker, clock, minutes=5 * HOUR, every=30)
    fleet.reinstate()
    sampled(broker, clock, minutes=HOUR)
    assert not is_suspended(consumer)


def test_without_a_broker_there_is_nothing_to_sample():
    sample_queues()
