"""What a job of a vehicle that is in the fleet is called, and found by: before, during and after the work."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jobs.models import Job
from tests.factories.jobs import JobFactory
from tests.factories.telematics import VehicleFactory, VehicleModelFactory

pytestmark = pytest.mark.django_db

VIN = "WVWZZZ1KZAW000077"


@pytest.fixture
def vehicle(fleet, unit, vehicle_model):
    return VehicleFactory(
        fleet=fleet,
        unit=unit,
        vehicle_model=vehicle_model,
        vin=VIN,
        license_plate="B QX 2041",
        custom_name="Old Blue",
    )


@pytest.fixture
def write(vehicle, manager):
    def write(kind="MAINTENANCE", **fields) -> Job:
        of_kind = {"task": "INSPECTION"} if kind == "MAINTENANCE" else {}
        given = {"fleet": vehicle.fleet, "vehicle": vehicle, "custom_name": "", **of_kind, **fields}
        return JobFactory(by=manager, kind=kind, **given)

    return write


@pytest.fixture
def running(write, partnership, manager, installer):
    def running(*args, **fields) -> Job:
        job = write(*args, **fields)
        job.assign(partnership.company, by=manager)
        job.take(by=installer)
        return job

    return running


def found(text: str) -> list[str]:
    return [job.pk for job in Job.objects.matching(text)]


@pytest.mark.parametrize("typed", ["000077", "b-qx 2041", "old blue"])
@pytest.mark.parametrize("kind", ["MAINTENANCE", "INSTALLATION"])
def test_a_job_is_called_and_found_as_its_vehicle(typed, kind, write):
    job = write(kind)
    assert str(Job.objects.get(pk=job.pk)) == "B QX 2041"
    assert found(typed) == [job.pk]


def test_a_maintenance_job_shows_its_vehicles_data_and_an_installation_leaves_it_to_be_decided(
    write, vehicle, vehicle_model
):
    maintenance, installation = write(), write("INSTALLATION")
    assert (maintenance.vin, maintenance.license_plate, maintenance.vehicle_model) == (
        VIN,
        "B QX 2041",
        vehicle_model,
    )
    assert (installation.vin, installation.license_plate, installation.vehicle_model) == (
        "",
        "",
        None,
    )


def test_its_own_names_come_before_those_of_its_vehicle(write):
    job = write("INSTALLATION", license_plate="B NEW 1")
    assert str(job) == "B NEW 1"
    assert (found("BNEW1"), found("old blue"), found("BQX2041")) == ([job.pk], [job.pk], [])


def test_another_vehicle_gives_it_other_names_and_none_takes_them(write, fleet, manager):
    job = write()
    other = VehicleFactory(fleet=fleet, license_plate="M EV 77")
    job.edit(by=manager, vehicle=other)
    job.refresh_from_db()
    assert (job.license_plate, job.vin, job.vehicle_model) == (
        "M EV 77",
        other.vin,
        other.vehicle_model,
    )
    assert (found("MEV77"), found("BQX2041")) == ([job.pk], [])

    job.edit(by=manager, vehicle=None)
    job.refresh_from_db()
    assert (str(job), found("MEV77")) == (job.pk, [])


def test_what_is_written_for_maintenance_never_stands_in_for_the_vehicle(write):
    assert write(custom_name="Typed by hand", vehicle=None).custom_name == ""


def test_open_jobs_follow_the_vehicle_and_finished_ones_are_the_record(
    running, write, vehicle, installer
):
    done = running()
    done.fail(by=installer, comment="The car is not there.")
    planned, installation = write(), write("INSTALLATION")

    vehicle.change(
        reason="MASTER_DATA_CHANGED",
        license_plate="S ZZ 9",
        vehicle_model=(other := VehicleModelFactory()),
    )

    assert {*found("SZZ9")} == {planned.pk, installation.pk}
    assert found("BQX2041") == [done.pk]
    planned.refresh_from_db()
    assert (planned.license_plate, planned.vin, planned.vehicle_model) == ("S ZZ 9", VIN, other)
    assert str(Job.objects.get(pk=done.pk)) == "B QX 2041"


def test_a_success_with_other_names_is_told_to_the_other_jobs_of_the_vehicle(
    running, write, vehicle_model, installer
):
    from tests.jobs.test_maintenance import prove

    job, other = (
        running("INSTALLATION", license_plate="B NEW 1", vehicle_model=vehicle_model),
        write(),
    )
    prove(job)
    job.succeed(by=installer)
    other.refresh_from_db()
    assert other.license_plate == "B NEW 1"


@pytest.mark.parametrize("kind", ["MAINTENANCE", "INSTALLATION"])
def test_the_record_of_a_finished_job_names_the_vehicle(
    kind, running, vehicle, vehicle_model, installer
):
    job = running(kind)
    job.fail(by=installer, comment="The car is not there.")
    vehicle.change(reason="MASTER_DATA_CHANGED", license_plate="S ZZ 9")

    job = Job.objects.get(pk=job.pk)
    assert (job.license_plate, job.vin, job.custom_name) == ("B QX 2041", VIN, "Old Blue")
    assert (job.vehicle_model, str(job), found("old blue")) == (
        vehicle_model,
        "B QX 2041",
        [job.pk],
    )


def test_a_vehicle_renamed_after_the_assignment_is_no_difference_from_the_plan(
    running, vehicle, company_admin
):
    job = running()
    vehicle.change(reason="MASTER_DATA_CHANGED", license_plate="S ZZ 9")
    job.refresh_from_db()
    assert (job.plan.differences(), job.plan.locked_among(["license_plate"])) == (
        {},
        ["license_plate"],
    )

    job.withdraw(by=company_admin)
    job.hand_back(by=company_admin, reason="Wrong town.")
    job.refresh_from_db()
    assert (job.status, job.license_plate, found("SZZ9")) == ("PENDING", "S ZZ 9", [job.pk])


def test_a_plate_opened_again_on_a_new_car_is_not_found_any_more(linked_job, installer):
    linked_job.fill_in(by=installer, license_plate="B TYPO 1")
    linked_job.fill_in(by=installer, license_plate="")
    assert found("BTYPO1") == []


def test_a_copy_is_for_another_vehicle_and_one_created_again_for_the_same(
    running, installer, manager
):
    job = running()
    assert not {"license_plate", "vin", "custom_name", "vehicle"} & set(job.copies.duplicate())
    job.fail(by=installer, comment="The car is not there.")
    assert job.create_again(by=manager).license_plate == "B QX 2041"


def test_what_a_vehicle_has_that_its_model_does_not_support_keeps_nobody_from_maintaining_it(
    write, vehicle
):
    vehicle.change(
        reason="MASTER_DATA_CHANGED",
        vehicle_model=VehicleModelFactory(installation_variants=[], features=[]),
        installation_variant="OBD",
    )
    assert write().installation_variant == "OBD"


@pytest.mark.pg
def test_a_change_of_a_vehicle_asks_for_its_jobs_as_often_however_many_there_are(write, vehicle):
    def cost(plate: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            vehicle.change(reason="MASTER_DATA_CHANGED", license_plate=plate)
        return len(asked)

    write()
    one = cost("S ZZ 1")
    for _n in range(5):
        write()
    assert cost("S ZZ 2") == one
