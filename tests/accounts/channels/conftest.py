"""A webhook of the fleet at a receiver, and a relay that works when a test says so."""

from collections.abc import Callable
from threading import Event

import pytest
from django.db.models.functions import Now

from accounts.channels.webhook import lanes
from accounts.models import EventConsumer, EventSubscription, WebhookDelivery
from accounts.models.consumer_choices import Kind
from core.models import OutboxMessage
from core.outbox.message import Entry
from core.outbox.numbering import number_all
from core.outbox.relay import deliver

TOPIC = "VehicleChanged"


@pytest.fixture
def webhook(fleet, fleet_admin, receiver) -> EventConsumer:
    return EventConsumer.objects.add(
        fleet=fleet,
        kind=Kind.WEBHOOK,
        name="Sync",
        topics=[TOPIC],
        url=receiver.url,
        by=fleet_admin,
    )


@pytest.fixture
def write(fleet) -> Callable[..., None]:
    """Write a message about each subject, in this order."""

    def write(*subjects: str) -> None:
        entries = [Entry(subject, ["TAGS_CHANGED"]) for subject in subjects]
        OutboxMessage.objects.write(fleet.pk, TOPIC, entries)

    return write


@pytest.fixture
def work() -> Callable[[], None]:
    """Number, take over and send what is due, as a relay does, one after the other."""

    def work() -> None:
        number_all()
        for subscription in EventSubscription.objects.deliverable():
            deliver(subscription, Event())
        for lane in lanes():
            deliver(lane, Event())

    return work


def come_due() -> None:
    """As if the pauses of all that waits were over."""
    WebhookDelivery.objects.waiting().update(due_at=Now())
