"""The guide's alert: a vehicle moves out of an area, and its alert comes once."""

import os
import subprocess
import sys
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import ApiClient, EventConsumer
from accounts.models.event_consumer import Kind
from core.models import OutboxEdge
from core.outbox.numbering import number_all
from telematics.messages import STATE_RECEIVED
from telematics.models.vehicle_state import VehicleState
from tests.api_guides.test_examples import ONEAPI
from tests.factories.telematics import UnitFactory, VehicleFactory

pytestmark = [pytest.mark.process, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
CENTRE = (52.52, 13.405)
EDGE = (52.55, 13.405)  # 3 km away
OUTSIDE = (52.6, 13.405)  # 9 km


class Car:
    """A vehicle whose unit sends where it is, one minute after the other."""

    def __init__(self, fleet):
        self.vehicle = VehicleFactory(fleet=fleet, unit=UnitFactory(fleet=fleet))
        self.now = timezone.now() - timedelta(hours=1)

    def is_at(self, place: tuple[float, float], at: datetime | None = None) -> None:
        self.now += timedelta(minutes=1)
        value = {"latitude": place[0], "longitude": place[1]}
        signal = {"value": value, "timestamp": (at or self.now).isoformat()}
        VehicleState.receive(self.vehicle.unit_id, {"position": signal}, timezone.now())


@pytest.fixture
def alerts(live_server, fleet, fleet_admin, tmp_path):
    """Starts the program, and gives the vehicles that it has alerted of."""
    EventConsumer.objects.add(
        fleet=fleet, kind=Kind.FEED, name="Map", topics=[STATE_RECEIVED], by=fleet_admin
    )
    client, secret = ApiClient.objects.issue(
        fleet=fleet, name="Map", scopes=["messages:read"], by=fleet_admin
    )
    surroundings = {
        "PATH": os.environ["PATH"],
        "BASE_URL": live_server.url,
        "CLIENT_ID": client.client_id,
        "CLIENT_SECRET": secret,
        "AREA_FILE": str(tmp_path / "area.json"),
    }

    def alerts() -> list[str]:
        number_all()
        lines = run(surroundings).splitlines()
        assert all("has left the area" in line for line in lines), lines
        return [line.split()[0] for line in lines]

    return alerts


def run(surroundings: dict[str, str]) -> str:
    program = subprocess.Popen(
        [sys.executable, "-B", "area.py", "--once"],
        cwd=ONEAPI,
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        said, _nothing = program.communicate(timeout=60)
    finally:
        program.kill()
    assert program.returncode == 0, said
    return said


def test_a_vehicle_that_leaves_the_area_is_alerted_of_once(alerts, fleet):
    leaves, stays, elsewhere = Car(fleet), Car(fleet), Car(fleet)
    for car, place in ((leaves, CENTRE), (stays, CENTRE), (elsewhere, OUTSIDE)):
        car.is_at(place)
    leaves.is_at(EDGE)
    assert alerts() == []

    leaves.is_at(OUTSIDE)
    stays.is_at(EDGE)
    elsewhere.is_at(OUTSIDE)
    assert alerts() == [leaves.vehicle.pk]
    leaves.is_at(OUTSIDE)
    assert alerts() == []

    leaves.is_at(CENTRE)
    leaves.is_at(OUTSIDE)
    assert alerts() == [leaves.vehicle.pk]


def test_a_position_that_comes_late_is_no_second_leaving(alerts, fleet):
    car = Car(fleet)
    car.is_at(CENTRE)
    before = car.now
    car.is_at(OUTSIDE)
    assert alerts() == [car.vehicle.pk]
    car.is_at(CENTRE, at=before)
    car.is_at(OUTSIDE)
    assert alerts() == []


def test_after_messages_that_are_gone_it_goes_on_with_the_oldest(alerts, fleet):
    car = Car(fleet)
    car.is_at(CENTRE)
    assert alerts() == []
    OutboxEdge.objects.create(stream=fleet.pk, topic=STATE_RECEIVED, sequence=5)
    for _ in range(5):
        car.is_at(EDGE)
    car.is_at(OUTSIDE)
    assert alerts() == [car.vehicle.pk]
