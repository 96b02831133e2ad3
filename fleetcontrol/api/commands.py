"""OneAPI's commands: send one to a vehicle, and read what became of it."""

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiClient
from core.errors import MoveRefused
from core.once import Answer
from fleetcontrol.api.base import MissingPermissions, OneApiView
from fleetcontrol.api.command_shapes import VehicleCommandList, VehicleCommandShape
from fleetcontrol.api.lists import ListQuery, listed
from fleetcontrol.api.vehicles import VehicleView
from telematics.models import Command
from telematics.models.command import CommandQuerySet
from telematics.verbs import VERBS
from telematics.web.waiting import settled_if_there_is_room

READ = "commands:read"
WRITE = "commands:write"
# How many seconds a request waits for the vehicle.
WAIT = 30.0
RESPOND_ASYNC = "respond-async"
NAME = OpenApiParameter(
    "name", str, OpenApiParameter.PATH, enum=list(VERBS), description="The name of the command."
)
PREFER = OpenApiParameter(
    "Prefer",
    str,
    OpenApiParameter.HEADER,
    description="`respond-async`: 202 at once instead of waiting for the vehicle.",
)
LOST_RIGHT = ("not_allowed", "missing_permissions")


class SendCommand(VehicleView):
    rights = {"POST": WRITE}
    keys = {"POST": True}
    reads = {"POST": [PREFER]}
    refuses = {
        "POST": (
            "vehicle_archived",
            "no_unit",
            "no_key",
            "not_supported",
            "test_running",
            "vehicle_state_conflict",
            "unit_unreachable",
        )
    }

    def find(self) -> None:
        if self.kwargs["name"] not in VERBS:
            raise Http404
        super().find()

    @extend_schema(
        operation_id="command_vehicle",
        request=None,
        responses={200: VehicleCommandShape, 202: VehicleCommandShape},
        parameters=[NAME],
    )
    def post(self, request: Request, vehicle_id: str, name: str) -> Response:
        """Send a command to a vehicle.

        200 with the new state. 202 with the `Location` of the command if the vehicle has not answered within 30
        seconds. A command that was not carried out is a problem with its `command_id`. A repeat with the same
        `Idempotency-Key` sends nothing and gets the same result.
        """

        def queue() -> Answer:
            self.require_key()
            self.validated()
            return Answer(200, self.vehicle.commands_by(self.caller).send(name).pk)

        command_id = self.answer_once(queue).object_id
        command = settled_if_there_is_room(command_id, within=0 if self.is_asynchronous else WAIT)
        if command.settled_at is None:
            location = reverse("oneapi:command", args=[command.pk])
            return Response(
                VehicleCommandShape.of(command), 202, headers={"Location": location, **self.applied}
            )
        self.check_carried_out(command)
        return Response(VehicleCommandShape.of(command), headers=self.applied)

    @property
    def is_asynchronous(self) -> bool:
        wishes = self.request.headers.get("Prefer", "").lower().split(",")
        return RESPOND_ASYNC in (wish.strip() for wish in wishes)

    @property
    def applied(self) -> dict[str, str]:
        if self.is_asynchronous:
            return {"Preference-Applied": RESPOND_ASYNC}
        return {}

    def check_carried_out(self, command: Command) -> None:
        """Raise what a command that ended otherwise is answered with."""
        if not command.error:
            return
        if command.error in LOST_RIGHT:
            self.check_works()
            raise MissingPermissions
        raise MoveRefused(command.refusal, command_id=command.pk)


class CommandsOfVehicle(VehicleView):
    rights = {"GET": READ}
    query_parameters = {"GET": ListQuery}
    refuses = {"GET": ("invalid_cursor",)}
    query: ListQuery

    @extend_schema(operation_id="list_vehicle_commands", responses=VehicleCommandList)
    def get(self, request: Request, vehicle_id: str) -> Response:
        """List the commands of a vehicle.

        Newest first, by whomever they were sent. Of those that an installer or a test sent, the result is not shown.
        """
        rows = commands_of(self.caller).filter(vehicle=self.vehicle)
        return Response(
            listed(self.fleet, rows, self.query, order="-id", shape=VehicleCommandShape.of)
        )


class OneCommand(OneApiView):
    rights = {"GET": READ}
    always_refuses = ("not_found",)
    path_parameters = {"id": _("The id of the command.")}

    @extend_schema(operation_id="show_vehicle_command", responses=VehicleCommandShape)
    def get(self, request: Request, id: str) -> Response:
        """Show a command.

        Its status, and its result if the fleet itself sent it.
        """
        command = commands_of(self.caller).filter(pk=id).first()
        if command is None:
            raise Http404
        return Response(VehicleCommandShape.of(command))


def commands_of(caller: ApiClient) -> CommandQuerySet:
    return Command.objects.visible_to(caller).select_related(
        "vehicle__unit", "vehicle__vehicle_model", "key", "client", "requested_by"
    )
