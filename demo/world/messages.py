"""The messages of the demo: a feed that a program can read with the demo's API client."""

from accounts.models import EventConsumer
from accounts.models.consumer_choices import Kind
from core.outbox.topics import TOPICS
from demo.world.people import Cast


def open_feed(cast: Cast) -> None:
    """From now on the first fleet keeps its messages, of all topics."""
    EventConsumer.objects.add(
        fleet=cast.berlin,
        kind=Kind.FEED,
        name="Demo feed",
        topics=list(TOPICS),
        by=cast["admin@appdrive.example"],
    )
