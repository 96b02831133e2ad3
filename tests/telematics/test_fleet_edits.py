"""What a fleet changes of its vehicles: by whom, when it is refused, and what the history keeps."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.errors import MoveRefused, NotAllowed
from telematics.models import Vehicle, VehicleEvent
from tests.factories.jobs import JobFactory
from tests.factories.telematics import VehicleFactory, VehicleModelFactory

VIN = "WVWZZZ1JZXW000001"


@pytest.fixture
def vehicle(fleet):
    return VehicleFactory(fleet=fleet, license_plate="B QX 2041", vin="", custom_name="")


CHANGES = {
    "set_master_data": lambda edits: edits.set_master_data(license_plate="M EV 77"),
    "set_vehicle_model": lambda edits: edits.set_vehicle_model(VehicleModelFactory()),
    "set_custom_fields": lambda edits: edits.set_custom_fields({"depot": "Mitte"}),
    "set_tags": lambda edits: edits.set_tags(["winter"]),
    "change_tags": lambda edits: edits.change_tags(add=["winter"]),
    "set_operation_status": lambda edits: edits.set_operation_status("GARAGE"),
    "archive": lambda edits: edits.archive(),
}


def refused(call) -> str:
    with pytest.raises(MoveRefused) as caught:
        call()
    return caught.value.code


@pytest.mark.parametrize("name", CHANGES)
def test_each_change_is_recorded_with_its_person_and_raises_the_version(name, vehicle, manager):
    CHANGES[name](vehicle.edits(manager))
    event = VehicleEvent.objects.get(vehicle=vehicle)
    assert (
        (event.actor, event.seq)
        == (manager, Vehicle.objects.get(pk=vehicle.pk).version)
        == (manager, 2)
    )


@pytest.mark.parametrize("name", CHANGES)
def test_the_same_change_again_changes_nothing(name, vehicle, manager):
    model = VehicleModelFactory()
    changes = CHANGES | {"set_vehicle_model": lambda edits: edits.set_vehicle_model(model)}
    for _again in range(2):
        changes[name](vehicle.edits(manager))
    assert VehicleEvent.objects.filter(vehicle=vehicle).count() == 1
    assert Vehicle.objects.get(pk=vehicle.pk).version == 2


@pytest.mark.parametrize("name", CHANGES)
def test_viewers_and_people_of_other_fleets_change_nothing(name, vehicle, viewer, outside_manager):
    for person in (viewer, outside_manager):
        with pytest.raises(NotAllowed):
            CHANGES[name](vehicle.edits(person))
    assert not VehicleEvent.objects.exists()


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_a_version_that_is_old_is_refused(name, vehicle, manager):
    vehicle.edits(manager).set_tags(["summer"])
    assert refused(lambda: CHANGES[name](vehicle.edits(manager, expected=1))) == "stale"
    assert VehicleEvent.objects.count() == 1


@pytest.mark.parametrize("name", [name for name in CHANGES if name != "archive"])
def test_an_archived_vehicle_is_not_changed(name, vehicle, manager):
    vehicle.edits(manager).archive()
    assert refused(lambda: CHANGES[name](vehicle.edits(manager))) == "vehicle_archived"


def test_the_history_keeps_what_was_before_and_after(vehicle, manager):
    vehicle.edits(manager).set_master_data(license_plate="M EV 77", brand=vehicle.brand)
    data = VehicleEvent.objects.get(vehicle=vehicle).data
    assert data == {"changes": {"license_plate": ["B QX 2041", "M EV 77"]}}


# --- master data ------------------------------------------------------------------------------------------------------
def test_master_data_are_stored_in_their_canonical_form(vehicle, manager):
    vehicle.edits(manager).set_master_data(vin="wvwzzz1jzxw000001", license_plate=" m‑ev 77 ")
    vehicle.refresh_from_db()
    assert (vehicle.vin, vehicle.license_plate) == (VIN, "M-EV 77")
    assert Vehicle.objects.matching("000001").get() == vehicle


def test_every_wrong_value_is_named_at_its_field(vehicle, manager):
    with pytest.raises(ValidationError) as caught:
        vehicle.edits(manager).set_master_data(vin="1", fuel_type="WATER", year_of_production=1900)
    assert set(caught.value.message_dict) == {"vin", "fuel_type", "year_of_production"}


def test_the_vin_of_another_vehicle_of_the_fleet_is_refused(vehicle, manager, fleet):
    VehicleFactory(fleet=fleet, vin=VIN)
    edit = lambda: vehicle.edits(manager).set_master_data(vin=VIN)  # noqa: E731
    assert refused(edit) == "vin_in_fleet"


def test_an_open_job_is_called_as_its_vehicle_is_now(vehicle, manager, fleet):
    job = JobFactory(by=manager, fleet=fleet, kind="MAINTENANCE", vehicle=vehicle)
    vehicle.edits(manager).set_master_data(license_plate="M EV 77")
    assert type(job).objects.get(pk=job.pk).names.title == "M EV 77"


def test_a_model_that_does_not_support_the_setup_is_refused_at_the_model(vehicle, manager):
    vehicle.change(reason="MASTER_DATA_CHANGED", smoke_detection=True)
    model = VehicleModelFactory(features=[])
    with pytest.raises(ValidationError) as caught:
        vehicle.edits(manager).set_vehicle_model(model)
    assert set(caught.value.message_dict) == {"vehicle_model"}


# --- custom fields and tags -------------------------------------------------------------------------------------------
def test_custom_fields_are_merged_replaced_and_removed(vehicle, manager):
    edits = vehicle.edits(manager)
    edits.set_custom_fields({"depot": "Mitte", "cost centre": " 4711 "})
    edits.set_custom_fields({"depot": None, "keys": "2"})
    vehicle.refresh_from_db()
    assert vehicle.custom_fields == {"cost centre": "4711", "keys": "2"}
    edits.set_custom_fields({"depot": "Nord"}, replace=True)
    vehicle.refresh_from_db()
    assert vehicle.custom_fields == {"depot": "Nord"}


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"n" * 51: "x"}, "n" * 51),
        ({"depot": "x" * 501}, "depot"),
        ({" ": "x"}, " "),
        ({"a": "\x00"}, "a"),
    ],
)
def test_a_custom_field_out_of_bounds_is_named(given, named, vehicle, manager):
    with pytest.raises(ValidationError) as caught:
        vehicle.edits(manager).set_custom_fields(given | {"good": "1"})
    assert set(caught.value.message_dict) == {named}


def test_a_vehicle_has_at_most_fifty_custom_fields_and_tags(vehicle, manager):
    edits = vehicle.edits(manager)
    edits.set_custom_fields({f"field {n}": "x" for n in range(50)})
    edits.set_tags([f"tag {n}" for n in range(50)])
    with pytest.raises(ValidationError):
        edits.set_custom_fields({"one more": "x"})
    with pytest.raises(ValidationError):
        edits.change_tags(add=["one more"])
    edits.set_custom_fields({"one more": "x", "field 1": None})
    edits.change_tags(add=["one more"], remove=["tag 1"])


def test_tags_are_kept_once_and_in_order(vehicle, manager):
    vehicle.edits(manager).set_tags(["winter", " winter ", "city", ""])
    vehicle.refresh_from_db()
    assert vehicle.tags == ["city", "winter"]


# --- operation status -------------------------------------------------------------------------------------------------
def test_the_time_of_an_operation_status_is_that_of_its_change(vehicle, manager):
    edits = vehicle.edits(manager)
    edits.set_operation_status("BROKEN", remark="Gearbox")
    vehicle.refresh_from_db()
    since = vehicle.operation_status_changed_at
    assert (vehicle.operation_status, vehicle.operation_status_remark) == ("BROKEN", "Gearbox")
    edits.set_operation_status("BROKEN", remark="Gearbox ordered")
    vehicle.refresh_from_db()
    assert vehicle.operation_status_changed_at == since
    assert vehicle.operation_status_remark == "Gearbox ordered"


# --- archive and restore ----------------------------------------------------------------------------------------------
def test_a_vehicle_that_a_partner_works_on_is_not_archived(running_job, manager):
    vehicle = VehicleFactory(fleet=running_job.fleet)
    type(running_job).objects.filter(pk=running_job.pk).update(vehicle=vehicle)
    assert refused(vehicle.edits(manager).archive) == "vehicle_in_use"


def test_a_pending_job_does_not_hold_its_vehicle_and_is_not_assigned_afterwards(
    vehicle, manager, fleet, partnership
):
    job = JobFactory(by=manager, fleet=fleet, kind="MAINTENANCE", vehicle=vehicle)
    vehicle.edits(manager).archive()
    assert refused(lambda: job.assign(partnership.company, by=manager)) == "vehicle_archived"
    jobs = type(job).objects.filter(pk=job.pk)
    assert jobs.assign_all(partnership.company, fleet=fleet, by=manager).done == []


def test_an_archived_vehicle_is_restored_without_its_unit(vehicle, manager):
    assert vehicle.unit
    edits = vehicle.edits(manager)
    edits.archive()
    edits.restore()
    vehicle.refresh_from_db()
    assert (vehicle.archived_at, vehicle.unit) == (None, None)
    verbs = VehicleEvent.objects.filter(vehicle=vehicle).values_list("verb", flat=True)
    assert list(verbs) == ["archive", "restore"]


def test_restoring_is_over_after_ninety_days_and_where_the_vin_is_taken(vehicle, manager, fleet):
    edits = vehicle.edits(manager)
    edits.set_master_data(vin=VIN)
    edits.archive()
    other = VehicleFactory(fleet=fleet, vin=VIN)
    assert refused(edits.restore) == "vin_in_fleet"
    other.edits(manager).archive()
    Vehicle.objects.filter(pk=vehicle.pk).update(archived_at=timezone.now() - timedelta(days=91))
    assert refused(edits.restore) == "restore_over"
