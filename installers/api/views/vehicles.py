"""The state and the commands of a vehicle to which the caller has access. Every call checks the access."""

import re
from typing import NoReturn

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import MoveRefused
from core.once import Answer
from core.web.api.open_document import reference
from core.web.api.serializers import NoInput
from core.web.converters import Ulid
from installers.api.views.base import ASSIGNMENT, SmartControlView
from jobs.models import Job, VehicleAccess
from jobs.models.refused_attempt import Attempted
from telematics.models import Command, VehicleState
from telematics.verbs import VERBS
from telematics.web.shapes import EXAMPLE, CommandShape
from telematics.web.waiting import settled

# How many seconds a request waits for the vehicle.
WAIT = 5.0
NAME = OpenApiParameter(
    "command", str, OpenApiParameter.PATH, enum=list(VERBS), description="The name of the command."
)
STATE = OpenApiExample("Example", EXAMPLE, response_only=True, status_codes=["200"])
ID = OpenApiParameter("command", str, OpenApiParameter.PATH, description="The id of the command.")


class VehicleView(SmartControlView):
    """A URL of one vehicle: 404 without a job for it; 409 with the reason for its holder whose access has ended."""

    always_refuses = (
        "not_found",
        "not_allowed",
        "second_factor_required",
        "company_suspended",
        "agreement_missing",
        "fleet_suspended",
        "access_stopped",
        "access_ended",
    )
    path_parameters = {"vehicle_id": _("The id of the vehicle.")}
    former_access = ("key__vehicle", "vehicle_id")

    job: Job | None = None

    def find(self) -> None:
        access = VehicleAccess.objects.open_for(self.request.user, self.kwargs["vehicle_id"])
        if access is None:
            self._refuse()
        self.access = access
        self.job = access.job
        self.job.expected_assignment = self.meant_assignment()
        company = access.job.company
        assert company, "job_assigned_has_company"
        self.company_id = company.pk
        self.require_second_factor(company)

    def problem_members(self, exc: MoveRefused) -> dict[str, str]:
        if self.job:
            return {"job_status": self.job.status}
        return {}

    def _refuse(self) -> NoReturn:
        mine = Job.objects.for_installer(self.request.user).filter(
            assignee=self.request.user, status=Job.Status.RUNNING
        )
        self.job = mine.filter(vehicle=self.kwargs["vehicle_id"]).first()
        if self.job is None:
            self.refuse_unseen()
        self.job.check_not_suspended(self.request.user)
        code = "access_stopped" if self.job.access_stopped_at else "access_ended"
        raise MoveRefused(code)


class StateView(VehicleView):
    attempts = {"GET": Attempted.SHOW_STATE}

    @extend_schema(
        operation_id="show_vehicle_state",
        responses={200: reference("Signals")},
        examples=[STATE],
    )
    def get(self, request: Request, vehicle_id: str) -> Response:
        """Show the state of a vehicle.

        The last value of each signal that the vehicle's model supports, with its time. Empty before the first message.
        """
        return Response(VehicleState.public(self.access.key.vehicle))


class CommandView(VehicleView):
    """One URL for both ends of a command: it is sent by its name and read by its id."""

    attempts = {"GET": Attempted.SHOW_COMMAND}
    keys = {"POST": True}
    reads = {"POST": [ASSIGNMENT]}
    refuses = {"POST": ("assignment_over", "not_supported", "no_unit", "no_key")}

    def attempted(self) -> str:
        if self.request.method == "POST" and self.kwargs["command"] in VERBS:
            return self.kwargs["command"]
        return super().attempted()

    @extend_schema(
        operation_id="send_command",
        request=NoInput,
        responses={200: CommandShape, 202: CommandShape},
        parameters=[NAME],
    )
    def post(self, request: Request, vehicle_id: str, command: str) -> Response:
        """Send a command.

        200 with the result, or 202 if the vehicle has not answered within 5 seconds: then read the command by its id.
        """
        if command not in VERBS:
            raise Http404

        def queued() -> Answer:
            self.require_key()
            self.validated()
            return Answer(202, self.access.command(command, by=self.request.user).pk)

        answer = self.answer_once(self.company_id, queued)
        sent = settled(answer.object_id, within=WAIT)
        return Response(CommandShape(sent).data, 200 if sent.settled_at else 202)

    @extend_schema(
        operation_id="show_command",
        responses=CommandShape,
        parameters=[ID],
    )
    def get(self, request: Request, vehicle_id: str, command: str) -> Response:
        """Show a command.

        The status and the result of a command that the caller sent.
        """
        mine = Command.objects.filter(vehicle=vehicle_id, requested_by=self.request.user)
        mine = mine.select_related("vehicle__unit")
        return Response(CommandShape(get_object_or_404(mine, pk=as_ulid(command))).data)


def as_ulid(text: str) -> str:
    if not re.fullmatch(Ulid.regex, text):
        raise Http404
    return text
