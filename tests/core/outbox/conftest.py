"""Event consumers of the fleet, and what they were told."""

import json
from collections.abc import Callable

import pytest

from accounts.models import EventConsumer
from accounts.models.event_consumer import Kind
from core.models import OutboxMessage
from core.outbox.numbering import number_all
from jobs.messages import JOB_CHANGED
from telematics.messages import STATE_RECEIVED, VEHICLE_CHANGED

TOPICS = (JOB_CHANGED, STATE_RECEIVED, VEHICLE_CHANGED)


@pytest.fixture
def feed(fleet, fleet_admin) -> EventConsumer:
    return EventConsumer.objects.add(
        fleet=fleet, kind=Kind.FEED, name="Sync", topics=TOPICS, by=fleet_admin
    )


@pytest.fixture
def told(fleet) -> Callable[[], list[dict]]:
    """Number what waits, and return the messages of the fleet as they are delivered."""

    def told() -> list[dict]:
        while number_all():
            pass
        rows = OutboxMessage.objects.of(fleet.pk, TOPICS)
        return [json.loads(row.body) for row in rows]

    return told
