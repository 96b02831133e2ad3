"""OneAPI's vehicles: list, add, read, archive, restore. Every change is a domain method."""

import re
from collections.abc import Callable
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiClient, Fleet
from core.once import Answer
from core.prepared import Given, Prepared
from core.web.api.serializers import Shape, StrictSerializer
from core.web.api.tags import expected_version
from core.web.converters import Ulid
from fleetcontrol.api.base import NoSuchReference, OneApiView
from fleetcontrol.api.lists import listed_changes
from fleetcontrol.api.vehicle_queries import CUSTOM_FIELD_PARAMETER, VehicleQuery
from fleetcontrol.api.vehicle_shapes import VehicleList, VehicleShape
from fleetcontrol.api.vehicle_values import NewVehicle, columns_of
from fleetcontrol.api.versions import IF_MATCH, TAG, tag_of
from telematics.models import Unit, Vehicle, VehicleModel
from telematics.models.fleet_edits import FleetEdits
from telematics.models.vehicle import VehicleQuerySet

READ = "vehicles:read"
WRITE = "vehicles:write"
NO_MODEL = _("There is no vehicle model with this id.")
NO_UNIT = _("The fleet has no unit with this QNR.")


def vehicles_of(caller: ApiClient) -> VehicleQuerySet:
    """The vehicles of the client's fleet: authentication has checked both, and an index begins with the fleet."""
    return vehicles_of_fleet(caller.fleet)


def vehicles_of_fleet(fleet: Any) -> VehicleQuerySet:
    return Vehicle.objects.filter(fleet=fleet).select_related(
        "vehicle_model", "unit", "state", "place"
    )


# Prepared, it saves 2 ms a call: `./bin/bench vehicles`, "one vehicle ÷ B1".
VEHICLE = Prepared(
    lambda: vehicles_of_fleet(Given("fleet", Fleet._meta.pk)).filter(
        pk=Given("pk", Vehicle._meta.pk)
    )
)


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
        vehicles = vehicles_of(self.caller)
        whole = vehicles if self.query.is_by_contents else None
        rows = self.query.filter(vehicles)
        page = listed_changes(self.fleet, rows, self.query, shape=VehicleShape.of, whole=whole)
        return Response(page)

    @extend_schema(operation_id="add_vehicle", request=NewVehicle, responses={201: VehicleShape})
    def post(self, request: Request) -> Response:
        """Add a vehicle.

        No field is required. The unit must be in stock of the fleet.
        """

        def add() -> Answer:
            self.require_key()
            given = self.validated(NewVehicle).validated_data
            vehicle = Vehicle.objects.create_by(
                self.caller,
                fleet=self.fleet,
                qnr=check_unit(self.caller, given.get("telematics_unit_id")),
                **new_values(given),
            )
            return Answer(201, vehicle.pk)

        answer = self.answer_once(add)
        vehicle = get_object_or_404(vehicles_of(self.caller), pk=answer.object_id)
        headers = {
            "ETag": tag_of(vehicle.version),
            "Location": reverse("oneapi:vehicle", args=[vehicle.pk]),
        }
        return Response(VehicleShape.of(vehicle), 201, headers=headers)


def new_values(given: dict[str, Any]) -> dict[str, Any]:
    """The columns of a new vehicle."""
    values = columns_of(given.get("master_data", {}))
    values["vehicle_model"] = chosen_model(given.get("vehicle_model_id"))
    for name in ("custom_fields", "tags", "operation_status"):
        if name in given:
            values[name] = given[name]
    return values


class VehicleView(OneApiView):
    """A URL of one vehicle. Those of other fleets are not found."""

    always_refuses = ("not_found",)
    path_parameters = {"vehicle_id": _("The id of the vehicle.")}
    vehicle: Vehicle

    def find(self) -> None:
        found = VEHICLE.first(fleet=self.fleet.pk, pk=self.kwargs["vehicle_id"])
        if found is None:
            raise Http404
        found.fleet = self.fleet  # loaded with the client
        self.vehicle = found

    @property
    def edits(self) -> FleetEdits:
        return self.vehicle.edits(self.caller, expected=expected_version(self.request, TAG))

    def part(self, shape: type[Shape]) -> Response:
        """A part of the vehicle, with the version of the whole."""
        return self.answer(shape.of(self.vehicle))

    def answer(self, body: Any) -> Response:
        return Response(body, headers={"ETag": tag_of(self.vehicle.version)})

    def change(self, action: Callable[[], None]) -> None:
        """Carry out a change, once for each Idempotency-Key. Afterwards the vehicle is as it now is."""
        before = self.vehicle.version

        def once() -> Answer:
            action()
            return Answer(200, self.vehicle.pk)

        self.answer_once(once)
        # One version further, nobody else has written, and the vehicle has what was written here.
        if self.vehicle.version != before + 1:
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
            self.require_key()
            self.validated()
            self.edits.restore()

        self.change(restore)
        return self.part(VehicleShape)
