"""What the broker gets: decided by the rows, on a broker that only stores it."""

import base64
import hashlib
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from accounts.channels import rabbitmq, topology
from accounts.channels.topology import match
from accounts.models import EventConsumer, EventSubscription
from accounts.models.consumer_choices import Kind
from accounts.models.consumer_secret import password_hash
from accounts.tasks import match_broker
from core.models import OutboxMessage
from core.outbox.message import Entry
from core.outbox.numbering import number_all

pytestmark = pytest.mark.django_db
TOPIC = "VehicleChanged"


class Broker:
    """Users, rights, limits, queues and policies, as the management API returns them."""

    def __init__(self) -> None:
        self.passwords = {"guest": "x"}
        self.rights = {"guest": {"configure": ".*", "write": ".*", "read": ".*"}}
        self.limits: dict[str, int] = {}
        self.names: set[str] = set()
        self.rules: dict[str, dict] = {}
        self.done: list[tuple[str, str]] = []

    def users(self) -> dict:
        return {name: {"password_hash": hashed} for name, hashed in self.passwords.items()}

    def permissions(self) -> dict:
        return dict(self.rights)

    def connection_limits(self) -> dict:
        return dict(self.limits)

    def queue_names(self) -> set[str]:
        return set(self.names)

    def policies(self) -> dict:
        return dict(self.rules)

    def put_user(self, name: str, hashed: str) -> None:
        self.done.append(("put", name))
        self.passwords[name] = hashed

    def permit(self, name: str, rights: dict[str, str]) -> None:
        self.done.append(("permit", name))
        self.rights[name] = rights

    def limit_connections(self, name: str) -> None:
        self.done.append(("limit", name))
        self.limits[name] = rabbitmq.MAX_CONNECTIONS

    def delete_user(self, name: str) -> None:
        self.done.append(("delete", name))
        for kept in (self.passwords, self.rights, self.limits):
            kept.pop(name, None)

    def put_queue(self, name: str) -> None:
        self.done.append(("put", name))
        self.names.add(name)

    def delete_queue(self, name: str) -> None:
        self.done.append(("delete", name))
        self.names.discard(name)

    def put_policy(self) -> None:
        self.done.append(("put", "policy"))
        self.rules[rabbitmq.POLICY] = rabbitmq.policy()


@pytest.fixture
def broker() -> Broker:
    return Broker()


@pytest.fixture
def consumer(fleet, fleet_admin) -> EventConsumer:
    consumer = EventConsumer.objects.add(
        fleet=fleet, kind=Kind.AMQP, name="Sync", topics=[TOPIC, "JobChanged"], by=fleet_admin
    )
    EventConsumer.objects.update(secret="hash")
    return consumer


def test_a_password_is_hashed_as_rabbitmq_does_it():
    """The example of RabbitMQ's documentation: a salt of four bytes, then SHA-256 of salt and password."""
    salt = bytes.fromhex("908DC60A")
    assert password_hash("test12", salt) == ("kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR")
    first, second = (password_hash("test12") for _ in range(2))
    assert first != second
    kept = base64.b64decode(first)
    assert kept[4:] == hashlib.sha256(kept[:4] + b"test12").digest()


def test_a_consumer_gets_a_user_with_its_rights_and_a_queue_for_each_topic(broker, consumer):
    match(broker)

    user = f"consumer-{consumer.pk}"
    assert broker.passwords[user] == "hash"
    assert broker.rights[user] == {
        "configure": "^$",
        "write": "^$",
        "read": rf"^consumer\.{consumer.pk}\.",
    }
    assert broker.limits[user] == 10
    assert broker.names == {
        f"consumer.{consumer.pk}.{TOPIC}",
        f"consumer.{consumer.pk}.JobChanged",
    }
    assert broker.rules["event-consumers"]["definition"] == {
        "max-length": 100_000,
        "overflow": "reject-publish",
    }
    assert broker.done[0] == ("put", "policy")  # no queue is without a limit


def test_a_broker_that_matches_is_left_alone(broker, consumer):
    match(broker)
    broker.done.clear()
    match(broker)
    assert broker.done == []


def test_only_consumers_of_queues_are_on_the_broker(broker, fleet, fleet_admin):
    EventConsumer.objects.add(
        fleet=fleet, kind=Kind.FEED, name="Feed", topics=[TOPIC], by=fleet_admin
    )
    match(broker)
    assert broker.done == [("put", "policy")]


def test_what_somebody_changed_on_the_broker_is_put_back(broker, consumer):
    match(broker)
    user = f"consumer-{consumer.pk}"
    broker.rights[user] = {"configure": ".*", "write": ".*", "read": ".*"}
    broker.limits.clear()
    broker.names.clear()
    broker.rules["event-consumers"]["definition"] = {}
    broker.names.add("consumer.foreign.queue")
    broker.put_user("consumer-foreign", "x")
    broker.permit("consumer-foreign", {"configure": "", "write": "", "read": ".*"})
    broker.names.add("of-somebody-else")

    match(broker)

    assert broker.rights[user] == topology.rights_of(user)
    assert broker.limits[user] == 10
    assert broker.names == {
        "of-somebody-else",
        f"consumer.{consumer.pk}.{TOPIC}",
        f"consumer.{consumer.pk}.JobChanged",
    }
    assert broker.passwords.keys() == {"guest", user}
    assert broker.rules["event-consumers"] == rabbitmq.policy()


def test_a_new_password_ends_the_connections_of_the_former_one(broker, consumer):
    match(broker)
    broker.done.clear()
    EventConsumer.objects.update(secret="another")
    match(broker)
    user = f"consumer-{consumer.pk}"
    assert broker.done == [("delete", user), ("put", user), ("limit", user), ("permit", user)]
    assert broker.passwords[user] == "another"


def test_a_topic_that_is_left_out_loses_its_queue(broker, fleet_admin, consumer):
    match(broker)
    consumer.edit(by=fleet_admin, name="Sync", topics=["JobChanged"])
    match(broker)
    assert broker.names == {f"consumer.{consumer.pk}.JobChanged"}


def test_an_added_topic_waits_until_its_former_queue_is_gone(fleet, fleet_admin, consumer):
    for topics in (["JobChanged"], ["JobChanged", TOPIC]):
        consumer.edit(by=fleet_admin, name="Sync", topics=topics)
    OutboxMessage.objects.write(fleet.pk, TOPIC, [Entry("one")])
    number_all()
    assert not EventSubscription.objects.deliverable().exists()
    consumer.replay(by=fleet_admin)
    assert not EventSubscription.objects.deliverable().exists()

    in_time = Now() + 2 * timedelta(seconds=topology.FRESH)
    assert EventSubscription.objects.filter(topic=TOPIC, due_at__lte=in_time).exists()


def test_a_removed_consumer_is_gone_from_the_broker(broker, fleet_admin, consumer):
    match(broker)
    consumer.remove(by=fleet_admin)
    match(broker)
    assert broker.names == set()
    assert broker.passwords.keys() == {"guest"}


def test_a_user_of_a_removed_consumer_that_never_got_its_rights_is_deleted(
    broker, fleet_admin, consumer
):
    match(broker)
    del broker.rights[f"consumer-{consumer.pk}"]
    consumer.remove(by=fleet_admin)
    match(broker)
    assert broker.passwords.keys() == {"guest"}


def test_a_suspended_consumer_may_read_what_waits(broker, consumer):
    match(broker)
    consumer.suspend("NOT_READ")
    broker.done.clear()
    match(broker)
    assert broker.done == []


@pytest.mark.parametrize("what", ["fleet", "provider"])
def test_a_suspended_fleet_has_no_users_and_keeps_its_queues(broker, fleet, consumer, what):
    row = {"fleet": fleet, "provider": fleet.provider}[what]
    match(broker)
    row.suspend()
    match(broker)
    assert broker.passwords.keys() == {"guest"}
    assert len(broker.names) == 2

    row.reinstate()
    match(broker)
    assert broker.passwords.keys() == {"guest", f"consumer-{consumer.pk}"}


def test_what_changes_during_a_run_is_matched_by_it(broker, fleet_admin, consumer, monkeypatch):
    """The user is made from rows as they were: a run that read them later may have been here before."""
    put_user = broker.put_user

    def remove_meanwhile(name: str, hashed: str) -> None:
        consumer.remove(by=fleet_admin)
        monkeypatch.setattr(broker, "put_user", put_user)
        put_user(name, hashed)

    monkeypatch.setattr(broker, "put_user", remove_meanwhile)
    match(broker)
    assert broker.passwords.keys() == {"guest"}
    assert broker.names == set()


def test_without_a_broker_there_is_nothing_to_match():
    match_broker()
