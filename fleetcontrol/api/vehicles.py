"""OneAPI's vehicles: list, add, read, change, archive, restore. Every change is a domain method."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.once import Answer
from core.web.api.idempotency import require_key
from core.web.api.serializers import Shape, StrictSerializer
from core.web.converters import Ulid
from fleetcontrol.api.base import NoSuchReference, OneApiView
from fleetcontrol.api.lists import listed
from fleetcontrol.api.vehicle_queries import CUSTOM_FIELD_PARAMETER, VehicleQuery
from fleetcontrol.api.vehicle_shapes import (
    CUSTOM_FIELD_VALUES,
    CUSTOM_FIELDS,
    EXAMPLE_FIELDS,
    CapabilitiesShape,
    CustomFields,
    MasterDataShape,
    MasterDataValues,
    NewVehicle,
    OperationStatusShape,
    OperationStatusValues,
    TagChanges,
    TagValues,
    VehicleList,
    VehicleModelChoice,
    VehicleShape,
    capabilities_of,
    custom_field_values,
)
from fleetcontrol.api.versions import IF_MATCH, expected_version, tag_of
from telematics.models import Unit, Vehicle, VehicleModel, VehicleState
from telematics.models.fleet_edits import FleetEdits
from telematics.models.vehicle import VehicleQuerySet
from telematics.web.shapes import EXAMPLE, SIGNALS

READ = "vehicles:read"
WRITE = "vehicles:write"
NO_MODEL = _("There is no vehicle model with this id.")
NO_UNIT = _("The fleet has no unit with this QNR.")


def vehicles_of(caller: Any) -> VehicleQuerySet:
    return Vehicle.objects.visible_to(caller).select_related("vehicle_model", "unit", "state")


def chosen_model(model_id: str | None) -> VehicleModel | None:
    """The active vehicle model with this id. Raises NoSuchReference."""
    if not model_id:
        return None
    if re.fullmatch(Ulid.regex, model_id):
        model = VehicleModel.objects.active().filter(pk=model_id).first()
        if model is not None:
            return model
    raise NoSuchReference("vehicle_model_id", NO_MODEL)


def check_unit(caller: Any, qnr: str | None) -> str | None:
    """Return the QNR. Raises NoSuchReference where it is none of the fleet's units."""
    if qnr and not Unit.objects.visible_to(caller).filter(pk=qnr).exists():
        raise NoSuchReference("telematics_unit_id", NO_UNIT)
    return qnr or None


@contextmanager
def errors_at(rename: Callable[[str], str]) -> Iterator[None]:
    """Show the errors of the domain at the names that the body has."""
    try:
        yield
    except DjangoValidationError as wrong:
        if not hasattr(wrong, "error_dict"):
            raise
        raise DjangoValidationError(
            {rename(name): errors for name, errors in wrong.error_dict.items()}
        ) from wrong


class VehicleListView(OneApiView):
    rights = {"GET": READ, "POST": WRITE}
    keys = {"POST": True}
    query_parameters = {"GET": VehicleQuery}
    reads = {"GET": [CUSTOM_FIELD_PARAMETER]}
    refuses = {
        "GET": ("invalid_cursor",),
        "POST": ("referenced_resource_not_found", "unit_not_available", "vin_in_fleet"),
    }
    query: VehicleQuery

    @extend_schema(operation_id="list_vehicles", responses=VehicleList)
    def get(self, request: Request) -> Response:
        """List vehicles.

        Newest first, in pages. With `changed_after`, the vehicles that have changed since then, oldest first: go on
        with `next` to the last page, and begin the next time with its `next_changed_after`.
        """
        rows = self.query.filter(vehicles_of(self.caller))
        found = listed(self.fleet, rows, self.query, order=self.query.order, shape=VehicleShape.of)
        return Response({**found, "next_changed_after": self.next_changed_after(found["results"])})

    def next_changed_after(self, results: list[dict]) -> str | None:
        since = self.query.validated_data.get("changed_after")
        if since is None:
            return None
        if results:
            return results[-1]["updated_at"]
        return serializers.DateTimeField().to_representation(since)

    @extend_schema(operation_id="add_vehicle", request=NewVehicle, responses={201: VehicleShape})
    def post(self, request: Request) -> Response:
        """Add a vehicle.

        No field is required. The unit must be in stock of the fleet.
        """

        def add() -> Answer:
            require_key(request)
            given = self.validated(NewVehicle).validated_data
            with errors_at(lambda name: name):
                vehicle = Vehicle.objects.create_by(
                    self.caller,
                    fleet=self.fleet,
                    qnr=check_unit(self.caller, given.get("telematics_unit_id")),
                    **new_values(given),
                )
            return Answer(201, vehicle.pk)

        answer = self.answer_once(add)
        return shown(self.caller, answer.object_id, status=201)


def new_values(given: dict[str, Any]) -> dict[str, Any]:
    """The columns of a new vehicle."""
    master_data = given.get("master_data", {})
    values = {
        name: "" if value is None and name != "year_of_production" else value
        for name, value in master_data.items()
    }
    values["vehicle_model"] = chosen_model(given.get("vehicle_model_id"))
    for name in ("custom_fields", "tags", "operation_status"):
        if name in given:
            values[name] = given[name]
    return values


def shown(caller: Any, vehicle_id: str, *, status: int = 200) -> Response:
    """The vehicle as it now is, with its version; a new one with its URL."""
    vehicle = get_object_or_404(vehicles_of(caller), pk=vehicle_id)
    headers = {"ETag": tag_of(vehicle.version)}
    if status == 201:
        headers["Location"] = reverse("oneapi:vehicle", args=[vehicle.pk])
    return Response(VehicleShape.of(vehicle), status, headers=headers)


class VehicleView(OneApiView):
    """A URL of one vehicle. Those of other fleets are not found."""

    always_refuses = ("not_found",)
    path_parameters = {"vehicle_id": _("The id of the vehicle.")}
    vehicle: Vehicle

    def find(self) -> None:
        found = vehicles_of(self.caller).filter(pk=self.kwargs["vehicle_id"]).first()
        if found is None:
            raise Http404
        self.vehicle = found

    @property
    def edits(self) -> FleetEdits:
        return self.vehicle.edits(self.caller, expected=expected_version(self.request))

    def part(self, shape: type[Shape]) -> Response:
        """A part of the vehicle, with the version of the whole."""
        return self.answer(shape.of(self.vehicle))

    def answer(self, body: Any) -> Response:
        return Response(body, headers={"ETag": tag_of(self.vehicle.version)})

    def change(
        self, action: Callable[[], None], *, rename: Callable[[str], str] = lambda name: name
    ) -> None:
        """Carry out a change, once for each Idempotency-Key, and read the vehicle again."""

        def once() -> Answer:
            with errors_at(rename):
                action()
            return Answer(200, self.vehicle.pk)

        self.answer_once(once)
        self.find()

    def given(self, serializer: type[StrictSerializer]) -> dict[str, Any]:
        return self.validated(serializer).validated_data


class OneVehicle(VehicleView):
    rights = {"GET": READ, "DELETE": WRITE}
    keys = {"DELETE": False}
    reads = {"DELETE": [IF_MATCH]}
    refuses = {"DELETE": ("stale", "vehicle_in_use")}

    @extend_schema(operation_id="show_vehicle", responses=VehicleShape)
    def get(self, request: Request, vehicle_id: str) -> Response:
        """Show a vehicle.

        Its master data, model, operation status, custom fields and tags, its unit, and when it was last heard.
        """
        return self.part(VehicleShape)

    @extend_schema(operation_id="archive_vehicle", responses={204: None})
    def delete(self, request: Request, vehicle_id: str) -> Response:
        """Archive a vehicle.

        Its unit goes back to stock, and its VIN is free again. Refused while an assigned or running job is about the
        vehicle. It can be restored for 90 days.
        """
        self.validated()
        self.change(self.edits.archive)
        return Response(status=204)


class RestoreVehicle(VehicleView):
    rights = {"POST": WRITE}
    keys = {"POST": True}
    reads = {"POST": [IF_MATCH]}
    refuses = {"POST": ("stale", "restore_over", "vin_in_fleet")}

    @extend_schema(operation_id="restore_vehicle", request=None, responses=VehicleShape)
    def post(self, request: Request, vehicle_id: str) -> Response:
        """Restore an archived vehicle.

        For 90 days, without its unit. A vehicle that is not archived is returned unchanged.
        """

        def restore() -> None:
            require_key(request)
            self.validated()
            self.edits.restore()

        self.change(restore)
        return self.part(VehicleShape)


class MasterData(VehicleView):
    rights = {"GET": READ, "PATCH": WRITE}
    keys = {"PATCH": False}
    reads = {"PATCH": [IF_MATCH]}
    refuses = {"PATCH": ("stale", "vehicle_archived", "vin_in_fleet")}

    @extend_schema(operation_id="show_master_data", responses=MasterDataShape)
    def get(self, request: Request, vehicle_id: str) -> Response:
        """Show the master data of a vehicle.

        What identifies and describes it. A missing value is null.
        """
        return self.part(MasterDataShape)

    @extend_schema(
        operation_id="change_master_data", request=MasterDataValues, responses=MasterDataShape
    )
    def patch(self, request: Request, vehicle_id: str) -> Response:
        """Change master data.

        Only the fields that are named are changed; null clears one.
        """

        def change() -> None:
            values = self.validated(MasterDataValues)
            self.edits.set_master_data(**values.values)  # type: ignore[attr-defined]

        self.change(change)
        return self.part(MasterDataShape)


class ModelOfVehicle(VehicleView):
    rights = {"PUT": WRITE}
    keys = {"PUT": False}
    reads = {"PUT": [IF_MATCH]}
    refuses = {"PUT": ("stale", "vehicle_archived", "referenced_resource_not_found")}

    @extend_schema(
        operation_id="set_vehicle_model", request=VehicleModelChoice, responses=VehicleShape
    )
    def put(self, request: Request, vehicle_id: str) -> Response:
        """Set the vehicle model.

        It says what the vehicle can do and report. null: not known.
        """

        def change() -> None:
            model_id = self.given(VehicleModelChoice)["vehicle_model_id"]
            self.edits.set_vehicle_model(chosen_model(model_id))

        self.change(change, rename=lambda _name: "vehicle_model_id")
        return self.part(VehicleShape)


FIELDS_EXAMPLE = [OpenApiExample("Example", EXAMPLE_FIELDS)]
FIELDS = {"application/json": CUSTOM_FIELD_VALUES}


class CustomFieldsOfVehicle(VehicleView):
    rights = {"GET": READ, "PATCH": WRITE, "PUT": WRITE}
    keys = {"PATCH": False, "PUT": False}
    reads = {"PATCH": [IF_MATCH], "PUT": [IF_MATCH]}
    refuses = dict.fromkeys(("PATCH", "PUT"), ("stale", "vehicle_archived"))

    @extend_schema(
        operation_id="show_custom_fields", responses={200: CUSTOM_FIELDS}, examples=FIELDS_EXAMPLE
    )
    def get(self, request: Request, vehicle_id: str) -> Response:
        """Show the custom fields of a vehicle.

        Names and texts that the fleet has chosen.
        """
        return self.fields()

    @extend_schema(
        operation_id="change_custom_fields",
        request=FIELDS,
        responses={200: CUSTOM_FIELDS},
        examples=FIELDS_EXAMPLE,
    )
    def patch(self, request: Request, vehicle_id: str) -> Response:
        """Change custom fields.

        Only those that are named are changed; null removes one. A vehicle has at most 50.
        """
        self.change(lambda: self.edits.set_custom_fields(custom_field_values(request.data)))
        return self.fields()

    @extend_schema(
        operation_id="replace_custom_fields",
        request=FIELDS,
        responses={200: CUSTOM_FIELDS},
        examples=FIELDS_EXAMPLE,
    )
    def put(self, request: Request, vehicle_id: str) -> Response:
        """Replace all custom fields.

        Those that are not named are removed. A vehicle has at most 50.
        """
        self.change(
            lambda: self.edits.set_custom_fields(custom_field_values(request.data), replace=True)
        )
        return self.fields()

    def fields(self) -> Response:
        return self.answer(CustomFields().to_representation(self.vehicle.custom_fields))


class TagsOfVehicle(VehicleView):
    rights = {"PUT": WRITE, "PATCH": WRITE}
    keys = {"PUT": False, "PATCH": False}
    reads = {"PUT": [IF_MATCH], "PATCH": [IF_MATCH]}
    refuses = dict.fromkeys(("PATCH", "PUT"), ("stale", "vehicle_archived"))

    @extend_schema(operation_id="replace_tags", request=TagValues, responses=VehicleShape)
    def put(self, request: Request, vehicle_id: str) -> Response:
        """Replace the tags of a vehicle.

        Each tag is kept once. A vehicle has at most 50.
        """
        self.change(lambda: self.edits.set_tags(self.given(TagValues)["tags"]))
        return self.part(VehicleShape)

    @extend_schema(operation_id="change_tags", request=TagChanges, responses=VehicleShape)
    def patch(self, request: Request, vehicle_id: str) -> Response:
        """Add and remove tags of a vehicle.

        Tags that are not named stay. A tag that is in both lists is removed.
        """
        self.change(lambda: self.edits.change_tags(**self.given(TagChanges)))
        return self.part(VehicleShape)


class StatusOfVehicle(VehicleView):
    rights = {"PUT": WRITE}
    keys = {"PUT": False}
    reads = {"PUT": [IF_MATCH]}
    refuses = {"PUT": ("stale", "vehicle_archived")}

    @extend_schema(
        operation_id="set_operation_status",
        request=OperationStatusValues,
        responses=OperationStatusShape,
    )
    def put(self, request: Request, vehicle_id: str) -> Response:
        """Set the operation status.

        With a remark for people. `changed_at` is when the status itself last changed.
        """

        def change() -> None:
            given = self.given(OperationStatusValues)
            self.edits.set_operation_status(given["operation_status"], remark=given["remark"])

        self.change(change)
        return self.part(OperationStatusShape)


class StateOfVehicle(VehicleView):
    rights = {"GET": READ}

    @extend_schema(
        operation_id="show_state",
        responses={200: SIGNALS},
        examples=[OpenApiExample("Example", EXAMPLE, response_only=True, status_codes=["200"])],
    )
    def get(self, request: Request, vehicle_id: str) -> Response:
        """Show the state of a vehicle.

        The last value of each signal that the vehicle's model supports, with its time. Empty before the first message.
        To follow vehicles, receive messages instead of calling this again and again.
        """
        return Response(VehicleState.public(self.vehicle))


class CapabilitiesOfVehicle(VehicleView):
    rights = {"GET": READ}

    @extend_schema(operation_id="show_capabilities", responses=CapabilitiesShape)
    def get(self, request: Request, vehicle_id: str) -> Response:
        """Show what a vehicle can do and report.

        The commands that its model supports, and the signals of its state. Both are empty while the model is not known.
        """
        return Response(CapabilitiesShape.of(capabilities_of(self.vehicle)))
