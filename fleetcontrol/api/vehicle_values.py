"""What OneAPI reads of vehicles: the bodies of its requests."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from core.web.api.serializers import Choice, StrictSerializer, Text, Whole
from fleetcontrol.api.vehicle_shapes import EXAMPLE_FIELDS
from telematics.labels import LONGEST_TAG, LONGEST_VALUE, MOST_TAGS
from telematics.models import FuelType, OperationStatus, Transmission, VehicleType
from telematics.values import MODEL_NAME, NAMING_QNR, PLATE, VIN


class Clearable(Text):
    """A text that null clears."""

    def __init__(self, **options: Any):
        super().__init__(required=False, allow_null=True, allow_blank=True, **options)


def word_of(choices: Any) -> Choice:
    return Choice(required=False, allow_null=True, allow_blank=True, choices=choices.choices)


@extend_schema_serializer(component_name="MasterDataValues")
class MasterDataValues(StrictSerializer):
    """Only the fields that are named are changed. null clears one."""

    example = {"license_plate": "B QX 2041", "custom_name": None}

    vin = Clearable(kind=VIN, max_length=17)
    license_plate = Clearable(kind=PLATE, max_length=20)
    custom_name = Clearable(max_length=100)
    brand = Clearable(kind=MODEL_NAME, max_length=100)
    model = Clearable(kind=MODEL_NAME, max_length=100)
    fuel_type = word_of(FuelType)
    year_of_production = Whole(required=False, allow_null=True, min_value=0, max_value=9999)
    vehicle_type = word_of(VehicleType)
    transmission = word_of(Transmission)


def columns_of(master_data: dict[str, Any]) -> dict[str, Any]:
    """Master data as columns of a vehicle: blank in place of null, except for the year."""
    return {
        name: "" if value is None and name != "year_of_production" else value
        for name, value in master_data.items()
    }


@extend_schema_serializer(component_name="OperationStatusValues")
class OperationStatusValues(StrictSerializer):
    example = {"operation_status": "GARAGE", "remark": "Gearbox"}

    operation_status = Choice(choices=OperationStatus.choices)
    remark = Text(required=False, default="", allow_blank=True, max_length=200)


@extend_schema_serializer(component_name="VehicleModelChoice")
class VehicleModelChoice(StrictSerializer):
    example = {"vehicle_model_id": "01JDG4M4Q2W8Z3V5T7Y9R1N6KD"}

    vehicle_model_id = Text(allow_null=True, max_length=26)


@extend_schema_serializer(component_name="UnitChoice")
class UnitChoice(StrictSerializer):
    example = {"telematics_unit_id": "00A1B2C3D4E5F607"}

    telematics_unit_id = Text(kind=NAMING_QNR, max_length=16)


class Tag(Text):
    def __init__(self) -> None:
        super().__init__(max_length=LONGEST_TAG)


def tags(**options: Any) -> serializers.ListField:
    return serializers.ListField(child=Tag(), max_length=MOST_TAGS, **options)


@extend_schema_serializer(component_name="Tags")
class TagValues(StrictSerializer):
    example = {"tags": ["winter"]}

    tags = tags()


@extend_schema_serializer(component_name="TagChanges")
class TagChanges(StrictSerializer):
    example = {"add": ["winter"], "remove": ["summer"]}

    add = tags(required=False, default=list)
    remove = tags(required=False, default=list)


class CustomFieldValue(Text):
    def __init__(self) -> None:
        super().__init__(allow_null=True, allow_blank=True, max_length=LONGEST_VALUE)


CUSTOM_FIELD_VALUES = {
    "title": "CustomFieldValuesRequest",
    "type": "object",
    "maxProperties": 100,
    "additionalProperties": {"type": ["string", "null"], "maxLength": LONGEST_VALUE},
    "example": EXAMPLE_FIELDS,
}


def custom_field_values(given: Any) -> dict[str, str | None]:
    """Read a body of names and values. Raises ValidationError with every wrong value at its name."""
    if not isinstance(given, dict):
        raise serializers.ValidationError(
            {"non_field_errors": [_("Send an object of names and values.")]}
        )
    errors: dict[str, Any] = {}
    read: dict[str, str | None] = {}
    for name, value in given.items():
        try:
            read[str(name)] = CustomFieldValue().run_validation(value)
        except serializers.ValidationError as wrong:
            errors[str(name)] = wrong.detail
    if errors:
        raise serializers.ValidationError(errors)
    return read


@extend_schema_field(CUSTOM_FIELD_VALUES)
class CustomFieldValues(serializers.Field):
    def to_internal_value(self, data: Any) -> dict[str, str | None]:
        return custom_field_values(data)


@extend_schema_serializer(component_name="NewVehicle")
class NewVehicle(StrictSerializer):
    """No field is required."""

    example = {
        "telematics_unit_id": "00A1B2C3D4E5F607",
        "master_data": {"license_plate": "B QX 2041"},
        "custom_fields": EXAMPLE_FIELDS,
        "tags": ["winter"],
    }

    telematics_unit_id = Text(
        required=False, allow_null=True, kind=NAMING_QNR, max_length=16, help_text=_("In stock.")
    )
    vehicle_model_id = Text(required=False, allow_null=True, max_length=26)
    master_data = MasterDataValues(required=False)
    custom_fields = CustomFieldValues(required=False)
    tags = tags(required=False)
    operation_status = Choice(required=False, choices=OperationStatus.choices)
