"""The VIN that the unit reads in the vehicle. A difference from the job's is confirmed before the outcome."""

import pytest
from django.utils import timezone

from core.errors import MoveRefused
from jobs.models import Job
from jobs.moves.base import WITH_WORK
from telematics.simulator.models import SimulatedUnit
from tests.cast.work import OTHER_VIN, TYPED_VIN, read_vin
from tests.factories.telematics import UnitFactory

pytestmark = pytest.mark.usefixtures("reads_vin")


def seen(job):
    row = WITH_WORK.first(pk=job.pk)
    return row.names.read_vin(row.sent_vin)


def test_the_simulated_unit_reads_the_vin_that_its_vehicle_has(proven_job):
    assert seen(proven_job) == (TYPED_VIN, TYPED_VIN)


def test_a_unit_in_a_model_without_the_capability_reads_none(proven_job, vehicle_model):
    vehicle_model.capabilities.remove("vin")
    vehicle_model.save()
    assert seen(Job.objects.get(pk=proven_job.pk)).value == ""


def test_the_same_vin_needs_no_confirmation(proven_job, installer):
    proven_job.succeed(by=installer)
    assert proven_job.ending.warnings == []


@pytest.mark.parametrize("confirmed", ["", TYPED_VIN])
def test_another_vin_is_refused_until_it_is_confirmed(proven_job, installer, confirmed):
    read_vin(proven_job, OTHER_VIN)
    with pytest.raises(MoveRefused) as refused:
        proven_job.succeed(by=installer, confirmed_vin=confirmed)
    assert (refused.value.code, refused.value.extra) == (
        "vin_differs",
        {"read_vin": OTHER_VIN, "vin": TYPED_VIN},
    )
    assert Job.objects.get(pk=proven_job.pk).status == "RUNNING"


def test_a_confirmed_difference_is_recorded(proven_job, installer):
    read_vin(proven_job, OTHER_VIN)
    proven_job.succeed(by=installer, confirmed_vin=OTHER_VIN)
    assert proven_job.events.get(verb="succeed").data["vin_differs"] == {
        "read": OTHER_VIN,
        "known": TYPED_VIN,
    }
    assert [warning.code for warning in proven_job.ending.warnings] == ["vin_differs"]
    proven_job.vehicle.refresh_from_db()
    assert proven_job.vehicle.vin == TYPED_VIN


def test_a_confirmation_without_a_difference_records_nothing(proven_job, installer):
    proven_job.succeed(by=installer, confirmed_vin=OTHER_VIN)
    assert "vin_differs" not in proven_job.events.get(verb="succeed").data


def test_a_failed_job_needs_no_confirmation(proven_job, installer):
    read_vin(proven_job, OTHER_VIN)
    proven_job.fail(by=installer, comment="The wrong vehicle.")
    assert "vin_differs" not in proven_job.events.get(verb="fail").data


@pytest.mark.parametrize("text", ["", "no VIN", "WVWZZZ1KZAW00O999", 17, None])
def test_what_is_no_vin_is_read_as_none(proven_job, installer, text):
    read_vin(proven_job, text)
    assert seen(proven_job).value == ""
    proven_job.succeed(by=installer)


def test_a_vin_is_compared_in_its_canonical_form(proven_job, installer):
    read_vin(proven_job, "wvwzzz-1kzaw 000123")
    proven_job.succeed(by=installer)


def test_what_the_former_unit_read_does_not_count(proven_job, installer):
    """Until the new one has sent something."""
    read_vin(proven_job, OTHER_VIN)
    other_unit = UnitFactory(fleet=proven_job.fleet)
    proven_job.link_unit(other_unit.pk, by=installer)
    assert seen(proven_job).value == ""
    read_vin(proven_job, OTHER_VIN)
    assert seen(proven_job).value == OTHER_VIN


def test_a_job_that_nobody_works_on_shows_no_vin_of_the_unit(proven_job, installer):
    proven_job.withdraw(by=installer)
    assert seen(proven_job).value == ""


def test_the_vin_of_the_simulated_car_is_that_of_one_vehicle(proven_job):
    """A unit that goes into another vehicle reads that one's."""
    unit = SimulatedUnit.objects.get_locked(proven_job.unit_id)
    unit.set_vin(OTHER_VIN, timezone.now())
    assert unit.signals["vin"]["value"] == OTHER_VIN
    unit.vehicle_id, unit.vehicle_vin = "ZZZZZ", TYPED_VIN
    unit.wake(timezone.now())
    assert unit.signals["vin"]["value"] == TYPED_VIN
