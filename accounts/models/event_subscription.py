"""A consumer's subscriptions: a cursor for each of its topics."""

from collections.abc import Callable
from datetime import timedelta
from threading import Event
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.outbox.subscription import Subscription, SubscriptionQuerySet

if TYPE_CHECKING:
    from accounts.models.event_consumer import EventConsumer


# A topic that is added to a consumer with queues: it may have been left out a moment ago, and then its former queue is
# being deleted (accounts/channels/topology.py).
NEW_TOPIC_WAITS = timedelta(seconds=20)


class EventSubscriptionQuerySet(SubscriptionQuerySet):
    def deliverable(self) -> Self:
        """Those with something to deliver now, of consumers that get messages."""
        from accounts.models.event_consumer import EventConsumer

        consumers = EventConsumer.objects.delivering()
        return self.waiting().filter(consumer__in=consumers.values("pk")).select_related("consumer")

    def match(self, consumer: "EventConsumer", after: timedelta) -> None:
        """Make the subscriptions of a consumer match its topics. A new one begins now, delivered after a while.

        The first of them also gets what is for this consumer alone.
        """
        mine = self.filter(consumer=consumer)
        mine.exclude(topic__in=consumer.topics).delete()
        there = set(mine.values_list("topic", flat=True))
        self.bulk_create(
            self._begin(consumer, topic, after) for topic in consumer.topics if topic not in there
        )
        first = consumer.topics[0]
        mine.filter(topic=first).update(recipient=consumer.pk)
        mine.exclude(topic=first).update(recipient="")

    def _begin(
        self, consumer: "EventConsumer", topic: str, after: timedelta
    ) -> "EventSubscription":
        subscription = EventSubscription(
            consumer=consumer, stream=consumer.fleet_id, topic=topic, due_at=Now() + after
        )
        subscription.begin_now()
        return subscription

    def begin_samples(self) -> None:
        """Count from now on how long nothing is read."""
        self.update(sampled_at=None, unread_for=timedelta(0))


# Kind of a consumer → how the messages behind the cursor leave; each channel registers its own (accounts/channels/).
Channel = Callable[["EventSubscription", Event], None]
CHANNELS: dict[str, Channel] = {}


class EventSubscription(Subscription):
    consumer = models.ForeignKey(
        "accounts.EventConsumer",
        models.CASCADE,
        related_name="subscriptions",
        verbose_name=_("event consumer"),
    )

    # Of a queue, as it was last sampled (accounts/channels/reading.py).
    depth = models.PositiveIntegerField(_("messages in its queue"), null=True, editable=False)
    acknowledged = models.PositiveBigIntegerField(null=True, editable=False)
    unread_for = models.DurationField(
        _("unread for"), default=timedelta(0), db_default=timedelta(0), editable=False
    )
    sampled_at = models.DateTimeField(_("sampled"), null=True, editable=False)

    objects: ClassVar[Any] = EventSubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [
            models.UniqueConstraint(fields=["consumer", "topic"], name="one_subscription_a_topic"),
        ]

    def __str__(self) -> str:
        return f"{self.consumer_id} · {self.topic}"

    def deliver(self, stopping: Event) -> None:
        """Deliver what waits, under the claim. Raises LostClaim."""
        CHANNELS[self.consumer.kind](self, stopping)

    def is_deliverable(self) -> bool:
        """Whether its consumer still gets messages. Ask between batches, since a backlog may take long."""
        from accounts.models.event_consumer import EventConsumer

        return EventConsumer.objects.delivering().filter(pk=self.consumer_id).exists()
