"""Vehicles, models and units as OneAPI returns them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from core.web.api.serializers import Shape
from fleetcontrol.api.lists import list_shape
from fleetcontrol.api.place_shapes import PlaceShape
from telematics.life import LifeStatus, last_contact, life_status
from telematics.models import (
    FuelType,
    OperationStatus,
    Transmission,
    Unit,
    Vehicle,
    VehicleType,
)
from telematics.models.vehicle_state import SIGNALS, Signals, shown_of
from telematics.verbs import VERBS, supported_by
from telematics.web.shapes import TIMESTAMP

OPEN = "OPEN"
ARCHIVED = "ARCHIVED"

EXAMPLE_DATA = {
    "vin": "WVWZZZ1JZXW000001",
    "license_plate": "B QX 2041",
    "custom_name": None,
    "brand": "Volkswagen",
    "model": "Golf",
    "fuel_type": "PETROL",
    "year_of_production": 2024,
    "vehicle_type": "CAR",
    "transmission": "MANUAL",
}
EXAMPLE_FIELDS = {"depot": "Mitte"}


class OrNull(serializers.CharField):
    """A text; null in place of a blank one."""

    def __init__(self, **options: Any):
        super().__init__(allow_null=True, **options)

    def to_representation(self, value: Any) -> Any:
        return super().to_representation(value) if value else None


@extend_schema_serializer(component_name="MasterData")
class MasterDataShape(Shape):
    example = EXAMPLE_DATA

    vin = OrNull()
    license_plate = OrNull()
    custom_name = OrNull()
    brand = OrNull()
    model = OrNull()
    fuel_type = OrNull(help_text=_("One of: %(words)s.") % {"words": ", ".join(FuelType.values)})
    year_of_production = serializers.IntegerField(allow_null=True)
    vehicle_type = OrNull(
        help_text=_("One of: %(words)s.") % {"words": ", ".join(VehicleType.values)}
    )
    transmission = OrNull(
        help_text=_("One of: %(words)s.") % {"words": ", ".join(Transmission.values)}
    )


@extend_schema_serializer(component_name="VehicleModelReference")
class ModelReference(Shape):
    id = serializers.CharField()
    brand = serializers.CharField()
    model = serializers.CharField()


@extend_schema_serializer(component_name="VehicleOperationStatus")
class OperationStatusShape(Shape):
    example = {"value": "GARAGE", "changed_at": "2026-11-28T09:14:00Z", "remark": "Gearbox"}

    value = serializers.CharField(
        source="operation_status",
        help_text=_("One of: %(words)s.") % {"words": ", ".join(OperationStatus.values)},
    )
    changed_at = serializers.DateTimeField(source="operation_status_changed_at", allow_null=True)
    remark = OrNull(source="operation_status_remark")


@extend_schema_serializer(component_name="Capabilities")
class CapabilitiesShape(Shape):
    example = {"commands": ["lock-central-lock"], "state": ["central_lock"]}

    commands = serializers.ListField(child=serializers.CharField())
    state = serializers.ListField(child=serializers.CharField())


@extend_schema_serializer(component_name="MountedUnit")
class MountedUnitShape(Shape):
    example = {
        "qnr": "00A1B2C3D4E5F607",
        "model": "CloudBoxx 4",
        "firmware": "4.2.0",
        "attached_at": "2026-11-20T08:00:00Z",
    }

    qnr = serializers.CharField(source="unit.pk")
    model = OrNull(source="unit.model")
    firmware = OrNull(source="unit.firmware")
    attached_at = serializers.DateTimeField(source="unit_attached_at", allow_null=True)


# The state of a vehicle. More signals may come.
STATE = {
    "title": "VehicleState",
    "type": "object",
    "additionalProperties": {
        "title": "SignalReading",
        "type": "object",
        "required": ["value", "timestamp"],
        "properties": {"value": {}, "timestamp": TIMESTAMP},
    },
}
CUSTOM_FIELDS = {
    "title": "CustomFields",
    "type": "object",
    "additionalProperties": {"type": "string"},
}


@extend_schema_field(CUSTOM_FIELDS)
class CustomFields(serializers.Field):
    def to_representation(self, value: Any) -> dict[str, str]:
        return {name: str(text) for name, text in value.items()}


def capabilities_of(vehicle: Vehicle) -> dict[str, list[str]]:
    """What the vehicle can do and report; nothing is known without a model."""
    model = vehicle.vehicle_model
    if model is None:
        return {"commands": [], "state": []}
    return {
        "commands": [verb for verb in VERBS if supported_by(model, verb)],
        "state": [name for name in SIGNALS if model.supports(name)],
    }


def state_of(vehicle: Vehicle) -> Signals:
    """The public signals of a vehicle that was loaded with its state."""
    state = getattr(vehicle, "state", None)
    return shown_of(vehicle, state.signals) if state is not None else {}


@extend_schema_serializer(component_name="Vehicle")
class VehicleShape(Shape):
    example = {
        "vehicle_id": "QX7A1",
        "fleet_id": "B2C3D",
        "status": OPEN,
        "created_at": "2026-11-01T07:00:00Z",
        "updated_at": "2026-11-28T09:14:00Z",
        "version": 7,
        "master_data": EXAMPLE_DATA,
        "vehicle_model": {
            "id": "01JDG4M4Q2W8Z3V5T7Y9R1N6KD",
            "brand": "Volkswagen",
            "model": "Golf",
        },
        "place": PlaceShape.example,
        "operation_status": OperationStatusShape.example,
        "custom_fields": EXAMPLE_FIELDS,
        "tags": ["winter"],
        "capabilities": CapabilitiesShape.example,
        "telematics_unit": MountedUnitShape.example,
        "last_contact_at": "2026-11-28T09:14:00Z",
        "life_status": LifeStatus.ONLINE.value,
    }

    vehicle_id = serializers.CharField()
    fleet_id = serializers.CharField()
    status = serializers.SerializerMethodField(help_text=_("OPEN or ARCHIVED."))
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    version = serializers.IntegerField(
        help_text=_("Rises with every change. State and contact do not change it.")
    )
    master_data = MasterDataShape(source="*")
    vehicle_model = ModelReference(allow_null=True)
    place = PlaceShape(allow_null=True, help_text=_("Where it belongs."))
    operation_status = OperationStatusShape(source="*")
    custom_fields = CustomFields()
    tags = serializers.ListField(child=serializers.CharField())
    capabilities = serializers.SerializerMethodField()
    telematics_unit = serializers.SerializerMethodField()
    last_contact_at = serializers.SerializerMethodField(
        help_text=_("When the unit sent its last message.")
    )
    life_status = serializers.SerializerMethodField(
        help_text=_(
            "ONLINE, SILENT (no message for 35 minutes), or NEVER (no unit, or no message yet)."
        )
    )

    def get_status(self, vehicle: Vehicle) -> str:
        return ARCHIVED if vehicle.archived_at else OPEN

    @extend_schema_field(CapabilitiesShape)
    def get_capabilities(self, vehicle: Vehicle) -> dict:
        return capabilities_of(vehicle)

    @extend_schema_field(MountedUnitShape(allow_null=True))
    def get_telematics_unit(self, vehicle: Vehicle) -> dict | None:
        return MountedUnitShape.of(vehicle) if vehicle.unit_id else None

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_last_contact_at(self, vehicle: Vehicle) -> Any:
        at = last_contact(vehicle)
        return serializers.DateTimeField().to_representation(at) if at else None

    def get_life_status(self, vehicle: Vehicle) -> str:
        return life_status(vehicle)


VehicleList = list_shape(
    VehicleShape,
    "VehicleList",
    next_changed_after=serializers.DateTimeField(
        allow_null=True,
        help_text=_("With `changed_after`: its value in the next request, after the last page."),
    ),
)


@extend_schema_serializer(component_name="CatalogueModel")
class VehicleModelShape(Shape):
    example = {
        "id": "01JDG4M4Q2W8Z3V5T7Y9R1N6KD",
        "brand": "Volkswagen",
        "model": "Golf",
        "fuel_type": "PETROL",
        "vehicle_type": "CAR",
        "built_from": 2020,
        "built_to": None,
        "installation_variants": ["WIRED"],
        "central_lock_connection_types": ["DIRECT"],
        "features": ["tracking"],
        "capabilities": ["central_lock"],
    }

    id = serializers.CharField()
    brand = serializers.CharField()
    model = serializers.CharField()
    fuel_type = serializers.CharField()
    vehicle_type = serializers.CharField()
    built_from = serializers.IntegerField()
    built_to = serializers.IntegerField(allow_null=True)
    installation_variants = serializers.ListField(child=serializers.CharField())
    central_lock_connection_types = serializers.ListField(child=serializers.CharField())
    features = serializers.ListField(child=serializers.CharField())
    capabilities = serializers.ListField(child=serializers.CharField())


VehicleModelList = list_shape(VehicleModelShape, "CatalogueModelList")


@extend_schema_serializer(component_name="UnitHolder")
class HolderShape(Shape):
    """The company that holds a unit."""

    partner_id = serializers.CharField(source="company_id")
    name = serializers.CharField(source="company.name")
    since = serializers.DateTimeField(source="started_at")


@extend_schema_serializer(component_name="TelematicsUnit")
class UnitShape(Shape):
    example = {
        "qnr": "00A1B2C3D4E5F607",
        "model": "CloudBoxx 4",
        "firmware": "4.2.0",
        "in_stock": False,
        "vehicle_id": "QX7A1",
        "held_by": None,
        "retired_at": None,
    }

    qnr = serializers.CharField()
    model = OrNull()
    firmware = OrNull()
    in_stock = serializers.SerializerMethodField()
    vehicle_id = serializers.SerializerMethodField()
    held_by = serializers.SerializerMethodField()
    retired_at = serializers.DateTimeField(allow_null=True)

    def get_in_stock(self, unit: Unit) -> bool:
        return unit.retired_at is None and self.get_vehicle_id(unit) is None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_vehicle_id(self, unit: Unit) -> str | None:
        vehicle = getattr(unit, "vehicle", None)
        return vehicle.pk if vehicle is not None else None

    @extend_schema_field(HolderShape(allow_null=True))
    def get_held_by(self, unit: Any) -> dict[str, Any] | None:
        """`unit` comes with its open custody as `held`."""
        return HolderShape.of(unit.held[0]) if unit.held else None


UnitList = list_shape(UnitShape, "TelematicsUnitList")
