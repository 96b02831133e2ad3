"""What became of the last test message of an event consumer."""

from dataclasses import dataclass

from django.db.models import Q

from accounts.models import EventConsumer, WebhookDelivery
from core.models import OutboxMessage


@dataclass(frozen=True)
class Trial:
    """Under way to the channel, or the delivery that it has become."""

    is_under_way: bool
    delivery: WebhookDelivery | None = None

    @property
    def is_pending(self) -> bool:
        """Whether more is to be seen in a moment."""
        return self.is_under_way or (self.delivery is not None and not self.delivery.attempts)

    @property
    def has_arrived(self) -> bool:
        delivered = WebhookDelivery.Status.DELIVERED
        return self.delivery is not None and self.delivery.status == delivered


def trial_of(consumer: EventConsumer) -> Trial | None:
    """None where none was sent, or where it is with a channel that does not keep what it delivers."""
    if _is_under_way(consumer):
        return Trial(is_under_way=True)
    delivery = WebhookDelivery.objects.filter(consumer=consumer).tests().first()
    return Trial(is_under_way=False, delivery=delivery) if delivery else None


def _is_under_way(consumer: EventConsumer) -> bool:
    subscription = consumer.subscriptions.filter(recipient=consumer.pk).first()
    if subscription is None:
        return False
    rows = OutboxMessage.objects.filter(
        Q(sequence=None) | Q(sequence__gt=subscription.cursor),
        stream=consumer.fleet_id,
        topic=subscription.topic,
        recipient=consumer.pk,
    )
    return rows.exists()
