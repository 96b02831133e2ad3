"""The moves of an installer and of an admin of their company."""

import re
from functools import partial

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import MoveRefused, NotAllowed
from core.once import Answer
from core.web.api.serializers import NoInput
from core.web.api.tags import expected_version
from installers.api.job_shapes import FinishedJob, JobDetail
from installers.api.serializers import FieldValues, HandbackReason, Outcome, UnitLink, column
from installers.api.views.base import (
    ASSIGNMENT,
    FINISHED_SHEET,
    OCCURRED_AT,
    JobView,
    MoveView,
)
from jobs.models import Job
from jobs.models.refused_attempt import Attempted

# An entity tag as this API sends it, with or without its quotes, or the `version` alone: the number before the dot.
TAG = re.compile(r'(?:W/)?"?([0-9]{1,9})(?:\.[0-9a-f]+)?"?')
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The `ETag` or `version` that was read. 412 if fields were filled in since; what else has changed does "
    "not matter.",
    pattern=rf"^(?:\*|{TAG.pattern})$",
)


# The headers of every move of a job that is under way.
OF_ASSIGNMENT = [ASSIGNMENT, OCCURRED_AT]
# The refusals of every move by the holder of a job.
OF_HOLDER = ("wrong_status", "assignment_over", "not_holder", "fleet_suspended", "not_allowed")


class AssignmentView(MoveView):
    attempts = {"POST": Attempted.TAKE}
    keys = {"POST": False, "DELETE": False}
    reads = {"POST": [OCCURRED_AT], "DELETE": OF_ASSIGNMENT}
    refuses = {
        "POST": (
            "wrong_status",
            "not_allowed",
            "fleet_suspended",
            "agreement_required",
            "reserved",
            "vehicle_in_use",
        ),
        "DELETE": ("wrong_status", "assignment_over", "not_allowed", "command_in_flight"),
    }

    @extend_schema(
        operation_id="take_job",
        request=NoInput,
        responses=JobDetail,
    )
    def post(self, request: Request, id: str) -> Response:
        """Take a job.

        The job becomes RUNNING and the caller's own. If it has a vehicle, access to the vehicle starts. Only one caller
        wins. Idempotent: if the caller already holds the job, it is returned unchanged.

        The header `Assignment` of the response is the id of the assignment that this call began. A repeat with the same
        key names the same one, also if another one is under way.
        """
        return self.move(
            "take",
            lambda data: self.job.take(by=request.user),
            holder=False,
            done=self._is_mine,
            keeps=lambda: str(self.job.assignment),
        )

    @extend_schema(operation_id="withdraw_job", responses={200: JobDetail})
    def delete(self, request: Request, id: str) -> Response:
        """Withdraw a job.

        The job becomes ASSIGNED again and any colleague can take it. Everybody in the company may withdraw a job, for
        example when its holder is away. Access to the vehicle ends; the unit and the values stay. Idempotent: if the
        caller was the last to withdraw the job, it is returned unchanged.
        """
        return self.move(
            "withdraw",
            lambda data: self.job.withdraw(by=request.user),
            holder=False,
            done=self._freed_by_me,
        )

    def _is_mine(self, job: Job) -> bool:
        return job.status == Job.Status.RUNNING and job.assignee_id == self.request.user.pk

    def _freed_by_me(self, job: Job) -> bool:
        last = job.events.order_by("-seq").values_list("verb", "actor_id").first()
        return job.status == Job.Status.ASSIGNED and last == ("withdraw", self.request.user.pk)


class HandbackView(JobView):
    keys = {"POST": True}
    reads = {"POST": [OCCURRED_AT]}
    refuses = {"POST": ("not_allowed", "wrong_status")}

    @extend_schema(
        operation_id="hand_back_job",
        request=HandbackReason,
        responses=JobDetail,
    )
    def post(self, request: Request, id: str) -> Response:
        """Hand a job back.

        Return an ASSIGNED job to the fleet, with a reason. Only for admins of the company. From
        then on the job is 404 for the company. A repeat with the same key is 410 `done_before`.
        """
        judge = partial(self.judge, "hand_back", holder=False)
        return self.show(self.once(self._hand_back, judge=judge))

    def find_job(self) -> None:
        """For admins of the company alone, also when they repeat a call."""
        super().find_job()
        is_admin = self.membership is not None and self.membership.is_admin
        if self.request.method in self.keys and not is_admin:
            raise NotAllowed

    def _hand_back(self) -> Answer:
        self.require_key()
        self.job.hand_back(by=self.request.user, **self.validated(HandbackReason).validated_data)
        return Answer(200, self.job.pk)


class UnitView(MoveView):
    attempts = {"PUT": Attempted.LINK_UNIT}
    keys = {"PUT": True}
    reads = {"PUT": OF_ASSIGNMENT}
    refuses = {
        "PUT": (
            *OF_HOLDER,
            "unit_not_available",
            "other_unit_planned",
            "other_unit_mounted",
            "vin_in_fleet",
            "access_stopped",
            "vehicle_in_use",
            "no_unit_here",
            "command_in_flight",
            "vehicle_archived",
            "vehicle_has_unit",
        )
    }

    @extend_schema(
        operation_id="link_unit",
        request=UnitLink,
        responses=JobDetail,
    )
    def put(self, request: Request, id: str) -> Response:
        """Link the unit.

        Set the unit that is being installed. The vehicle appears in the fleet, access to it starts, and the unit is
        configured. A unit of another fleet, a mounted one and an unknown one get the same refusal. Where a unit is
        replaced, `removed_qnr` is the one that is taken out; where it is removed, `qnr` is. 409 `other_unit_mounted`
        if another one is in the vehicle.
        """
        return self.move("link_unit", self._link, takes=UnitLink)

    def _link(self, data: UnitLink) -> None:
        given = data.validated_data
        removed = given.get("removed_qnr")
        is_replacement = self.job.task == Job.Task.REPLACE_UNIT
        if is_replacement and removed is None and self.job.fitting.qnr_to_take_out:
            raise ValidationError(
                {"removed_qnr": [_("Send the QNR of the unit that is taken out.")]}
            )
        if not is_replacement and removed is not None:
            raise ValidationError({"removed_qnr": [_("This job does not replace a unit.")]})
        self.job.link_unit(given["qnr"], by=self.request.user, removed_qnr=removed)


class FieldsView(MoveView):
    keys = {"PATCH": True}
    reads = {"PATCH": [IF_MATCH, *OF_ASSIGNMENT]}
    refuses = {
        "PATCH": (
            *OF_HOLDER,
            "wrong_kind",
            "field_locked",
            "field_changed",
            "vin_in_fleet",
            "stale",
        )
    }

    @extend_schema(operation_id="fill_in", request=FieldValues, responses=JobDetail)
    def patch(self, request: Request, id: str) -> Response:
        """Fill in fields.

        Set the fields that the fleet manager left open; all of them or none. Send `If-Match` with
        the `version` that was read, so that two phones do not overwrite each other; or name in `expected` the values
        that were read, of which only a changed one refuses the edit.
        """
        return self.move("fill_in", self._fill_in, takes=FieldValues)

    def _fill_in(self, data: FieldValues) -> None:
        try:
            self.job.fill_in(
                by=self.request.user,
                expected_version=expected_version(self.request, TAG),
                expected=data.validated_data.get("expected", {}),
                **data.values(),
            )
        except ValidationError as error:
            raise ValidationError(
                {column(name): texts for name, texts in error.message_dict.items()}
            ) from error
        except MoveRefused as refused:
            extra = refused.extra
            if "fields" in extra:
                extra["fields"] = [column(name) for name in extra["fields"]]
            if "changed" in extra:
                extra["changed"] = {column(name): two for name, two in extra["changed"].items()}
            raise


class AccessView(MoveView):
    attempts = {"POST": Attempted.RENEW}
    keys = {"POST": False}
    reads = {"POST": OF_ASSIGNMENT}
    refuses = {"POST": (*OF_HOLDER, "access_stopped", "no_vehicle", "vehicle_in_use")}

    @extend_schema(
        operation_id="renew_access",
        request=NoInput,
        responses=JobDetail,
    )
    def post(self, request: Request, id: str) -> Response:
        """Renew the access.

        Extend the access to the vehicle, or start a new one if it has ended.
        """
        return self.move("renew", lambda data: self.job.renew_access(by=request.user))


class OutcomeView(MoveView):
    shape = FinishedJob
    sheet = FINISHED_SHEET
    keys = {"POST": False}
    reads = {"POST": OF_ASSIGNMENT}
    refuses = {
        "POST": (*OF_HOLDER, "incomplete", "command_in_flight", "vin_in_fleet", "vin_differs")
    }

    @extend_schema(
        operation_id="finish_job",
        request=Outcome,
        responses=FinishedJob,
    )
    def post(self, request: Request, id: str) -> Response:
        """Finish a job.

        End the job with SUCCEEDED or FAILED. Both are final, and access to the vehicle ends. A job
        succeeds only if nothing is missing; a failed one needs a comment. Idempotent: the same
        outcome again returns the job unchanged. `warnings` lists what was not as it should be, for example an unlocked
        vehicle. 409 `vin_differs` where the unit reads another VIN than the job has: after the person has checked it,
        send that one as `confirmed_vin`, which is recorded.
        """
        return self.move("succeed", self._finish, takes=Outcome, done=self._finished_so)

    def _finish(self, data: Outcome) -> None:
        result = dict(data.validated_data)
        if result.pop("outcome") == Job.Status.SUCCEEDED:
            self.job.succeed(by=self.request.user, **result)
        else:
            self.job.fail(by=self.request.user, **result)

    def _finished_so(self, job: Job) -> bool:
        sent = Outcome(data=self.request.data)
        if job.assignee_id != self.request.user.pk or not sent.is_valid():
            return False
        wanted = sent.validated_data
        other = Job.FailureReason.OTHER if wanted["outcome"] == Job.Status.FAILED else ""
        wanted_outcome = (wanted["outcome"], wanted["comment"], wanted.get("reason", other))
        return wanted_outcome == (job.status, job.comment, job.failure_reason)
