"""How long messages are kept, read or not, and where what is kept begins: a late reader learns what it missed."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from core.models import OutboxEdge, OutboxMessage
from core.outbox.topics import TOPICS


def too_old() -> QuerySet[OutboxMessage]:
    """The messages whose time is over, with the edges moved behind them. What waits for its place is kept."""
    now = timezone.now()
    over = Q(pk=None)
    for name, topic in TOPICS.items():
        over |= Q(topic=name, occurred_at__lt=now - timedelta(days=topic.kept))
    old = OutboxMessage.objects.filter(over, sequence__isnull=False)
    _move_edges(old)
    return old


def _move_edges(old: QuerySet[OutboxMessage]) -> None:
    """Before the rows go: an edge too far says that something may be missing, one too near hides it."""
    last = old.order_by().values_list("stream", "topic").annotate(Max("sequence"))
    edges = [
        OutboxEdge(stream=stream, topic=topic, sequence=place) for stream, topic, place in last
    ]
    OutboxEdge.objects.bulk_create(
        edges,
        update_conflicts=True,
        unique_fields=["stream", "topic"],
        update_fields=["sequence"],
    )


def edge_of(stream: str, topics: Iterable[str]) -> int:
    """The last place of these topics that is no longer kept; 0 while everything is."""
    edges = OutboxEdge.objects.filter(stream=stream, topic__in=topics)
    return edges.aggregate(last=Max("sequence"))["last"] or 0
