"""Which unit was in a vehicle when, and who put it there."""

import re

import pytest

from jobs.reading.unit_history import units_of
from telematics.models import Unit, Vehicle
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory, VehicleFactory
from tests.jobs.test_maintenance import prove

pytestmark = pytest.mark.django_db


@pytest.fixture
def vehicle(fleet, unit, vehicle_model):
    return VehicleFactory(fleet=fleet, unit=unit, vehicle_model=vehicle_model)


@pytest.fixture
def taken(vehicle, manager, partnership, installer):
    def taken(task, vehicle=vehicle):
        job = JobFactory(
            by=manager, fleet=vehicle.fleet, vehicle=vehicle, kind="MAINTENANCE", task=task
        )
        job.assign(partnership.company, by=manager)
        job.take(by=installer)
        return job

    return taken


def told(vehicle) -> list[tuple[str, str]]:
    """Oldest first: what is said, and what more."""
    return [(re.sub(r"<[^>]+>", "", entry.sentence), entry.reason) for entry in units_of(vehicle)][
        ::-1
    ]


def test_whoever_linked_the_first_unit_is_named(linked_job, unit):
    assert told(linked_job.vehicle) == [(f"Installer linked unit {unit}", "")]


def test_a_replaced_unit_is_told_and_what_became_of_it(
    taken, vehicle, unit, fleet, installer, company_admin
):
    second, third = UnitFactory(fleet=fleet), UnitFactory(fleet=fleet)
    job = taken("REPLACE_UNIT")
    job.link_unit(second.pk, by=installer)
    job.link_unit(third.pk, by=installer)
    job.fail(by=installer, comment="No coverage")

    assert told(vehicle) == [
        (f"Installer exchanged unit {unit} for {second}", ""),
        (f"Installer exchanged unit {second} for {third}", ""),
        (f"Unit {third} was returned to stock: The job failed", f"{unit} was put back"),
    ]


def test_a_unit_that_could_not_be_put_back_is_told(
    taken, vehicle, unit, fleet, installer, company_admin
):
    second = UnitFactory(fleet=fleet)
    job = taken("REPLACE_UNIT")
    job.link_unit(second.pk, by=installer)
    job.withdraw(by=company_admin)
    Unit.objects.filter(pk=unit.pk).update(fleet=None)
    job.hand_back(by=company_admin, reason="Wrong town")

    assert told(vehicle)[1:] == [
        (
            f"Unit {second} was returned to stock: The job was handed back",
            f"{unit} could not be put back",
        )
    ]


@pytest.mark.parametrize("end", ["partnership", "company"])
def test_why_a_partner_who_left_gave_a_unit_back_is_told(
    taken, vehicle, fleet, installer, partnership, company_admin, end
):
    second = UnitFactory(fleet=fleet)
    taken("REPLACE_UNIT").link_unit(second.pk, by=installer)
    if end == "company":
        partnership.company.close(by=company_admin)
    else:
        partnership.end(by=company_admin)

    why = {"partnership": "The partnership ended", "company": "The company was closed"}[end]
    assert told(vehicle)[-1][0] == f"Unit {second} was returned to stock: {why}"


def test_a_unit_that_was_removed_is_told_and_other_work_is_not(taken, vehicle, unit, installer):
    prove(inspection := taken("INSPECTION"))
    inspection.succeed(by=installer)
    removal = taken("REMOVE_UNIT")
    removal.link_unit(unit.pk, by=installer)
    prove(removal)
    removal.succeed(by=installer)

    assert told(vehicle) == [(f"Installer removed unit {unit}", "")]


def test_a_failure_that_changed_no_unit_is_not_told(taken, vehicle, installer):
    taken("REPLACE_UNIT").fail(by=installer, comment="The car is not there.")
    assert told(vehicle) == []


def test_what_the_fleet_does_itself_is_told_among_what_its_jobs_did(
    fleet, manager, taken, installer, company_admin
):
    first, second, third = (UnitFactory(fleet=fleet) for _n in range(3))
    vehicle = Vehicle.objects.create_by(manager, fleet=fleet, qnr=first.pk, license_plate="B NEW 1")
    vehicle.exchange_unit(second.pk, by=manager)
    vehicle.exchange_unit(None, by=manager)
    vehicle.exchange_unit(first.pk, by=manager)
    taken("REPLACE_UNIT", vehicle).link_unit(third.pk, by=installer)

    assert [sentence for sentence, _more in told(vehicle)] == [
        f"Manager fitted unit {first}",
        f"Manager exchanged unit {first} for {second}",
        f"Manager removed unit {second}",
        f"Manager fitted unit {first}",
        f"Installer exchanged unit {first} for {third}",
    ]
    assert [event.seq for event in vehicle.events.all()] == [1, 2, 3, 4]


def test_whoever_created_a_vehicle_without_a_unit_is_named(fleet, manager):
    vehicle = Vehicle.objects.create_by(manager, fleet=fleet, license_plate="B NEW 1")
    assert told(vehicle) == [("Manager created the vehicle without a unit", "")]


def test_it_is_read_in_two_statements(taken, vehicle, fleet, installer, django_assert_num_queries):
    job = taken("REPLACE_UNIT")
    for _n in range(3):
        job.link_unit(UnitFactory(fleet=fleet).pk, by=installer)
    with django_assert_num_queries(2):
        assert len(units_of(vehicle)) == 3
