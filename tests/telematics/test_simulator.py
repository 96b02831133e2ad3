"""The simulated unit: the same again with the same seed, honest about what it hears, patient with nobody."""

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from telematics.gateway import GatewayError, get_gateway
from telematics.models import VehicleState
from telematics.simulator import clock, heartbeats, physics
from telematics.simulator.models import Persistence, SimulatedUnit
from telematics.simulator.wiring import Fault
from tests.bench import SETUP, Bench
from tests.factories.telematics import FullVehicleFactory, SmallVehicleModelFactory, UnitFactory


def behaviour(seed, qnr):
    unit = SimulatedUnit(unit_id=qnr, seed=seed)
    unit.wake(timezone.now())
    return [unit.car, *(unit.next_contact().random() for _ in range(5))]


def test_the_same_unit_and_seed_behave_the_same_and_others_do_not():
    first = behaviour(7, "00AA")
    assert behaviour(7, "00AA") == first
    assert behaviour(8, "00AA") != first
    assert behaviour(7, "00BB") != first


@pytest.mark.parametrize("number", range(20))
def test_its_figures_are_those_of_real_cars(number):
    car = physics.new_car(clock.dice(number))
    assert 12.0 <= car["parked_voltage"] <= 12.9
    assert 13.8 <= car["running_voltage"] <= 14.5
    assert 20 <= car["online_after"] <= 60
    assert 30 <= car["fix_after"] <= 90


def test_the_engine_runs_only_where_driving_is_enabled(bench):
    bench.command("disable-driving")
    bench.hands(ignition=True)
    assert get_gateway().read_state(bench.qnr).value("board_voltage") < 13
    bench.command("enable-driving")
    assert get_gateway().read_state(bench.qnr).value("board_voltage") > 13


def test_a_fix_takes_its_time_after_power(bench, settings):
    settings.TELEMATICS_TIME_SCALE = 1
    unit, now = bench.unit, timezone.now()
    physics.power_on(unit.car, now)
    before, after = now + timedelta(seconds=29), now + timedelta(seconds=91)
    assert physics.values(unit.car, before)["position"] is None
    assert physics.values(unit.car, after)["position"]["time"] == after.isoformat()


def test_a_unit_comes_online_twenty_to_sixty_seconds_after_power_and_beats_every_fifteen_minutes(
    bench, settings
):
    settings.TELEMATICS_TIME_SCALE = 1
    car, now = bench.unit.car, timezone.now()
    physics.power_on(car, now)
    assert physics.heartbeat_at(car, now + timedelta(seconds=19)) is None
    later = physics.heartbeat_at(car, now + timedelta(minutes=40))
    assert later == physics.online_at(car) + timedelta(minutes=30)


def test_the_scale_is_the_simulators_alone(bench, settings):
    settings.TELEMATICS_TIME_SCALE = 0
    before = time.monotonic()
    bench.command("lock-central-lock")
    assert time.monotonic() - before < 1


def test_a_call_never_takes_longer_than_thirty_seconds_whatever_the_scale(settings, monkeypatch):
    settings.TELEMATICS_TIME_SCALE = 10
    waited = []
    monkeypatch.setattr(clock.stopping, "wait", waited.append)
    clock.sleep(20, time.monotonic() + 29)
    assert waited == [pytest.approx(29, abs=0.1)]


def test_nobody_waits_while_a_transaction_is_open(bench, monkeypatch, settings):
    """In tests one transaction lies around all of it, so what counts is that no further one is open."""
    settings.TELEMATICS_TIME_SCALE = 0.001
    depth, seen = len(connection.savepoint_ids), []
    monkeypatch.setattr(
        clock.stopping, "wait", lambda seconds: seen.append(len(connection.savepoint_ids))
    )
    bench.command("lock-central-lock")
    assert seen
    assert set(seen) == {depth}


def test_a_person_moves_what_is_watched_and_leaves_it_as_it_was(bench, settings):
    get_gateway().read_state(bench.qnr, ("key_fob",))
    time.sleep(0.02)
    reading = get_gateway().read_state(bench.qnr)
    moved = [change["value"] for change in reading.changes if change["signal"] == "key_fob"]
    assert moved[-2:] == ["out", "in"]


def test_every_change_reaches_the_vehicles_state(bench):
    bench.command("lock-central-lock")
    state = VehicleState.public(bench.vehicle)
    assert state["central_lock"]["value"] == "locked"
    bench.command("unlock-central-lock")
    assert VehicleState.public(bench.vehicle)["central_lock"]["value"] == "unlocked"
    assert VehicleState.objects.count() == 1


def test_a_signal_keeps_the_time_of_its_own_change(bench):
    first = get_gateway().read_state(bench.qnr).timestamp("mileage_in_kilometers")
    bench.command("lock-central-lock")
    reading = get_gateway().read_state(bench.qnr)
    assert reading.timestamp("mileage_in_kilometers") == first
    assert reading.timestamp("central_lock") > first


def test_the_public_state_has_what_the_model_can_and_nothing_else(db):
    model = SmallVehicleModelFactory(vehicle_type="MOPED")
    bench = Bench(FullVehicleFactory(vehicle_model=model))
    get_gateway().read_state(bench.qnr)
    public = set(VehicleState.public(bench.vehicle))
    assert {"ignition", "board_voltage"} <= public <= set(model.capabilities)
    assert not public & {"immobilizer", "central_lock", "doors", "key_fob"}


def test_a_late_message_does_not_overwrite_a_newer_one(bench):
    now = timezone.now()
    VehicleState.receive(
        bench.qnr, {"ignition": {"value": True, "timestamp": now.isoformat()}}, now
    )
    VehicleState.receive(
        bench.qnr, {"ignition": {"value": False, "timestamp": now.isoformat()}}, now - timedelta(1)
    )
    assert VehicleState.public(bench.vehicle)["ignition"]["value"] is True


def test_a_unit_in_stock_speaks_for_no_vehicle(db):
    unit = UnitFactory()
    VehicleState.receive(unit.pk, {"ignition": {"value": True, "timestamp": ""}}, timezone.now())
    assert not VehicleState.objects.exists()


def test_an_unknown_unit_cannot_be_reached(db):
    with pytest.raises(GatewayError) as refused:
        get_gateway().read_state("F" * 16)
    assert refused.value.code == "unreachable"


def test_silent_vehicles_send_their_heartbeat(bench):
    SimulatedUnit.objects.update(sent_at=timezone.now() - timedelta(minutes=16))
    VehicleState.objects.all().delete()
    heartbeats.send_due()
    first = VehicleState.objects.get().received_at
    heartbeats.send_due()
    assert VehicleState.objects.get().received_at == first


def test_a_vehicle_without_power_sends_no_heartbeat(bench):
    bench.break_it(Fault.NO_POWER)
    SimulatedUnit.objects.update(sent_at=timezone.now() - timedelta(minutes=16))
    VehicleState.objects.all().delete()
    heartbeats.send_due()
    assert not VehicleState.objects.exists()


@pytest.mark.parametrize("fault", [Fault.NO_POWER, Fault.SUSPENDED_SIM])
def test_a_unit_that_missed_its_setup_gets_it_when_it_is_sent_again(db, fault):
    vehicle = FullVehicleFactory()
    SimulatedUnit.objects.create(unit=vehicle.unit, fault=fault)
    setup = {**SETUP, "vehicle_model": vehicle.vehicle_model_id}
    with pytest.raises(GatewayError):
        get_gateway().configure(vehicle.unit_id, setup, sequence=1)
    get_gateway().configure(vehicle.unit_id, setup, sequence=1)
    assert get_gateway().read_state(vehicle.unit_id).value("ignition") is False


def test_a_unit_that_is_dead_for_good_never_gets_its_setup(db):
    vehicle = FullVehicleFactory()
    SimulatedUnit.objects.create(
        unit=vehicle.unit, fault=Fault.NO_POWER, persistence=Persistence.PERSISTENT
    )
    setup = {**SETUP, "vehicle_model": vehicle.vehicle_model_id}
    for _try in range(3):
        with pytest.raises(GatewayError):
            get_gateway().configure(vehicle.unit_id, setup, sequence=1)
