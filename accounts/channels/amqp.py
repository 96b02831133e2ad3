"""AMQP queues: messages are published to the queue of their subscription, and confirmed, before its cursor moves."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Event

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from accounts.channels import rabbitmq
from accounts.channels.publishing import Publisher, QueueMissing, as_amqp, connections
from accounts.channels.topology import queue_of
from accounts.models.consumer_choices import Kind, SuspendedBecause
from accounts.models.event_consumer import EventConsumer
from accounts.models.event_subscription import CHANNELS, EventSubscription
from accounts.models.message_broker import match_broker_soon
from core.errors import MoveRefused
from core.outbox.gap import gap_of
from core.outbox.message import Rendered


def deliver(subscription: EventSubscription, stopping: Event) -> None:
    """Publish what waits. A queue that is gone is made anew; one that is full suspends its consumer."""
    try:
        with _publisher(subscription) as publisher:
            while not stopping.is_set() and subscription.is_deliverable():
                if not _publish_batch(subscription, publisher):
                    return
    except QueueMissing:
        match_broker_soon()
        raise  # tried again later


@contextmanager
def _publisher(subscription: EventSubscription) -> Iterator[Publisher]:
    queue = queue_of(subscription.consumer_id, subscription.topic)
    with connections().acquire(block=True) as connection:
        try:
            publisher = Publisher(connection, queue)
            yield publisher
            publisher.close()
        except BaseException:
            # Replies may still be under way, so nobody goes on with this connection.
            connection.collect(socket_timeout=0.1)
            raise


def _publish_batch(subscription: EventSubscription, publisher: Publisher) -> bool:
    """Publish a batch; whether more may follow.

    No more than the queue has room for.
    """
    batch = _next(subscription)
    if not batch:
        return False
    room = rabbitmq.MAX_LENGTH - publisher.waiting()
    batch = batch[: max(room, 0)]
    confirmed = _publish(batch, publisher)
    if confirmed:
        with transaction.atomic():
            subscription.advance(batch[confirmed - 1].sequence)
            _count(subscription, confirmed)
    if not batch or publisher.has_refused:
        _suspend(subscription)
        return False
    if confirmed < len(batch):
        raise QueueMissing("a message was returned")
    return True


def _publish(batch: Sequence[Rendered], publisher: Publisher) -> int:
    """Publish in order; how many from the first one on are in the queue for good.

    Of a subject one at a time. A queue is full from one moment to the next when its reader gives back what it holds, or
    is deleted and made anew: it would refuse a message, and take the next one of the same subject.
    """
    done = 0
    for run in _runs(batch):
        confirmed = publisher.publish([as_amqp(message) for message in run])
        done += confirmed
        if confirmed < len(run):
            break
    return done


def _runs(batch: Sequence[Rendered]) -> Iterator[list[Rendered]]:
    """The batch in parts, in each of which no subject comes twice."""
    run: list[Rendered] = []
    subjects: set[str] = set()
    for message in batch:
        if message.subject in subjects:
            yield run
            run = []
            subjects = set()
        run.append(message)
        subjects.add(message.subject)
    if run:
        yield run


def _next(subscription: EventSubscription) -> list[Rendered]:
    """What comes next. What is no longer kept is reported before the rest."""
    if gap := gap_of(subscription):
        return [gap]
    return subscription.next_rendered()


def _count(subscription: EventSubscription, delivered: int) -> None:
    EventConsumer.objects.filter(pk=subscription.consumer_id).update(
        delivered=F("delivered") + delivered, last_delivered_at=Now()
    )


def _suspend(subscription: EventSubscription) -> None:
    with suppress(MoveRefused):  # another of its queues was full, too
        subscription.consumer.suspend(SuspendedBecause.QUEUE_FULL)


CHANNELS[Kind.AMQP] = deliver
