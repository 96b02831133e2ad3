"""Publishing into one queue: a batch at a time, and then the confirmations of all of it."""

from typing import Any, cast

import amqp
from amqp.exceptions import NotFound
from django.conf import settings
from kombu import Connection
from kombu.connection import ConnectionPool

from accounts.channels.rabbitmq import NotConfigured
from core.outbox.message import Rendered
from core.outbox.relay import THREADS
from core.outbox.rendering import VERSION

PERSISTENT = 2
_pools: dict[str, ConnectionPool] = {}


class QueueMissing(Exception):
    """The queue does not exist: somebody deleted it, or it is not made yet."""


def connections() -> ConnectionPool:
    """The connections of this process to the broker of the messages, one for each thread of the relay."""
    url = settings.MESSAGES_AMQP_URL
    if not url:
        raise NotConfigured
    if url not in _pools:
        connection = Connection(url, connect_timeout=settings.CELERY_BROKER_CONNECTION_TIMEOUT)
        _pools[url] = connection.Pool(THREADS)
    return _pools[url]


def forget_connections() -> list[ConnectionPool]:
    """The pools so far, which nobody uses from now on."""
    pools = list(_pools.values())
    _pools.clear()
    return pools


class Publisher:
    """A channel that confirms what it has written. Use it in one thread."""

    def __init__(self, connection: Connection, queue: str):
        self._connection = connection
        self._queue = queue
        connection.connect()  # a pool gives out one that broke and is closed, too
        self._channel = cast(Any, connection.channel())
        self._channel.confirm_select()
        self._channel.events["basic_ack"].add(self._on_ack)
        self._channel.events["basic_nack"].add(self._on_nack)
        self._channel.events["basic_return"].add(self._on_return)
        self._last = 0  # RabbitMQ counts what is published on a channel
        self._unsettled: set[int] = set()
        self._refused: set[int] = set()
        self._returned: set[str] = set()

    def close(self) -> None:
        self._channel.close()

    def waiting(self) -> int:
        """How many messages wait in the queue for a reader. Raises QueueMissing, and the channel is closed then."""
        try:
            return self._channel.queue_declare(self._queue, passive=True).message_count
        except NotFound:
            raise QueueMissing(f"{self._queue} does not exist") from None

    def publish(self, messages: list[amqp.Message]) -> int:
        """Publish in order and wait for the confirmations; how many from the first one on are in the queue for good.

        Raises the connection's errors, and TimeoutError, where nothing is known of any.
        """
        first = self._last + 1
        for message in messages:
            self._channel.basic_publish(
                message, exchange="", routing_key=self._queue, mandatory=True
            )
            self._last += 1
            self._unsettled.add(self._last)
        self.wait()
        for count, message in enumerate(messages):
            if first + count in self._refused or message.message_id in self._returned:
                return count
        return len(messages)

    def wait(self) -> None:
        """Until everything is confirmed or refused. Raises TimeoutError after a silence."""
        while self._unsettled:
            self._connection.drain_events(timeout=settings.CELERY_BROKER_CONNECTION_TIMEOUT)

    @property
    def has_refused(self) -> bool:
        return bool(self._refused)

    def _on_ack(self, tag: int, multiple: bool) -> None:
        self._unsettled -= self._up_to(tag, multiple)

    def _on_nack(self, tag: int, multiple: bool) -> None:
        refused = self._up_to(tag, multiple)
        self._unsettled -= refused
        self._refused |= refused

    def _up_to(self, tag: int, multiple: bool) -> set[int]:
        if multiple:
            return {one for one in self._unsettled if one <= tag}
        return {tag}

    def _on_return(self, _error: Any, _exchange: str, _key: str, message: Any) -> None:
        """It comes before the confirmation, which a returned message gets as well."""
        self._returned.add(message.properties["message_id"])


def as_amqp(message: Rendered) -> amqp.Message:
    """A message as it is published: persistent, with the headers by which a reader sorts it."""
    return amqp.Message(
        message.body,
        content_type="application/json",
        content_encoding="utf-8",
        delivery_mode=PERSISTENT,
        message_id=message.message_id,
        timestamp=int(message.occurred_at.timestamp()),
        application_headers={
            "Flow-ID": message.flow_id,
            "Message-Type": message.type,
            "Message-Version": VERSION,
        },
    )
