"""Ninety days after it was archived, a vehicle cannot be restored, and nothing that names it is kept."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from core.errors import MoveRefused
from telematics.models import Vehicle, VehicleEvent, VehicleState
from telematics.tasks import blank_archived_vehicles
from tests.factories.telematics import VehicleFactory

NAMES = {"license_plate": "B QX 2041", "vin": "WVWZZZ1JZXW000001", "custom_name": "Golf Nine"}
WRITTEN = [*NAMES.values(), "4711", "Mitte", "winter", "Gearbox"]


@pytest.fixture
def vehicle(fleet, manager):
    made = VehicleFactory(fleet=fleet, license_plate="B AA 1")
    edits = made.edits(manager)
    edits.set_master_data(**NAMES)
    edits.set_custom_fields({"Cost centre": "4711", "Depot": "Mitte"})
    edits.set_tags(["winter"])
    edits.set_operation_status("GARAGE", remark="Gearbox")
    VehicleState.objects.get_or_create(vehicle=made, defaults={"received_at": timezone.now()})
    edits.archive()
    return made


def later(days: int):
    return time_machine.travel(timezone.now() + timedelta(days=days), tick=True)


def everything_about(vehicle) -> str:
    rows = [*Vehicle.objects.filter(pk=vehicle.pk).values()]
    return str([*rows, *VehicleEvent.objects.filter(vehicle=vehicle).values()])


def test_its_identity_is_blanked_in_the_row_and_in_its_history(vehicle, manager_client, fleet):
    assert all(text in everything_about(vehicle) for text in WRITTEN)
    with later(91):
        blank_archived_vehicles()
    kept = everything_about(vehicle)
    assert not [text for text in (*WRITTEN, "B AA 1", "Cost centre") if text in kept]
    assert not VehicleState.objects.filter(vehicle=vehicle).exists()
    page = manager_client.get(f"/fleetcontrol/{fleet.pk}/vehicles/{vehicle.pk}/")
    assert page.status_code == 200
    assert "Identity blanked" in page.content.decode()


def test_no_search_finds_it_by_its_former_names(vehicle, manager_client, fleet):
    listed = f"/fleetcontrol/{fleet.pk}/vehicles/"

    def found(text: str) -> int:
        query = {"status": "ARCHIVED", "search": text}
        return len(manager_client.get(listed, query).context["table"].lines)

    assert [found(name) for name in NAMES.values()] == [1, 1, 1]
    with later(91):
        blank_archived_vehicles()
    assert [found(name) for name in NAMES.values()] == [0, 0, 0]
    assert found(vehicle.pk) == 1


def test_it_is_not_restored_then(vehicle, manager):
    with later(91):
        for _n in range(2):
            with pytest.raises(MoveRefused) as refused:
                vehicle.edits(manager).restore()
            assert refused.value.code == "restore_over"
            blank_archived_vehicles()


def test_before_that_everything_is_kept(vehicle, manager):
    with later(89):
        blank_archived_vehicles()
        vehicle.edits(manager).restore()
    vehicle.refresh_from_db()
    assert (vehicle.vin, vehicle.custom_fields["Depot"]) == (NAMES["vin"], "Mitte")


def test_a_vehicle_of_the_fleet_is_never_blanked(fleet):
    live = VehicleFactory(fleet=fleet, license_plate="B QX 1")
    with later(400):
        blank_archived_vehicles()
    live.refresh_from_db()
    assert live.license_plate == "B QX 1"


def test_the_sweep_does_it_once_and_records_that_the_system_did(vehicle):
    with later(91):
        blank_archived_vehicles()
        version = Vehicle.objects.get(pk=vehicle.pk).version
        blank_archived_vehicles()
    after = Vehicle.objects.get(pk=vehicle.pk)
    assert after.version == version
    last = after.events.latest("seq")
    assert (last.verb, last.actor, last.seq) == ("blank", None, version)
