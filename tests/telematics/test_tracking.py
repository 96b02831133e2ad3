"""With tracking off nothing says where the vehicle is."""

import pytest
from django.utils import timezone

from telematics.gateway import get_gateway
from telematics.models import ChangeReason, Command, Unit, Vehicle, VehicleState
from telematics.simulator.models import SimulatedUnit
from tests.bench import Bench
from tests.factories.telematics import FullVehicleFactory

FIX = {"value": {"satellites": 9, "time": "2026-11-01T10:00:00+00:00"}, "timestamp": None}
PLACE = {
    "value": {"latitude": 52.51234, "longitude": 13.40567, "satellites": 9, "time": ""},
    "timestamp": "2026-11-01T10:00:00+00:00",
}


@pytest.fixture
def untracked(db):
    """The unit is set up without tracking, and has a fix."""
    bench = Bench(FullVehicleFactory(tracking=False), tracking=False)
    bench.test("GNSS")
    return bench


@pytest.fixture
def tracked(db):
    bench = Bench(FullVehicleFactory(tracking=True), tracking=True)
    bench.test("GNSS")
    return bench


def test_a_unit_with_tracking_off_sends_no_position(untracked):
    reading = get_gateway().read_state(untracked.qnr)
    assert "position" not in reading.signals
    assert not [change for change in reading.changes if change["signal"] == "position"]
    assert "latitude" not in str(SimulatedUnit.objects.get(pk=untracked.qnr).signals)
    assert "latitude" not in str(VehicleState.objects.get().signals)


def test_a_unit_with_tracking_on_sends_its_position(tracked):
    assert "latitude" in VehicleState.public(tracked.vehicle)["position"]["value"]


def test_the_test_of_the_fix_needs_no_position(untracked):
    result = untracked.test("GNSS")
    assert result.passed
    assert [line["signal"] for line in result.evidence] == ["position", "satellites"]
    assert [type(line["value"]) for line in result.evidence] == [int, int]


def test_a_position_that_a_unit_sends_nevertheless_is_not_kept(db):
    vehicle = FullVehicleFactory(tracking=False)
    VehicleState.receive(vehicle.unit_id, {"position": PLACE, "gnss": FIX}, timezone.now())
    assert set(VehicleState.objects.get().signals) == {"gnss"}


def test_switching_tracking_off_forgets_the_last_position(tracked):
    command = tracked.command("lock-central-lock")
    assert "position" in command.shown_state
    tracked.vehicle.change(reason=ChangeReason.MASTER_DATA_CHANGED, tracking=False)
    assert "position" not in VehicleState.objects.get().signals
    command.refresh_from_db()
    assert "position" not in command.shown_state


def test_a_state_from_before_is_shown_without_its_position(tracked):
    Vehicle.objects.update(tracking=False)
    tracked.vehicle.refresh_from_db()
    public = VehicleState.public(tracked.vehicle)
    assert "ignition" in public
    assert "position" not in public


# --- what the unit was set up with ------------------------------------------------------------------------------------
@pytest.fixture
def set_up(tracked):
    """The fleet has left tracking on or open; a job has set up the unit in another way."""

    def set_up(of_vehicle, of_unit):
        Vehicle.objects.update(tracking=of_vehicle)
        Unit.was_set_up(tracked.qnr, {**tracked.setup, "tracking": of_unit})
        return Vehicle.objects.get()

    return set_up


@pytest.mark.parametrize("of_vehicle", [True, None])
def test_a_unit_that_was_set_up_without_tracking_shows_no_position(set_up, tracked, of_vehicle):
    command = tracked.command("lock-central-lock")
    vehicle = set_up(of_vehicle, False)

    assert "position" not in VehicleState.objects.get().signals
    VehicleState.receive(vehicle.unit_id, {"position": PLACE, "gnss": FIX}, timezone.now())
    assert set(VehicleState.objects.get().signals) == {"gnss"}
    command = Command.objects.get(pk=command.pk)
    assert "position" not in command.shown_state


@pytest.mark.parametrize(("of_vehicle", "of_unit"), [(None, None), (None, True), (True, None)])
def test_tracking_that_is_left_open_is_not_off(set_up, of_vehicle, of_unit):
    vehicle = set_up(of_vehicle, of_unit)
    assert "latitude" in VehicleState.public(vehicle)["position"]["value"]


def test_tracking_is_off_from_the_configuration_on_and_not_only_from_the_end_of_the_job(
    configured_job, installer
):
    configured_job.fill_in(by=installer, tracking=False)
    Vehicle.objects.update(tracking=True)  # as in a vehicle that was in the fleet before the job
    configured_job.proof.latest_configuration.push()
    assert not Vehicle.objects.get().may_be_located
    configured_job.fill_in(by=installer, tracking=True)
    configured_job.proof.latest_configuration.push()
    assert Vehicle.objects.get().may_be_located
