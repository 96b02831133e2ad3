"""Vehicles, units and models: what belongs together, and what the database refuses."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.errors import MoveRefused
from telematics import catalogue
from telematics.models import Unit, Vehicle, VehicleModel
from tests.factories.accounts import FleetFactory
from tests.factories.telematics import UnitFactory, VehicleFactory

VIN = "WVWZZZ1KZAW000001"


def test_a_new_vehicle_takes_its_unit_out_of_stock(db):
    unit = UnitFactory()
    Vehicle.objects.create_with(unit, fleet=unit.fleet, license_plate="B QX 2041")
    assert not Unit.objects.in_stock().exists()


@pytest.mark.parametrize("why", ["unknown", "of another fleet", "mounted", "retired"])
def test_a_unit_that_is_not_in_stock_of_the_fleet_always_looks_alike(db, why):
    fleet = FleetFactory()
    qnr = {
        "unknown": lambda: "0" * 16,
        "of another fleet": lambda: UnitFactory().pk,
        "mounted": lambda: VehicleFactory(fleet=fleet).unit_id,
        "retired": lambda: UnitFactory(fleet=fleet, retired_at=timezone.now()).pk,
    }[why]()
    with pytest.raises(MoveRefused) as refused:
        Unit.objects.lock_in_stock(qnr, fleet)
    assert (refused.value.code, str(refused.value)) == (
        "unit_not_available",
        "This unit is not in stock of the fleet.",
    )


def test_archiving_returns_the_unit_and_frees_the_vin(db):
    vehicle = VehicleFactory(vin=VIN)
    unit = vehicle.unit
    vehicle.archive()
    assert list(Unit.objects.in_stock()) == [unit]
    VehicleFactory(fleet=vehicle.fleet, vin=VIN)
    assert Vehicle.objects.live().count() == 1


def test_a_vin_is_taken_once_in_a_fleet(db):
    vehicle = VehicleFactory(vin=VIN)
    other = VehicleFactory(fleet=vehicle.fleet)
    with pytest.raises(MoveRefused) as refused:
        other.change(reason="MASTER_DATA_CHANGED", vin=VIN.lower())
    assert refused.value.code == "vin_in_fleet"
    with pytest.raises(IntegrityError), transaction.atomic():
        VehicleFactory(fleet=vehicle.fleet, vin=VIN)
    VehicleFactory(vin=VIN)  # another fleet may have it, for all we know


def test_a_unit_is_in_one_vehicle(db):
    vehicle = VehicleFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        VehicleFactory(fleet=vehicle.fleet, unit=vehicle.unit)


def test_an_archived_vehicle_has_no_unit(db):
    with pytest.raises(IntegrityError), transaction.atomic():
        VehicleFactory(archived_at=timezone.now())


def test_another_unit_is_mounted_only_after_the_first_is_out(db):
    vehicle = VehicleFactory()
    first, second = vehicle.unit, UnitFactory(fleet=vehicle.fleet)
    with pytest.raises(MoveRefused):
        vehicle.mount(second)
    assert vehicle.unmount() == first
    vehicle.mount(second)
    assert vehicle.unit == second
    assert list(Unit.objects.in_stock()) == [first]


def test_changing_writes_the_named_fields_alone(db):
    vehicle = VehicleFactory()
    stale = Vehicle.objects.get(pk=vehicle.pk)
    vehicle.change(reason="MASTER_DATA_CHANGED", license_plate="M EV 77")
    stale.change(reason="MASTER_DATA_CHANGED", custom_name="Blue")
    vehicle.refresh_from_db()
    assert (vehicle.license_plate, vehicle.custom_name, vehicle.version) == ("M EV 77", "Blue", 3)


@pytest.mark.parametrize("text", ["bqx2041", "b-qx 2041", "000001", "blue o", "QX"])
def test_search_ignores_case_blanks_and_hyphens(db, text):
    vehicle = VehicleFactory(license_plate="B QX 2041", vin=VIN, custom_name="Blue One")
    VehicleFactory(license_plate="M EV 77")
    assert list(Vehicle.objects.matching(text)) == [vehicle]


def test_a_long_text_is_compared_as_a_whole(db):
    vehicle = VehicleFactory(vin=VIN, license_plate="B QX 2041")
    other = VehicleFactory(custom_name=f"Like {VIN[-10:]}")
    assert list(Vehicle.objects.matching(VIN)) == [vehicle]
    assert set(Vehicle.objects.matching(VIN[-10:])) == {vehicle, other}


def test_the_catalogue_has_forty_models_however_often_it_is_loaded(db):
    catalogue.load()
    changed = VehicleModel.objects.first()
    VehicleModel.objects.filter(pk=changed.pk).update(features=[])
    catalogue.load()
    changed.refresh_from_db()
    assert VehicleModel.objects.count() == 40
    assert changed.features


def test_every_model_of_the_catalogue_is_valid_and_every_vehicle_type_is_there(db):
    models = catalogue.load()
    for model in models:
        model.full_clean()
        assert model.installation_variants
        assert bool(model.central_lock_connection_types) == model.supports("central_lock")
        assert model.supports("driving_enabled") == model.supports("immobilizer")
    assert {model.vehicle_type for model in models} == {
        "CAR",
        "VAN",
        "TRUCK",
        "MOPED",
        "KICKSCOOTER",
        "BICYCLE",
        "DEV_KIT",
    }


def test_a_setup_that_the_model_does_not_support_is_named_field_by_field(db):
    model = next(model for model in catalogue.load() if model.brand == "Tesla")
    vehicle = VehicleFactory.build(
        vehicle_model=model,
        installation_variant="WIRED",
        central_lock_connection_type="DIRECT",
        fleet=None,
        unit=None,
    )
    assert set(vehicle.setup_errors()) == {"installation_variant", "central_lock_connection_type"}


@pytest.mark.parametrize("year", [1979, timezone.now().year + 2])
def test_the_year_of_production_lies_between_1980_and_next_year(db, year):
    with pytest.raises(ValidationError):
        Vehicle._meta.get_field("year_of_production").run_validators(year)
