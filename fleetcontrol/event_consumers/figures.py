"""How far event consumers are: what waits, what was delivered, what failed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import EventConsumer, EventSubscription, WebhookDelivery
from core.models import OutboxMessage, OutboxStream
from core.web.lists.counts import Count, count_all
from fleetcontrol.event_consumers.reading import reading_of
from fleetcontrol.event_consumers.shown import Shown


def shown_consumers(consumers: Iterable[EventConsumer]) -> list[Shown]:
    """Two statements for all of them: their subscriptions, and the numbers."""
    rows = list(consumers)
    subscriptions = list(EventSubscription.objects.filter(consumer__in=rows))
    numbers = count_all(_counted(rows, subscriptions))
    return [_shown(consumer, subscriptions, numbers) for consumer in rows]


def _counted(
    consumers: Sequence[EventConsumer], subscriptions: Sequence[EventSubscription]
) -> Mapping[str, QuerySet]:
    counted: dict[str, QuerySet] = {}
    for each in subscriptions:
        mine = OutboxMessage.objects.of(each.stream, [each.topic], recipients=[each.recipient])
        counted[f"behind {each.pk}"] = mine.filter(sequence__gt=each.cursor)
    for consumer in consumers:
        deliveries = WebhookDelivery.objects.filter(consumer=consumer)
        counted[f"waiting {consumer.pk}"] = deliveries.waiting()
        counted[f"failed {consumer.pk}"] = deliveries.set_aside()
    return counted


def _shown(
    consumer: EventConsumer,
    subscriptions: Sequence[EventSubscription],
    numbers: Mapping[str, Count],
) -> Shown:
    own = [each for each in subscriptions if each.consumer_id == consumer.pk]
    waiting = [numbers[f"behind {each.pk}"] for each in own]
    waiting.append(numbers[f"waiting {consumer.pk}"])
    return Shown(
        consumer,
        waiting=_together(waiting),
        failed=numbers[f"failed {consumer.pk}"],
        failures=max((each.failures for each in own), default=0),
        reading=reading_of(own),
    )


def _together(counts: Sequence[Count]) -> Count:
    number = sum(count.number for count in counts)
    return Count(number, any(count.more for count in counts))


@dataclass(frozen=True)
class Kept:
    """The places of the oldest message of the consumer's topics that is kept, and of the newest of the fleet."""

    oldest: int | None
    newest: int


def kept_of(consumer: EventConsumer) -> Kept:
    stream = OutboxStream.objects.filter(pk=consumer.fleet_id).first()
    mine = OutboxMessage.objects.of(consumer.fleet_id, consumer.topics, recipients=[consumer.pk])
    oldest = mine.values_list("sequence", flat=True).first()
    return Kept(oldest, stream.last if stream else 0)
