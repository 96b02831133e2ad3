"""A consumer reads its own queues and does nothing else on the broker, and only while it may."""

import httpx
import pika
import pytest
from pika.exceptions import (
    AMQPError,
    ChannelClosedByBroker,
    ProbableAuthenticationError,
)

from accounts.channels import rabbitmq
from accounts.channels.topology import user_of
from accounts.models.consumer_secret import password_hash
from accounts.tasks import match_broker
from tests.accounts.channels.amqp.conftest import deliver_all, queue, until, write

pytestmark = [pytest.mark.django_db, pytest.mark.servers("RABBITMQ_URL")]


def test_a_consumer_reads_its_own_queues_and_no_other(rabbit, add):
    mine, foreign = add("Mine"), add("Foreign")
    match_broker()
    reader = rabbit.reader_of(mine)
    assert reader.read(queue(mine)) == []
    with pytest.raises(ChannelClosedByBroker, match="ACCESS_REFUSED"):
        reader.read(queue(foreign))


def test_a_consumer_declares_deletes_and_publishes_nothing(rabbit, consumer):
    def refused(act) -> None:
        channel = rabbit.reader_of(consumer).connection.channel()
        with pytest.raises(ChannelClosedByBroker, match="ACCESS_REFUSED"):
            act(channel)

    mine = queue(consumer)
    refused(lambda channel: channel.queue_declare("another"))
    refused(lambda channel: channel.queue_delete(mine))
    refused(lambda channel: channel.exchange_declare("another"))
    refused(lambda channel: channel.queue_bind(mine, "amq.topic", "#"))

    def publish(channel) -> None:
        channel.confirm_delivery()
        channel.basic_publish("", mine, b"{}")

    refused(publish)


def test_a_consumer_opens_ten_connections(rabbit, consumer):
    for _ in range(10):
        rabbit.reader_of(consumer)
    with pytest.raises(pika.exceptions.AMQPConnectionError):
        rabbit.reader_of(consumer)


def test_a_consumer_has_no_way_into_the_management_api(rabbit, consumer):
    url = f"http://127.0.0.1:{rabbit.server.management}/api/overview"
    assert httpx.get(url, auth=(user_of(consumer.pk), consumer.shown_secret)).status_code == 401


def test_a_new_password_ends_the_former_one_and_its_connections(fleet_admin, rabbit, consumer):
    reader = rabbit.reader_of(consumer)
    until(lambda: len(rabbit.server.ask("GET", "connections").json()) >= 1)
    password = consumer.renew_secret(by=fleet_admin)
    match_broker()

    until(lambda: _is_closed(reader))
    with pytest.raises(ProbableAuthenticationError):
        rabbit.reader_of(consumer)
    consumer.shown_secret = password
    assert rabbit.reader_of(consumer).read(queue(consumer)) == []
    consumer.refresh_from_db()
    assert password not in consumer.secret
    assert consumer.former_secret == ""


def test_removing_a_consumer_closes_its_connections_and_deletes_its_queues(
    fleet_admin, rabbit, consumer
):
    reader = rabbit.reader_of(consumer)
    until(lambda: len(rabbit.server.ask("GET", "connections").json()) >= 1)
    consumer.remove(by=fleet_admin)
    match_broker()

    assert queue(consumer) not in rabbit.queues()
    until(lambda: _is_closed(reader))
    with pytest.raises(ProbableAuthenticationError):
        rabbit.reader_of(consumer)


def test_a_suspended_fleet_cannot_connect_and_its_messages_stay(fleet, rabbit, consumer):
    write(fleet, "one")
    deliver_all(consumer)
    reader = rabbit.reader_of(consumer)
    until(lambda: len(rabbit.server.ask("GET", "connections").json()) >= 1)
    fleet.suspend()
    match_broker()
    until(lambda: _is_closed(reader))
    with pytest.raises(ProbableAuthenticationError):
        rabbit.reader_of(consumer)

    fleet.reinstate()
    match_broker()
    [message] = rabbit.reader_of(consumer).read(queue(consumer))
    assert message["subject"] == "one"


def test_users_of_other_installations_on_the_broker_are_left_alone(rabbit, consumer):
    other = "consumer-01ARZ3NDEKTSV4RRFFQ69G5FAV"
    with rabbitmq.Management() as broker:
        broker.put_user(other, password_hash("x"))
        match_broker()
        assert other in broker.users()

        broker.permit(other, {"configure": "^$", "write": "^$", "read": "^$"})
        match_broker()
        assert other not in broker.users()


def _is_closed(reader) -> bool:
    try:
        reader.connection.process_data_events(0)
        return reader.connection.is_closed
    except AMQPError:
        return True
