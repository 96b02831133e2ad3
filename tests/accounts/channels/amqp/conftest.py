"""A RabbitMQ of the tests' own, a virtual host for each test, and a program of a consumer that reads from it."""

import itertools
import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Event

import pika
import pytest
from pika.exceptions import AMQPError

from accounts.channels import amqp, publishing, topology
from accounts.models import EventConsumer
from accounts.models.event_consumer import Kind
from accounts.models.event_subscription import CHANNELS
from accounts.tasks import match_broker
from core.models import OutboxMessage
from core.outbox.message import Entry
from core.outbox.numbering import number_all
from core.outbox.relay import deliver
from tests.rabbitmq import Server, program

TOPIC = "VehicleChanged"
PASSWORD = "of-a-program-that-reads"
_hosts = itertools.count(1)


class Reader:
    """A program that reads a queue, written with another library than the product's."""

    def __init__(self, server: Server, host: str, user: str, password: str):
        self._parameters = pika.URLParameters(server.url(host))
        self._parameters.credentials = pika.PlainCredentials(user, password)
        self.connection = pika.BlockingConnection(self._parameters)
        self.channel = self.connection.channel()

    def read(self, queue: str, *, ack: bool = True) -> list[dict]:
        """What is in the queue now, each with its properties."""
        found = []
        while True:
            method, properties, body = self.channel.basic_get(queue)
            if method is None:
                return found
            found.append(json.loads(body) | {"properties": properties})
            if ack:
                self.channel.basic_ack(method.delivery_tag)

    def close(self) -> None:
        with suppress(AMQPError):
            self.connection.close()


class Rabbit:
    """The virtual host of one test."""

    def __init__(self, server: Server):
        self.server = server
        self.host = f"test-{next(_hosts)}"
        server.ask("PUT", f"vhosts/{self.host}").raise_for_status()
        self.readers: list[Reader] = []

    @property
    def url(self) -> str:
        return self.server.url(self.host)

    def reader_of(self, consumer: EventConsumer) -> Reader:
        """Connects by the password that was shown once."""
        user = topology.user_of(consumer.pk)
        reader = Reader(self.server, self.host, user, consumer.shown_secret)
        self.readers.append(reader)
        return reader

    def queues(self) -> dict[str, dict]:
        rows = self.server.ask("GET", f"queues/{self.host}").json()
        return {row["name"]: row for row in rows}

    def users(self) -> set[str]:
        return {row["name"] for row in self.server.ask("GET", "users").json()}

    def leave(self) -> None:
        for reader in self.readers:
            reader.close()
        for user in self.users() - {"guest"}:
            self.server.ask("DELETE", f"users/{user}")
        self.server.ask("DELETE", f"vhosts/{self.host}")


@pytest.fixture(scope="session")
def rabbitmq_server() -> Server:
    if program() is None:
        pytest.skip("needs a rabbitmq-server on this machine")
    return Server()


@pytest.fixture
def rabbit(rabbitmq_server, settings, monkeypatch) -> Iterator[Rabbit]:
    rabbit = Rabbit(rabbitmq_server)
    settings.MESSAGES_AMQP_URL = rabbit.url
    settings.MESSAGES_MANAGEMENT_URL = rabbitmq_server.management_url
    monkeypatch.setitem(CHANNELS, Kind.AMQP, amqp.deliver)
    yield rabbit
    for pool in publishing.forget_connections():
        pool.force_close_all()
    rabbit.leave()


@pytest.fixture
def add(fleet, fleet_admin) -> Callable[..., EventConsumer]:
    def add(name: str = "Sync", topics: tuple[str, ...] = (TOPIC,), **others) -> EventConsumer:
        given = {"fleet": fleet, "by": fleet_admin} | others
        return EventConsumer.objects.add(kind=Kind.AMQP, name=name, topics=topics, **given)

    return add


@pytest.fixture
def consumer(rabbit, add) -> EventConsumer:
    consumer = add()
    match_broker()
    return consumer


def queue(consumer: EventConsumer, topic: str = TOPIC) -> str:
    return topology.queue_of(consumer.pk, topic)


def write(fleet, *subjects: str) -> None:
    OutboxMessage.objects.write(fleet.pk, TOPIC, [Entry(subject) for subject in subjects])
    number_all()


def deliver_all(consumer: EventConsumer) -> None:
    for subscription in consumer.subscriptions.select_related("consumer"):
        deliver(subscription, Event())


def until(condition: Callable[[], object], seconds: float = 15) -> None:
    """RabbitMQ's figures, and what follows a deleted user, come a moment later."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)
