"""Whether consumers read their queues: a sample each minute, and a suspension after three days without.

RabbitMQ's own figures of idle queues change by themselves, so samples are compared with each other.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

from django.utils import timezone

from accounts.channels.topology import queue_of
from accounts.models import EventConsumer, EventSubscription
from accounts.models.consumer_choices import Kind, SuspendedBecause
from core.errors import MoveRefused

# Seconds between two samples.
EVERY = 60
UNREAD_FOR = timedelta(days=3)
# No more of the time between two samples is counted: nobody could read while the broker was away.
MOST_COUNTED = timedelta(minutes=3)
# What RabbitMQ counts as read: acknowledged, or given out without waiting for that.
COUNTERS = ("ack", "deliver_no_ack", "get_no_ack")
COLUMNS = ["depth", "acknowledged", "unread_for", "sampled_at"]


class Broker(Protocol):
    """The part of `rabbitmq.Management` that this needs."""

    def queues(self) -> list[dict[str, Any]]: ...


class Sample(NamedTuple):
    """What is in a queue, given out or not, and how much of it was ever read; None while RabbitMQ does not know."""

    depth: int
    acknowledged: int | None


def sample(broker: Broker) -> None:
    """Keep a sample of each queue that is delivered to, and suspend the consumers that have not read for too long."""
    found = {queue["name"]: _of(queue) for queue in broker.queues()}
    now = timezone.now()
    consumers = EventConsumer.objects.delivering().filter(kind=Kind.AMQP)
    subscriptions = EventSubscription.objects.filter(consumer__in=consumers.values("pk"))
    sampled = []
    for subscription in subscriptions:
        taken = found.get(queue_of(subscription.consumer_id, subscription.topic))
        if taken:
            _compare(subscription, taken, now)
            sampled.append(subscription)
    EventSubscription.objects.bulk_update(sampled, COLUMNS)
    unread = {row.consumer_id for row in sampled if row.unread_for >= UNREAD_FOR}
    for consumer in consumers.filter(pk__in=unread):
        with suppress(MoveRefused):  # meanwhile suspended or removed
            consumer.suspend(SuspendedBecause.NOT_READ)


def _of(queue: dict[str, Any]) -> Sample | None:
    if "messages" not in queue:  # just made, or not yet counted after a restart
        return None
    counted = queue.get("message_stats", {})
    known = [counted[name] for name in COUNTERS if name in counted]
    return Sample(queue["messages"], sum(known) if known else None)


def _compare(subscription: EventSubscription, taken: Sample, now: datetime) -> None:
    """Count the time since the last sample as unread, unless something was read in it or nothing was there."""
    if subscription.sampled_at and taken.depth > 0 and not _was_read(subscription, taken):
        passed = now - subscription.sampled_at
        subscription.unread_for += min(passed, MOST_COUNTED)
    else:
        subscription.unread_for = timedelta(0)
    subscription.depth = taken.depth
    if taken.acknowledged is not None:
        subscription.acknowledged = taken.acknowledged
    subscription.sampled_at = now


def _was_read(subscription: EventSubscription, taken: Sample) -> bool:
    """A queue that is less full was read. So was one whose counter rose, also from 0 again after a restart."""
    if taken.depth < (subscription.depth or 0):
        return True
    counted = taken.acknowledged or 0
    return counted > 0 and counted != (subscription.acknowledged or 0)
