"""Every change of a vehicle names its reason, in the transaction that makes it."""

import pytest

from core.errors import MoveRefused
from telematics import signals
from telematics.models import ChangeReason, Vehicle
from tests.factories.telematics import UnitFactory, VehicleFactory


@pytest.fixture
def heard():
    """(vehicle, reason, its version) of every change."""
    changes = []

    def hear(sender, *, vehicles, reason, **kwargs):
        changes.extend((vehicle.pk, str(reason), vehicle.version) for vehicle in vehicles)

    signals.changed.connect(hear)
    yield changes
    signals.changed.disconnect(hear)


@pytest.fixture
def vehicle(fleet):
    return VehicleFactory(fleet=fleet, license_plate="B QX 2041")


def exchange(vehicle, manager):
    vehicle.exchange_unit(UnitFactory(fleet=vehicle.fleet).pk, by=manager)


def mount(vehicle, manager):
    vehicle.mount(vehicle.unmount())


WAYS = {
    "unmount": (lambda vehicle, manager: vehicle.unmount(), ["UNIT_CHANGED"]),
    "mount": (mount, ["UNIT_CHANGED", "UNIT_CHANGED"]),
    "exchange": (exchange, ["UNIT_CHANGED"]),
    "archive": (lambda vehicle, manager: vehicle.archive(), ["ARCHIVED"]),
    "archive twice": (
        lambda vehicle, manager: (vehicle.archive(), vehicle.archive()),
        ["ARCHIVED"],
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_each_way_to_change_a_vehicle_names_its_reason_once(vehicle, manager, heard, way):
    change, reasons = WAYS[way]
    change(vehicle, manager)
    vehicle.refresh_from_db()
    numbered = [(vehicle.pk, reason, number) for number, reason in enumerate(reasons, start=2)]
    assert (heard, vehicle.version) == (numbered, 1 + len(reasons))


VALUES = {
    "MASTER_DATA_CHANGED": {"license_plate": "M EV 77", "brand": "Opel"},
    "CUSTOM_FIELDS_CHANGED": {"custom_fields": {"depot": "Mitte"}},
    "OPERATION_STATUS_CHANGED": {"operation_status": "GARAGE"},
    "TAGS_CHANGED": {"tags": ["winter"]},
}


@pytest.mark.parametrize("reason", VALUES)
def test_values_are_changed_for_the_reason_that_covers_them(vehicle, heard, reason):
    vehicle.change(reason=reason, **VALUES[reason])
    vehicle.change(reason=reason, **VALUES[reason])  # changes nothing
    assert heard == [(vehicle.pk, reason, 2)]
    assert Vehicle.objects.filter(pk=vehicle.pk, version=2, **VALUES[reason]).exists()


def test_a_reason_does_not_cover_the_values_of_another(vehicle):
    with pytest.raises(AssertionError, match="does not change"):
        vehicle.change(reason=ChangeReason.TAGS_CHANGED, license_plate="M EV 77")


def test_a_new_vehicle_is_created_with_its_reason(fleet, manager, heard):
    unit = UnitFactory(fleet=fleet)
    vehicle = Vehicle.objects.create_by(manager, fleet=fleet, qnr=unit.pk)
    assert heard == [(vehicle.pk, "CREATED", 1)]


def test_a_job_names_the_reasons_of_what_it_does_to_its_vehicle(linked_job, heard):
    linked_job.fail(by=linked_job.assignee, comment="No power")
    assert heard == [(linked_job.vehicle_id, "ARCHIVED", 2)]


def test_a_hook_that_refuses_leaves_the_vehicle_as_it_was(vehicle):
    def refuse(sender, **kwargs):
        raise MoveRefused("wrong_status")

    signals.changed.connect(refuse)
    try:
        with pytest.raises(MoveRefused):
            vehicle.change(reason=ChangeReason.MASTER_DATA_CHANGED, license_plate="M EV 77")
    finally:
        signals.changed.disconnect(refuse)
    assert Vehicle.objects.get(pk=vehicle.pk).license_plate == "B QX 2041"
