"""The demo fleet lives by itself, and never moves a vehicle that somebody uses."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db.models.functions import Now
from django.utils import timezone

from core.errors import MoveRefused
from telematics.gateway import GatewayError, get_gateway
from telematics.models import FuelType, Key, Vehicle, VehicleState
from telematics.simulator import clock, heartbeats, physics, tasks, traffic, trips
from telematics.simulator.models import SimulatedUnit
from tests.bench import SETUP
from tests.factories.accounts import UserFactory
from tests.factories.jobs import JobFactory
from tests.factories.telematics import FullVehicleFactory
from tests.threads import race

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def living(fleet=None, **fields):
    """A vehicle whose car moves by itself, due now."""
    vehicle = FullVehicleFactory(**({"fleet": fleet} if fleet else {}), **fields)
    setup = {**SETUP, "vehicle_model": vehicle.vehicle_model_id}
    get_gateway().configure(vehicle.unit_id, setup, sequence=1)
    SimulatedUnit.objects.filter(pk=vehicle.unit_id).update(moves_at=timezone.now())
    return vehicle


def unit_of(vehicle):
    return SimulatedUnit.objects.get(pk=vehicle.unit_id)


def steps(vehicle) -> int:
    return unit_of(vehicle).car.get("trip", {}).get("steps", 0)


def play(times: int) -> None:
    """Each car that still moves is due at once."""
    for _n in range(times):
        SimulatedUnit.objects.filter(moves_at__isnull=False).update(moves_at=timezone.now())
        traffic.play_due()


def put_in(vehicle, phase: str, **car) -> None:
    """The car is in this phase of its trip."""
    unit = unit_of(vehicle)
    home = [unit.car["latitude"], unit.car["longitude"]]
    trip = {"phase": phase, "home": home, "km": 0.0, "heading": 90.0, "legs": 5, "steps": 1}
    unit.car |= {"trip": trip, **car}
    unit.save()


# --- what a car does --------------------------------------------------------------------------------------------------
def days_of(seed: str, *, charges=True, number=3000):
    car = physics.new_car(clock.dice("car", seed))
    seen = []
    for step in range(number):
        trips.step(car, clock.dice(seed, step), charges=charges)
        seen.append({**car, "trip": dict(car["trip"])})
    return seen


def test_the_same_dice_play_the_same_trips():
    assert days_of("one", number=200) == days_of("one", number=200)
    assert days_of("one", number=200) != days_of("two", number=200)


def test_a_car_drives_parks_charges_and_loses_the_network():
    seen = days_of("one")
    assert {car["trip"]["phase"] for car in seen} == set(trips.PHASES)
    assert seen[-1]["mileage"] > seen[0]["mileage"] + 50
    assert all(1 <= car["energy"] <= 100 for car in seen)


def test_what_a_car_says_fits_together():
    for car in days_of("three"):
        phase = car["trip"]["phase"]
        assert car["ignition"] == (phase == "driving")
        assert car["speed"] == 0 or phase == "driving"
        assert (car["cellular"] == 0) == (phase == "hidden")
        if phase in ("parked", "charging", "hidden"):
            assert (car["doors"], car["key_fob"]) == ("closed", "in")


def test_a_car_stays_in_its_town():
    for car in days_of("far"):
        north, east = car["trip"]["home"]
        assert abs(car["latitude"] - north) < 0.2
        assert abs(car["longitude"] - east) < 0.3


def test_only_what_has_a_battery_charges_slowly():
    for charges, least in ((True, 5), (False, 1)):
        car = physics.new_car(clock.dice("car")) | {"energy": trips.LOW}
        taken = 0
        while car["energy"] < trips.CHARGED:
            trips.step(car, clock.dice(taken), charges=charges)
            taken += 1
        assert taken >= least


# --- how it is reported -----------------------------------------------------------------------------------------------
def test_a_step_arrives_as_a_message_of_the_unit():
    vehicle = living(fuel_type=FuelType.ELECTRIC)
    put_in(vehicle, "boarding")
    before = timezone.now()
    play(1)
    state = VehicleState.objects.get(pk=vehicle.pk)
    assert state.received_at >= before
    assert state.signals["ignition"]["value"] is True
    assert state.signals["speed_in_kilometers_per_hour"]["value"] > 0
    vehicle.unit.refresh_from_db()
    assert vehicle.unit.firmware
    assert unit_of(vehicle).moves_at > before


def test_a_car_out_of_reach_sends_nothing_and_answers_nothing():
    vehicle = living()
    put_in(vehicle, "hidden", cellular=0)
    VehicleState.objects.all().delete()
    long_ago = timezone.now() - HOUR
    SimulatedUnit.objects.update(sent_at=long_ago, moves_at=timezone.now() + HOUR)
    heartbeats.send_due()
    assert not VehicleState.objects.exists()
    with pytest.raises(GatewayError) as refused:
        get_gateway().read_state(vehicle.unit_id)
    assert refused.value.code == "unreachable"
    play(1)
    assert VehicleState.objects.get().signals["cellular_signal_quality"]["value"] >= 2


def test_with_tracking_off_it_drives_without_a_position():
    vehicle = living(tracking=False)
    put_in(vehicle, "driving", ignition=True, speed=50)
    play(3)
    assert "latitude" not in str(VehicleState.objects.get().signals)


def test_many_cars_cost_the_same_statements_beside_their_messages(django_assert_max_num_queries):
    fleet = living().fleet
    for _n in range(11):
        living(fleet)
    with django_assert_max_num_queries(6 + 12 * 5):
        assert traffic.play_some() == 12


def test_a_car_that_is_broken_stops_no_other():
    broken, sound = living(), living()
    SimulatedUnit.objects.filter(pk=broken.unit_id).update(car={"plan": 5})
    play(2)
    assert unit_of(broken).moves_at is None
    assert steps(sound) == 2


# --- who is left alone ------------------------------------------------------------------------------------------------
def test_only_the_cars_of_the_demo_fleet_move():
    vehicle = FullVehicleFactory()
    get_gateway().read_state(vehicle.unit_id)
    traffic.play_due()
    assert steps(vehicle) == 0
    assert unit_of(vehicle).moves_at is None


def test_without_demo_mode_nothing_moves():
    vehicle = living()
    assert settings.DEMO_TRAFFIC is False
    tasks.play_traffic()
    assert steps(vehicle) == 0


def test_in_demo_mode_the_task_moves_them(settings):
    settings.DEMO_TRAFFIC = True
    vehicle = living()
    tasks.play_traffic()
    assert steps(vehicle) == 1


@pytest.mark.parametrize("kind", [Key.Kind.PERSON, Key.Kind.STAFF, Key.Kind.SYSTEM])
def test_a_vehicle_with_an_open_key_is_left_alone_until_it_ends(kind):
    vehicle = living()
    key = Key.open(vehicle, UserFactory(), Now() + HOUR, kind=kind)
    play(3)
    assert steps(vehicle) == 0
    key.end()
    play(1)
    assert steps(vehicle) == 1


def test_a_vehicle_of_a_job_in_progress_is_left_alone_also_when_its_access_is_over(
    fleet, manager, partnership, installer
):
    vehicle = living(fleet)
    job = JobFactory(by=manager, fleet=fleet, kind="MAINTENANCE", vehicle=vehicle)
    play(1)
    assert steps(vehicle) == 1
    job.assign(partnership.company, by=manager)
    job.take(by=installer)
    job.stop_access(by=manager, reason="Wrong car")
    play(3)
    assert steps(vehicle) == 1
    job.fail(by=installer, comment="No car there")
    play(1)
    assert steps(vehicle) == 2


def test_an_archived_vehicle_and_a_unit_in_stock_are_left_alone():
    vehicle = living()
    qnr = vehicle.unit_id
    vehicle.archive()
    play(2)
    assert "trip" not in SimulatedUnit.objects.get(pk=qnr).car


def test_an_installer_finds_the_car_at_rest_and_in_reach():
    vehicle = living()
    put_in(vehicle, "driving", ignition=True, speed=50, doors="closed", key_fob="out")
    key = Key.open(vehicle, UserFactory(), Now() + HOUR)
    key.deliver()
    car = unit_of(vehicle).car
    assert (car["ignition"], car["speed"], car["key_fob"]) == (False, 0, "in")
    put_in(vehicle, "hidden", cellular=0)
    Key.objects.update(delivered_until=None)
    key.deliver()
    assert get_gateway().read_state(vehicle.unit_id).value("cellular_signal_quality") >= 2


# --- at the same moment -----------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_two_tasks_at_once_move_each_car_once(settings):
    settings.TELEMATICS_TIME_SCALE = 1  # no second step is due meanwhile
    cars = [living() for _n in range(8)]
    far = timezone.now() - HOUR
    SimulatedUnit.objects.update(moves_at=far)
    race(traffic.play_some, traffic.play_some, traffic.play_some)
    assert {steps(car) for car in cars} <= {0, 1}
    traffic.play_some()
    assert {steps(car) for car in cars} == {1}


@pytest.mark.django_db(transaction=True)
def test_a_vehicle_moves_no_more_from_the_moment_its_access_is_open():
    vehicle = living()
    for _n in range(12):
        SimulatedUnit.objects.update(moves_at=timezone.now() - HOUR)

        def take() -> tuple[Key, int]:
            key = Key.open(vehicle, UserFactory(), Now() + HOUR)
            return key, steps(vehicle)

        _one, (key, then), _two = race(traffic.play_some, take, traffic.play_some)
        play(2)
        assert steps(vehicle) == then, "it moved while somebody had access"
        key.end()


@pytest.mark.django_db(transaction=True)
def test_a_take_meanwhile_is_neither_refused_nor_overtaken(fleet, manager, partnership, installer):
    vehicle = living(fleet)
    for _n in range(4):
        job = JobFactory(by=manager, fleet=fleet, kind="MAINTENANCE", vehicle=vehicle)
        SimulatedUnit.objects.update(moves_at=timezone.now() - HOUR)

        def take(job=job) -> int:
            job.assign(partnership.company, by=manager)
            job.take(by=installer)
            return steps(vehicle)

        played, then = race(lambda: play(3), take)
        assert not isinstance(played, Exception)
        assert not isinstance(then, MoveRefused)
        play(2)
        assert steps(vehicle) == then
        job.fail(by=installer, comment="Done")
    assert Vehicle.objects.get(pk=vehicle.pk).unit_id
