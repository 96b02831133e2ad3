"""OneAPI's changes of many vehicles in one request: all or nothing, every error at its row."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response

from core.ids import LONGEST
from core.once import Answer
from core.web.api.open_document import reference
from core.web.api.problems import flat
from core.web.api.serializers import Array, Shape, StrictSerializer, Text
from core.web.converters import Ulid
from fleetcontrol.api.base import NoSuchReference, OneApiView
from fleetcontrol.api.vehicle_shapes import EXAMPLE_FIELDS, VehicleShape
from fleetcontrol.api.vehicle_values import (
    CustomFieldValues,
    NewVehicle,
    columns_of,
)
from fleetcontrol.api.vehicles import NO_MODEL, NO_UNIT, WRITE, vehicles_of
from telematics.labels import LONGEST_NAME, MOST_FIELDS
from telematics.models import Unit, VehicleModel
from telematics.models.many_edits import UnknownVehicles, set_custom_fields
from telematics.models.many_vehicles import Errors, NewVehicles, Row

MOST_NEW = 100
MOST_CHANGED = 1000
# The columns of a new vehicle that a request names as they are.
AS_THEY_ARE = ("custom_fields", "tags", "operation_status")


@extend_schema_field(
    {
        "type": "array",
        "minItems": 1,
        "maxItems": MOST_NEW,
        "items": reference("NewVehicleRequest"),
    }
)
class RowsField(Array):
    """The rows as they were sent: each is read by itself, so that one with errors hides none of the others."""


@extend_schema_serializer(component_name="NewVehicles")
class NewVehiclesBody(StrictSerializer):
    example = {"vehicles": [NewVehicle.example]}

    vehicles = RowsField(min_length=1, max_length=MOST_NEW)


@extend_schema_serializer(component_name="AddedVehicles")
class AddedVehiclesShape(Shape):
    example = {"vehicles": [VehicleShape.example]}

    vehicles = VehicleShape(many=True)


class ManyVehicles(OneApiView):
    rights = {"POST": WRITE}
    keys = {"POST": True}

    @extend_schema(
        operation_id="add_vehicles", request=NewVehiclesBody, responses={201: AddedVehiclesShape}
    )
    def post(self, request: Request) -> Response:
        """Add up to 100 vehicles.

        All or none. The errors of every row are named by its position: `vehicles.3.vin` is about the fourth one.
        """

        def add() -> Answer:
            self.require_key()
            given = self.validated(NewVehiclesBody).validated_data["vehicles"]
            rows, errors = read_rows(self.caller, given)
            try:
                added = NewVehicles(self.fleet, rows, errors).create(self.caller)
            except DjangoValidationError as wrong:
                raise serializers.ValidationError(at_rows(wrong.message_dict)) from wrong
            return Answer(201, "", object_ids=tuple(vehicle.pk for vehicle in added))

        ids = self.answer_once(add).object_ids
        found = vehicles_of(self.caller).in_bulk(ids)
        vehicles = [VehicleShape.of(found[pk]) for pk in ids if pk in found]
        return Response({"vehicles": vehicles}, 201)


def read_rows(caller: Any, given: list[Any]) -> tuple[dict[int, Row], Errors]:
    """Number → what can be read of each row, and what is wrong, by `<number>.<field>`."""
    values: dict[int, dict[str, Any]] = {}
    errors: Errors = {}
    for number, row in enumerate(given):
        one = NewVehicle(data=row)
        if one.is_valid():
            values[number] = one.validated_data
            continue
        for field, texts in flat(one.errors).items():
            errors[f"{number}.{field.removeprefix('master_data.')}"] = texts
    models = _models(values.values())
    units = _units(caller, values.values())
    rows = {}
    for number, one_row in values.items():
        model_id = one_row.get("vehicle_model_id")
        qnr = one_row.get("telematics_unit_id") or None
        if model_id and model_id not in models:
            errors[f"{number}.vehicle_model_id"] = [NO_MODEL]
        if qnr and qnr not in units:
            errors[f"{number}.telematics_unit_id"] = [NO_UNIT]
        fields = columns_of(one_row.get("master_data", {}))
        fields["vehicle_model"] = models.get(model_id or "")
        fields |= {name: one_row[name] for name in AS_THEY_ARE if name in one_row}
        rows[number] = Row(fields, qnr if qnr in units else None)
    return rows, errors


def _models(rows: Iterable[Mapping[str, Any]]) -> dict[str, VehicleModel]:
    named = {row.get("vehicle_model_id") or "" for row in rows}
    ids = [one for one in named if re.fullmatch(Ulid.regex, one)]
    return {str(pk): model for pk, model in VehicleModel.objects.active().in_bulk(ids).items()}


def _units(caller: Any, rows: Iterable[Mapping[str, Any]]) -> set[str]:
    named = {row.get("telematics_unit_id") for row in rows} - {None, ""}
    if not named:
        return set()
    units = Unit.objects.visible_to(caller).filter(pk__in=named)
    return set(units.values_list("pk", flat=True))


def at_rows(errors: Mapping[str, list[Any]]) -> dict[str, list[ErrorDetail]]:
    """The errors by `vehicles.<number>.<field>`."""
    return {
        f"vehicles.{place}": [ErrorDetail(text) for text in texts]
        for place, texts in errors.items()
    }


@extend_schema_serializer(component_name="CustomFieldChanges")
class CustomFieldChanges(StrictSerializer):
    example = {"vehicle_ids": ["QX7A1"], "set": EXAMPLE_FIELDS, "remove": ["colour"]}

    vehicle_ids = Array(
        child=Text(max_length=LONGEST),
        min_length=1,
        max_length=MOST_CHANGED,
        help_text=_("The ids of the vehicles."),
    )
    set = CustomFieldValues(required=False)
    remove = Array(
        child=Text(max_length=LONGEST_NAME),
        required=False,
        default=list,
        max_length=MOST_FIELDS,
        help_text=_("Names of custom fields to remove."),
    )


@extend_schema_serializer(component_name="CustomFieldsChanged")
class CustomFieldsChangedShape(Shape):
    example = {"changed": 12, "unchanged": 3}

    changed = serializers.IntegerField(help_text=_("How many vehicles were changed."))
    unchanged = serializers.IntegerField(help_text=_("How many had these values already."))


class CustomFieldsOfMany(OneApiView):
    rights = {"PATCH": WRITE}
    keys = {"PATCH": False}
    refuses = {"PATCH": ("referenced_resource_not_found",)}

    @extend_schema(
        operation_id="change_custom_fields_of_many",
        request=CustomFieldChanges,
        responses=CustomFieldsChangedShape,
    )
    def patch(self, request: Request) -> Response:
        """Change custom fields of up to 1,000 vehicles.

        `set` gives values, `remove` takes fields away; others stay. If one of the ids is not a vehicle of the fleet,
        nothing is changed and the problem names it.
        """
        answer = self.answer_once(self.change)
        changed, unchanged = map(int, answer.object_ids)
        return Response({"changed": changed, "unchanged": unchanged})

    def change(self) -> Answer:
        given = self.validated(CustomFieldChanges).validated_data
        values = given.get("set", {}) | dict.fromkeys(given["remove"])
        try:
            done = set_custom_fields(self.fleet, given["vehicle_ids"], given=values, by=self.caller)
        except UnknownVehicles as unknown:
            raise NoSuchReference("vehicle_ids", str(unknown)) from unknown
        except DjangoValidationError as wrong:
            raise serializers.ValidationError(at_names(wrong.message_dict)) from wrong
        return Answer(200, "", object_ids=(str(done.changed), str(done.unchanged)))


def at_names(errors: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The errors of custom fields below `set`; those of the vehicles where they are."""
    return {
        name if name == "vehicle_ids" else f"set.{name}": texts for name, texts in errors.items()
    }
