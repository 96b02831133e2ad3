"""Work on a vehicle that is in the fleet already: inspect it, replace its unit, take the unit out, set it up anew."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.errors import MoveRefused
from jobs.models import Job, VehicleAccess
from jobs.reading.history import History
from telematics.models import Custody, Unit
from tests.cast.work import run_tests
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory, VehicleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def vehicle(fleet, unit, vehicle_model):
    return VehicleFactory(fleet=fleet, unit=unit, vehicle_model=vehicle_model)


def job_of(vehicle, manager, partnership, installer, **fields) -> Job:
    """Written for the vehicle, assigned and taken."""
    job = JobFactory(by=manager, fleet=vehicle.fleet, vehicle=vehicle, custom_name="", **fields)
    job.assign(partnership.company, by=manager)
    job.take(by=installer)
    return job


@pytest.fixture
def maintenance(vehicle, manager, partnership, installer):
    return lambda task: job_of(
        vehicle, manager, partnership, installer, kind="MAINTENANCE", task=task
    )


def prove(job):
    if job.proof.latest_configuration:
        job.proof.latest_configuration.push()
    job.request_tests(by=job.assignee)
    run_tests(job)


def in_stock(unit) -> bool:
    return Unit.objects.in_stock().filter(pk=unit.pk).exists()


def test_taking_a_job_with_its_vehicle_opens_the_access(maintenance, vehicle, installer):
    maintenance("INSPECTION")

    assert VehicleAccess.objects.open_for(installer, vehicle.pk) is not None


def test_maintenance_needs_a_vehicle_to_be_assigned(fleet, manager, partnership):
    job = JobFactory(by=manager, fleet=fleet, kind="MAINTENANCE", task="SERVICE")

    with pytest.raises(MoveRefused) as refused:
        job.assign(partnership.company, by=manager)
    assert refused.value.code == "vehicle_required"


def test_an_inspection_is_proven_by_connectivity_alone(maintenance, installer, vehicle, unit):
    job = maintenance("INSPECTION")
    assert job.proof.missing() == ["test:CONNECTIVITY"]

    prove(job)
    job.succeed(by=installer)

    vehicle.refresh_from_db()
    assert (job.status, job.unit, vehicle.unit) == ("SUCCEEDED", unit, unit)


def test_nothing_is_filled_in_and_no_unit_linked_where_the_task_does_not_say_so(
    maintenance, installer, fleet
):
    job, second = maintenance("SERVICE"), UnitFactory(fleet=fleet)

    for act, code in (
        (lambda: job.fill_in(by=installer, license_plate="B 1"), "wrong_kind"),
        (lambda: job.link_unit(second.pk, by=installer), "no_unit_here"),
    ):
        with pytest.raises(MoveRefused) as refused:
            act()
        assert refused.value.code == code


def test_a_replaced_unit_is_proven_by_the_whole_set_and_the_old_one_goes_to_stock(
    maintenance, installer, fleet, unit, vehicle
):
    job, second = maintenance("REPLACE_UNIT"), UnitFactory(fleet=fleet)
    assert "unit" in job.proof.missing()

    job.link_unit(second.pk, by=installer)
    assert "test:CENTRAL_LOCK" in job.proof.missing()
    prove(job)
    job.succeed(by=installer)

    vehicle.refresh_from_db()
    assert vehicle.unit == second
    assert in_stock(unit)


def test_a_failed_replacement_puts_the_old_unit_back(maintenance, installer, fleet, unit, vehicle):
    job, second = maintenance("REPLACE_UNIT"), UnitFactory(fleet=fleet)
    job.link_unit(second.pk, by=installer)

    job.fail(by=installer, comment="The connector is broken")

    vehicle.refresh_from_db()
    assert (vehicle.unit, vehicle.archived_at) == (unit, None)
    assert in_stock(second)


# What may become of the unit that was taken out, by whatever way, while the job runs.
GONE = {
    "retired": lambda unit, other_fleet: Unit.objects.filter(pk=unit.pk).update(
        retired_at=timezone.now()
    ),
    "moved": lambda unit, other_fleet: Unit.objects.filter(pk=unit.pk).update(fleet=other_fleet),
    "mounted": lambda unit, other_fleet: VehicleFactory(fleet=unit.fleet, unit=unit),
}
ENDS = {
    "failed": lambda job, admin: job.fail(by=job.assignee, comment="The connector is broken"),
    "partnership ended": lambda job, admin: job.company.partnerships.get().end(by=admin),
    "company closed": lambda job, admin: job.company.close(by=admin),
}


@pytest.mark.parametrize("gone", GONE)
@pytest.mark.parametrize("end", ENDS)
def test_no_end_is_refused_because_the_old_unit_is_not_there_any_more(
    maintenance, installer, company_admin, fleet, other_fleet, unit, vehicle, gone, end
):
    job, second = maintenance("REPLACE_UNIT"), UnitFactory(fleet=fleet)
    job.link_unit(second.pk, by=installer)
    GONE[gone](unit, other_fleet)

    ENDS[end](job, company_admin)

    job.refresh_from_db()
    vehicle.refresh_from_db()
    assert job.status == ("FAILED" if end == "failed" else "PENDING")
    assert (vehicle.unit, in_stock(second)) == (None, True)
    last = History(job).entries()[0]
    assert (
        "Former unit",
        f"{unit.pk} could not be put back; the vehicle has no unit",
    ) in last.details


def test_a_unit_that_an_open_job_counts_on_is_not_retired(
    maintenance, installer, fleet, unit, manager
):
    planned, second, spare = (UnitFactory(fleet=fleet) for _n in range(3))
    JobFactory(by=manager, fleet=fleet, planned_unit=planned)
    maintenance("REPLACE_UNIT").link_unit(second.pk, by=installer)

    assert set(Unit.objects.free()) == {spare}
    assert Unit.objects.all().retire() == 1
    assert set(Unit.objects.exclude(retired_at=None)) == {spare}


def test_the_unit_taken_out_stays_reserved_until_the_outcome(
    maintenance, installer, fleet, unit, manager, partnership, colleague
):
    job = maintenance("REPLACE_UNIT")
    job.link_unit(UnitFactory(fleet=fleet).pk, by=installer)
    other = JobFactory(by=manager, fleet=fleet)
    other.assign(partnership.company, by=manager)
    other.take(by=colleague)

    with pytest.raises(MoveRefused) as refused:
        other.link_unit(unit.pk, by=colleague)
    assert refused.value.code == "unit_not_available"


def test_a_removed_unit_goes_to_stock_and_the_vehicle_stays(maintenance, installer, unit, vehicle):
    job = maintenance("REMOVE_UNIT")
    job.link_unit(unit.pk, by=installer)
    prove(job)

    job.succeed(by=installer, comment="Taken out")

    vehicle.refresh_from_db()
    assert (vehicle.unit, vehicle.archived_at) == (None, None)
    assert (job.unit, in_stock(unit)) == (unit, True)


def test_a_removal_is_proven_by_the_unit_and_a_vehicle_that_works_without_it(
    maintenance, installer, fleet, unit
):
    job = maintenance("REMOVE_UNIT")
    assert job.proof.missing() == ["unit", "test:REMOVAL"]
    with pytest.raises(MoveRefused) as refused:
        job.succeed(by=installer)
    assert refused.value.extra["missing"] == ["unit", "test:REMOVAL"]

    with pytest.raises(MoveRefused) as refused:
        job.link_unit(UnitFactory(fleet=fleet).pk, by=installer)
    assert refused.value.code == "other_unit_mounted"

    job.link_unit(unit.pk, by=installer)
    job.link_unit(unit.pk, by=installer)
    assert job.events.filter(verb="link_unit").count() == 1
    assert job.proof.missing() == ["test:REMOVAL"]


def test_the_removal_is_confirmed_by_a_person_without_the_unit(
    maintenance, installer, unit, monkeypatch
):
    job = maintenance("REMOVE_UNIT")
    job.link_unit(unit.pk, by=installer)
    monkeypatch.setattr("jobs.procedures.run.get_gateway", None)
    job.request_tests(by=installer)
    test = job.tests.get()
    asked = []
    test.run()
    test.refresh_from_db()
    while test.prompt:
        asked.append(test.prompt["text"])
        test.confirm(test.prompt["id"], True, by=installer)
        test.run()
        test.refresh_from_db()
    assert (test.kind, test.status, test.evidence) == ("REMOVAL", "PASSED", [])
    assert asked == [
        "The vehicle locks with its own key.",
        "The vehicle unlocks with its own key.",
        "The vehicle starts with its own key.",
    ]


def test_a_vehicle_that_does_not_start_has_not_lost_its_unit_yet(
    maintenance, installer, unit, vehicle
):
    job = maintenance("REMOVE_UNIT")
    job.link_unit(unit.pk, by=installer)
    job.request_tests(by=installer)
    test = job.tests.get()
    test.run()
    test.refresh_from_db()
    test.confirm(test.prompt["id"], False, by=installer)
    assert job.proof.missing() == ["test:REMOVAL"]
    job.fail(by=installer, comment="It does not lock.")
    vehicle.refresh_from_db()
    assert vehicle.unit == unit


def test_a_removal_test_belongs_to_a_removal(maintenance, installer):
    with pytest.raises(ValidationError) as refused:
        maintenance("INSPECTION").request_tests(by=installer, kinds=["REMOVAL"])
    assert "kinds" in refused.value.message_dict


def test_the_unit_that_a_replacement_takes_out_is_checked(maintenance, installer, fleet, unit):
    job, second, third = maintenance("REPLACE_UNIT"), *UnitFactory.create_batch(2, fleet=fleet)
    with pytest.raises(MoveRefused) as refused:
        job.link_unit(second.pk, by=installer, removed_qnr=third.pk)
    assert refused.value.code == "other_unit_mounted"
    job.link_unit(second.pk, by=installer, removed_qnr=unit.pk)
    job.link_unit(third.pk, by=installer, removed_qnr=unit.pk)
    assert job.current_qnr == third.pk


def test_a_second_job_of_a_vehicle_in_use_is_refused_until_the_first_has_ended(
    maintenance, colleague, installer, manager, partnership
):
    first = maintenance("INSPECTION")
    second = JobFactory(
        by=manager, fleet=first.fleet, vehicle=first.vehicle, kind="MAINTENANCE", task="REPAIR"
    )
    second.assign(partnership.company, by=manager)

    with pytest.raises(MoveRefused) as refused:
        second.take(by=colleague)
    assert refused.value.code == "vehicle_in_use"

    first.fail(by=installer, comment="Not today")
    second.refresh_from_db()
    second.take(by=colleague)
    assert second.status == "RUNNING"


def test_a_vehicle_of_the_fleet_is_set_up_anew_with_the_unit_it_has(
    vehicle, manager, partnership, installer, unit, vehicle_model
):
    job = job_of(
        vehicle,
        manager,
        partnership,
        installer,
        vehicle_model=vehicle_model,
        license_plate="B NEW 1",
        tracking=True,
    )
    assert job.proof.latest_configuration.unit == unit

    prove(job)
    job.succeed(by=installer)

    vehicle.refresh_from_db()
    assert (vehicle.unit, vehicle.license_plate, vehicle.tracking) == (unit, "B NEW 1", True)


def test_a_failed_set_up_leaves_the_vehicle_as_it_was(
    vehicle, manager, partnership, installer, unit, vehicle_model
):
    plate = vehicle.license_plate
    job = job_of(
        vehicle,
        manager,
        partnership,
        installer,
        vehicle_model=vehicle_model,
        license_plate="B NEW 1",
    )

    job.fail(by=installer, comment="No")

    vehicle.refresh_from_db()
    assert (vehicle.unit, vehicle.license_plate, vehicle.archived_at) == (unit, plate, None)


# --- who holds the units ----------------------------------------------------------------------------------------------
def holders():
    return {custody.unit: custody.company for custody in Custody.objects.open()}


def test_the_company_holds_the_unit_that_it_took_out(
    maintenance, installer, unit, vehicle, company
):
    job = maintenance("REMOVE_UNIT")
    job.link_unit(unit.pk, by=installer)
    prove(job)
    assert holders() == {}

    job.succeed(by=installer)

    assert holders() == {unit: company}
    assert job.events.get(verb="succeed").data["held"] == unit.pk
    details = History(job).entries()[0].details
    assert ("Former unit", f"{unit.pk} is held by QuickInstall") in details


def test_a_replacement_leaves_the_old_unit_with_the_company_and_takes_the_new_one_from_it(
    maintenance, installer, fleet, unit, company, manager, partnership
):
    second = UnitFactory(fleet=fleet)
    Custody.objects.hand_over(second.pk, company, fleet=fleet, by=manager)
    job = maintenance("REPLACE_UNIT")
    job.link_unit(second.pk, by=installer)
    prove(job)
    assert holders() == {second: company}

    job.succeed(by=installer)

    assert holders() == {unit: company}
    ended = Custody.objects.get(unit=second)
    assert (ended.end, ended.ended_by) == ("MOUNTED", installer)


def test_a_replacement_that_failed_leaves_the_units_where_they_were(
    maintenance, installer, fleet, unit, company, manager, partnership
):
    second = UnitFactory(fleet=fleet)
    Custody.objects.hand_over(second.pk, company, fleet=fleet, by=manager)
    job = maintenance("REPLACE_UNIT")
    job.link_unit(second.pk, by=installer)
    job.fail(by=installer, comment="No")
    assert holders() == {second: company}
