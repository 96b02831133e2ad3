"""How event consumers keep up."""

from datetime import timedelta

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Now

from accounts.models import EventConsumer, EventSubscription, WebhookDelivery
from core.backlog import leases, waiting
from core.gauges import gauge


@gauge("event_consumers", "Event consumers that are not removed.", label="status")
def event_consumers() -> dict[str, int]:
    by_status = EventConsumer.objects.live().order_by().values_list("status")
    return {"ACTIVE": 0, "SUSPENDED": 0} | dict(by_status.annotate(count=Count("pk")))


@gauge("messages_in_queues", "Messages in RabbitMQ that no event consumer has read yet.")
def messages_in_queues() -> int:
    total = EventSubscription.objects.aggregate(depth=Sum("depth"))
    return total["depth"] or 0


@gauge("subscriptions_failing", "Subscriptions whose last delivery failed.")
def subscriptions_failing() -> int:
    return EventSubscription.objects.filter(failures__gt=0).count()


@waiting("webhook", since="due_at", patience=timedelta(minutes=5))
def waiting_webhooks() -> QuerySet[WebhookDelivery]:
    """Those that are due. A message that its receiver has refused is not due before its next try."""
    return WebhookDelivery.objects.due()


@waiting("subscription", since="due_at", patience=timedelta(minutes=5))
def waiting_subscriptions() -> QuerySet[EventSubscription]:
    """Those with messages that no relay delivers."""
    return EventSubscription.objects.deliverable()


@leases("webhook")
def webhooks_past_end() -> QuerySet[WebhookDelivery]:
    """Of consumers that get messages: a suspended one's are left as they are."""
    consumers = EventConsumer.objects.delivering()
    claimed = WebhookDelivery.objects.waiting().filter(lease_until__lt=Now())
    return claimed.filter(consumer__in=consumers.values("pk"))
