"""OneAPI's telematics units and vehicle models: lists, and the unit of a vehicle."""

from django.db.models import Prefetch
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiClient
from fleetcontrol.api.base import OneApiView
from fleetcontrol.api.lists import listed
from fleetcontrol.api.vehicle_queries import ModelQuery, UnitQuery
from fleetcontrol.api.vehicle_shapes import (
    MountedUnitShape,
    UnitList,
    UnitShape,
    VehicleModelList,
    VehicleModelShape,
)
from fleetcontrol.api.vehicle_values import UnitChoice
from fleetcontrol.api.vehicles import READ, WRITE, VehicleView, check_unit
from fleetcontrol.api.versions import IF_MATCH
from telematics.models import Custody, Unit, VehicleModel
from telematics.models.unit import UnitQuerySet
from telematics.values import QNR

QNR_OF_UNIT = OpenApiParameter(
    "qnr",
    str,
    OpenApiParameter.PATH,
    description="The QNR of the unit.",
    pattern="^[0-9A-F]{16}$",
)


def units_of(caller: ApiClient) -> UnitQuerySet:
    """The units of the client's fleet, as `UnitShape` shows them: an index begins with the fleet."""
    held = Prefetch("custodies", Custody.objects.open().select_related("company"), to_attr="held")
    units = Unit.objects.filter(fleet=caller.fleet)
    return units.select_related("vehicle").prefetch_related(held)


class ModelListView(OneApiView):
    rights = {"GET": READ}
    query_parameters = {"GET": ModelQuery}
    refuses = {"GET": ("invalid_cursor",)}
    query: ModelQuery

    @extend_schema(operation_id="list_models", responses=VehicleModelList)
    def get(self, request: Request) -> Response:
        """List vehicle models.

        The models in which a unit can be installed, and what each supports.
        """
        rows = self.query.filter()
        return Response(
            listed(self.fleet, rows, self.query, order="brand", shape=VehicleModelShape.of)
        )


class ModelView(OneApiView):
    rights = {"GET": READ}
    always_refuses = ("not_found",)
    path_parameters = {"id": _("The id of the vehicle model.")}

    @extend_schema(operation_id="show_model", responses=VehicleModelShape)
    def get(self, request: Request, id: str) -> Response:
        """Show a vehicle model.

        What a unit can be, do and report in a vehicle of this model.
        """
        model = VehicleModel.objects.active().filter(pk=id).first()
        if model is None:
            raise Http404
        return Response(VehicleModelShape.of(model))


class UnitListView(OneApiView):
    rights = {"GET": READ}
    query_parameters = {"GET": UnitQuery}
    refuses = {"GET": ("invalid_cursor",)}
    query: UnitQuery

    @extend_schema(operation_id="list_units", responses=UnitList)
    def get(self, request: Request) -> Response:
        """List the telematics units of the fleet.

        In the order of their QNR, with the vehicle that each is in, or the company that holds it.
        """
        rows = self.query.filter(units_of(self.caller), self.fleet)
        return Response(listed(self.fleet, rows, self.query, order="qnr", shape=UnitShape.of))


class UnitView(OneApiView):
    rights = {"GET": READ}
    always_refuses = ("not_found",)

    @extend_schema(operation_id="show_unit", responses=UnitShape, parameters=[QNR_OF_UNIT])
    def get(self, request: Request, qnr: str) -> Response:
        """Show a telematics unit.

        Its model and firmware as it reported them, and the vehicle that it is in or the company that holds it.
        """
        units = units_of(self.caller)
        unit = units.filter(pk=QNR.canonical(qnr)).first()
        if unit is None:
            raise Http404
        return Response(UnitShape.of(unit))


class UnitOfVehicle(VehicleView):
    rights = {"GET": READ, "PUT": WRITE, "DELETE": WRITE}
    keys = {"PUT": False, "DELETE": False}
    reads = {"PUT": [IF_MATCH], "DELETE": [IF_MATCH]}
    refuses = {
        "PUT": (
            "stale",
            "vehicle_archived",
            "vehicle_in_use",
            "unit_not_available",
            "referenced_resource_not_found",
        ),
        "DELETE": ("stale", "vehicle_archived", "vehicle_in_use"),
    }

    def unit(self) -> Response:
        if self.vehicle.unit_id is None:
            raise Http404
        return self.part(MountedUnitShape)

    @extend_schema(operation_id="show_unit_of_vehicle", responses=MountedUnitShape)
    def get(self, request: Request, vehicle_id: str) -> Response:
        """Show the unit of a vehicle.

        404 if the vehicle has none.
        """
        return self.unit()

    @extend_schema(operation_id="assign_unit", request=UnitChoice, responses=MountedUnitShape)
    def put(self, request: Request, vehicle_id: str) -> Response:
        """Assign or swap the unit.

        The unit must be in stock of the fleet; one that is in the vehicle goes back to stock. Refused while an open job
        is about the vehicle: its unit changes by that job.
        """

        def change() -> None:
            qnr = self.given(UnitChoice)["telematics_unit_id"]
            self.edits.exchange_unit(check_unit(self.caller, qnr))

        self.change(change)
        return self.unit()

    @extend_schema(operation_id="take_out_unit", responses={204: None})
    def delete(self, request: Request, vehicle_id: str) -> Response:
        """Take the unit out.

        It goes back to stock. The vehicle then sends nothing and takes no commands.
        """
        self.validated()
        self.change(lambda: self.edits.exchange_unit(None))
        return Response(status=204)
