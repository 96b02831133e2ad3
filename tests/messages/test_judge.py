"""The judge finds nothing where every message has arrived, and each fault where one has not."""

import json
from threading import Event

import pytest
from django.db import connection

from accounts.models import EventConsumer, WebhookDelivery
from accounts.models.consumer_choices import Kind
from core.models import OutboxMessage
from core.outbox.message import Entry
from core.outbox.numbering import number_all
from core.outbox.relay import deliver
from tests.messages import judge
from tests.messages.judge import INVARIANTS
from tests.messages.log import Log
from tests.messages.world import TOPIC

pytestmark = pytest.mark.pg
SUBJECTS = ["one", "two", "one", "two"]


@pytest.fixture
def log(fleet, fleet_admin) -> Log:
    """Of a webhook that has received four messages of two subjects, the first of them twice."""
    consumer = EventConsumer.objects.add(
        fleet=fleet,
        kind=Kind.WEBHOOK,
        name="webhook",
        topics=[TOPIC],
        url="https://hooks.example/",
        by=fleet_admin,
    )
    OutboxMessage.objects.write(fleet.pk, TOPIC, [Entry(subject) for subject in SUBJECTS])
    number_all()
    subscription = consumer.subscriptions.get()
    deliver(subscription, Event())
    WebhookDelivery.objects.update(status="DELIVERED")
    EventConsumer.objects.update(delivered=len(SUBJECTS))
    log = Log("webhook")
    bodies = [row.body for row in OutboxMessage.objects.of(fleet.pk, [TOPIC])]
    for body in [bodies[0], *bodies]:
        log.note(json.loads(body), body.encode())
    return log


@pytest.fixture
def broken(log):
    judge.prepare(connection.connection, [log], {"one": 2, "two": 2})

    def broken() -> list[str]:
        return [one.name for one in judge.broken(connection.connection)]

    return broken


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_nothing_is_broken_where_everything_has_arrived(broken, log):
    assert broken() == []
    assert (log.different, log.repeats) == (4, 1)


BREAKS = {
    "every change that was committed has its message, and no other has one": (
        "UPDATE committed SET number = 3 WHERE subject = 'one'"
    ),
    "the sequence has no gaps": "UPDATE core_outboxmessage SET sequence = 9 WHERE sequence = 4",
    "the messages of a subject are numbered in the order in which it was locked": (
        "UPDATE core_outboxmessage SET sequence = 10 - sequence"
    ),
    "no message is missing for any consumer": "DELETE FROM received WHERE sequence = 4",
    "a consumer gets nothing that is not in the outbox": (
        "UPDATE received SET subject = 'three' WHERE sequence = 3"
    ),
    "the id of a message is the same for every consumer and each time": (
        "UPDATE received SET id = 'another' WHERE place = 0"
    ),
    "the bytes of a message are those of the outbox": (
        "UPDATE core_outboxmessage SET body = body || ' ' WHERE sequence = 2"
    ),
    "the order of a subject is kept, repeats aside": (
        "UPDATE received SET place = -1 WHERE sequence = 4"
    ),
    "every cursor is at the end": "UPDATE accounts_eventsubscription SET cursor = 3",
    "no delivery is left": (
        "UPDATE accounts_webhookdelivery SET status = 'SET_ASIDE' WHERE sequence = 1"
    ),
    "the deliveries that are counted are those that were made": (
        "UPDATE accounts_eventconsumer SET delivered = 5"
    ),
    "no lease is left": (
        "UPDATE accounts_eventsubscription SET lease_until = now() + interval '1 minute'"
    ),
    "every consumer gets messages at the end": (
        "UPDATE accounts_eventconsumer SET status = 'SUSPENDED'"
    ),
}


@pytest.mark.parametrize("invariant", [one.name for one in INVARIANTS])
def test_a_fault_is_found(broken, invariant):
    run(BREAKS[invariant])
    assert invariant in broken()


def test_a_message_that_commits_late_is_counted(log):
    run("UPDATE core_outboxmessage SET sequence = 10 - sequence WHERE sequence > 2")
    assert judge.numbered_late(connection.connection) == 1
