"""The vehicle while one has access to it: its state and commands. Every call asks the one predicate of access."""

import re
import time

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.moves import MoveRefused
from core.web.converters import Ulid
from core.web.idempotency import Answer, answer_once
from core.web.problem_codes import CODES
from core.web.serializers import NoInput
from installers.api.shapes import SIGNALS, CommandShape
from installers.api.views.base import SmartControlView
from jobs.models import Job, VehicleAccess
from telematics.models import Command, VehicleState
from telematics.verbs import VERBS

# How long a request waits for the vehicle's answer, and how often it looks.
WAIT, LOOK = 5.0, 0.15
NAME = OpenApiParameter("command", str, OpenApiParameter.PATH, enum=list(VERBS), description="Its name.")
ID = OpenApiParameter("command", str, OpenApiParameter.PATH, description="Its id.")


class VehicleView(SmartControlView):
    """404 for whoever has no business with the vehicle; whoever works on it and has lost the access learns which."""

    refuses = {"GET": [409]}

    def initial(self, request: Request, *args, **kwargs) -> None:
        super().initial(request, *args, **kwargs)
        self.access = VehicleAccess.objects.open_for(request.user, kwargs["vehicle_id"])
        if self.access is None:
            self._refuse()
        self.demand_second_factor(self.access.job.company)

    def problem_members(self, exc: MoveRefused) -> dict[str, str]:
        return {"job_status": self.access.job.status} if self.access else {}

    def _refuse(self) -> None:
        mine = Job.objects.for_installer(self.request.user).filter(
            assignee=self.request.user, status=Job.Status.RUNNING
        )
        job = mine.filter(vehicle=self.kwargs["vehicle_id"]).first()
        if job is None:
            raise Http404
        code = "access_stopped" if job.access_stopped_at else "access_ended"
        raise MoveRefused(code, CODES[code].title, job_status=job.status)


class StateView(VehicleView):
    @extend_schema(operation_id="vehicle_state", responses={200: SIGNALS})
    def get(self, request: Request, vehicle_id: str) -> Response:
        """What the vehicle last said, as far as its model can say it."""
        return Response(VehicleState.public(self.access.key.vehicle))


class CommandView(VehicleView):
    """One address for the two ends of a command: sent by its name, looked up by its id."""

    keys = {"POST": True}

    @extend_schema(
        operation_id="send_command",
        request=NoInput,
        responses={200: CommandShape, 202: CommandShape},
        parameters=[NAME],
    )
    def post(self, request: Request, vehicle_id: str, command: str) -> Response:
        """Send a command. 200 with its result; 202 when the vehicle has not answered within 5 seconds: ask again by its id."""
        if command not in VERBS:
            raise Http404

        def queued() -> Answer:
            self.require_key()
            self.validated()
            return Answer(202, self.access.command(command, by=request.user).pk)

        sent = settled(answer_once(request, queued).object_id)
        return Response(CommandShape(sent).data, 200 if sent.settled_at else 202)

    @extend_schema(operation_id="command", responses=CommandShape, parameters=[ID])
    def get(self, request: Request, vehicle_id: str, command: str) -> Response:
        """One's own command: where it stands, what came of it."""
        mine = Command.objects.filter(vehicle=vehicle_id, requested_by=request.user)
        return Response(CommandShape(get_object_or_404(mine, pk=as_ulid(command))).data)


def settled(command_id: str) -> Command:
    """The command as soon as it is settled, or as it is after the wait. A worker talks to the unit, this only looks."""
    deadline = time.monotonic() + WAIT
    while True:
        command = Command.objects.get(pk=command_id)
        if command.settled_at or time.monotonic() >= deadline:
            return command
        time.sleep(LOOK)


def as_ulid(text: str) -> str:
    if not re.fullmatch(Ulid.regex, text):
        raise Http404
    return text
