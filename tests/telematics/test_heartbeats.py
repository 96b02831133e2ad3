"""Heartbeats of simulated units keep up with a fleet of any size."""

from datetime import timedelta

import pytest
from django.utils import timezone

from telematics.models import Unit, Vehicle
from telematics.simulator import heartbeats
from telematics.simulator.models import SimulatedUnit
from tests.bench import Bench
from tests.factories.telematics import FullVehicleFactory, UnitFactory

pytestmark = pytest.mark.django_db


def silent_units(number: int) -> None:
    vehicle = FullVehicleFactory()
    units = UnitFactory.build_batch(number, fleet=vehicle.fleet)
    Unit.objects.bulk_create(units)
    Vehicle.objects.bulk_create(
        Vehicle(pk=f"V{n:04}", fleet=vehicle.fleet, unit=unit) for n, unit in enumerate(units)
    )
    long_ago = timezone.now() - timedelta(hours=1)
    SimulatedUnit.objects.bulk_create(SimulatedUnit(unit=unit, sent_at=long_ago) for unit in units)


def test_every_unit_that_is_due_sends_in_one_run_not_only_a_batch(monkeypatch):
    monkeypatch.setattr(heartbeats, "BATCH", 10)
    silent_units(35)

    heartbeats.send_due()

    assert not heartbeats.silent().exists()


def test_a_unit_whose_row_is_broken_stops_no_other():
    broken, sound = Bench(), Bench()
    long_ago = timezone.now() - timedelta(hours=1)
    SimulatedUnit.objects.filter(pk=broken.qnr).update(car={"plan": 5}, sent_at=long_ago)
    SimulatedUnit.objects.filter(pk=sound.qnr).update(
        sent_at=timezone.now() - timedelta(minutes=30)
    )

    heartbeats.send_due()

    assert [unit.pk for unit in heartbeats.silent()] == [broken.qnr]
