"""Where the program of an AMQP consumer connects, and what it reads there."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from accounts.models import EventConsumer


@dataclass(frozen=True)
class Queues:
    address: str
    user: str
    names: list[str]


def queues_of(consumer: EventConsumer) -> Queues:
    """The address is the product's own, without its user."""
    from accounts.channels.topology import queue_of, user_of  # it loads a client of RabbitMQ

    url = urlsplit(settings.MESSAGES_AMQP_URL)
    host = url.netloc.rpartition("@")[2]
    return Queues(
        address=f"{url.scheme}://{host}{url.path}",
        user=user_of(consumer.pk),
        names=[queue_of(consumer.pk, topic) for topic in consumer.topics],
    )
