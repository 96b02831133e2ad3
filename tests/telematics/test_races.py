"""At the same moment, in real threads: the database decides, and nothing that a unit has learnt is lost."""

import time
from datetime import timedelta
from threading import Event

import pytest
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from core.errors import MoveRefused
from telematics.gateway import get_gateway
from telematics.models import Command, Key, Unit, Vehicle, VehicleState
from tests.bench import Bench
from tests.factories.accounts import UserFactory
from tests.factories.telematics import UnitFactory, VehicleFactory
from tests.threads import race

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)


def codes(results):
    return [result.code for result in results if isinstance(result, MoveRefused)]


def test_of_many_keys_opened_at_once_one_is_open():
    vehicle, people = VehicleFactory(), [UserFactory() for _ in range(6)]

    results = race(
        *[lambda person=person: Key.open(vehicle, person, Now() + HOUR) for person in people]
    )

    assert codes(results) == ["vehicle_in_use"] * 5
    assert Key.objects.filter(ended_at=None).count() == 1


def test_one_unit_goes_into_one_of_two_vehicles():
    first = VehicleFactory(unit=None)
    second = VehicleFactory(unit=None, fleet=first.fleet)
    unit = UnitFactory(fleet=first.fleet)

    results = race(lambda: first.mount(unit), lambda: second.mount(unit))

    assert codes(results) == ["unit_not_available"]
    assert not Unit.objects.in_stock().exists()


def test_many_workers_with_one_command_hand_it_over_once():
    bench = Bench()
    command = Command.objects.queue(
        bench.vehicle, "unlock-central-lock", key=bench.key, announced=False
    )

    results = race(*[Command.objects.get(pk=command.pk).run for _ in range(4)])

    assert results == [None] * 4
    assert bench.acts() == ["unlock-central-lock"]


def test_many_calls_at_once_to_one_unit_are_all_counted():
    bench = Bench()
    before, keys = (
        bench.unit.contacts,
        [Key.open(bench.vehicle, None, Now() + HOUR, kind=Key.Kind.SYSTEM) for _ in range(6)],
    )

    results = race(
        *[lambda key=key: get_gateway().add_key(bench.qnr, key.pk, key.ends_at) for key in keys]
    )

    assert results == [None] * 6
    assert bench.unit.contacts == before + 6
    assert all(bench.unit.knows_key(key.pk, timezone.now()) for key in keys)


def test_a_delivery_that_races_the_drop_leaves_the_key_dropped():
    bench = Bench()
    key = Key.open(bench.vehicle, None, Now() + HOUR, kind=Key.Kind.SYSTEM)
    twin = Key.objects.get(pk=key.pk)

    results = race(key.deliver, lambda: (twin.end(), twin.drop()))

    assert not [result for result in results if isinstance(result, Exception)]
    assert not bench.unit.knows_key(key.pk, timezone.now())


def test_a_key_that_is_in_use_ends_when_it_is_free_and_not_when_that_was_asked_for():
    """Otherwise a command that was handed over under it would seem to be later than its end."""
    key = Key.open(VehicleFactory(), UserFactory(), Now() + HOUR)
    is_locked = Event()

    def use():
        with transaction.atomic():
            Key.objects.lock(key.pk)
            is_locked.set()
            time.sleep(0.3)
            return timezone.now()

    used_at, ended = race(use, lambda: (is_locked.wait(10), key.end())[1])

    assert not isinstance(ended, Exception)
    assert Key.objects.get(pk=key.pk).ended_at >= used_at


def test_the_newest_of_many_messages_is_the_state_whatever_their_order():
    vehicle, now = VehicleFactory(), timezone.now()

    def message(age):
        signals = {"speed_in_kilometers_per_hour": {"value": age, "timestamp": now.isoformat()}}
        return lambda: VehicleState.receive(vehicle.unit_id, signals, now - timedelta(seconds=age))

    assert race(*[message(age) for age in (3, 0, 5, 1, 4, 2)]) == [None] * 6
    assert VehicleState.public(vehicle)["speed_in_kilometers_per_hour"]["value"] == 0


def test_two_changes_of_one_vehicle_are_both_kept():
    vehicle = VehicleFactory()
    twin = Vehicle.objects.get(pk=vehicle.pk)

    results = race(
        lambda: vehicle.change(reason="MASTER_DATA_CHANGED", custom_name="Blue"),
        lambda: twin.change(reason="MASTER_DATA_CHANGED", license_plate="M EV 77"),
    )

    assert results == [None, None]
    vehicle.refresh_from_db()
    assert (vehicle.custom_name, vehicle.license_plate, vehicle.version) == ("Blue", "M EV 77", 3)
