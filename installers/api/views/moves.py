"""The moves of an installer and of his company's admin."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.moves import MoveRefused, NotAllowed
from core.web.idempotency import Answer, answer_once
from core.web.serializers import NoInput
from installers.api.serializers import FillIn, Finish, HandBack, LinkUnit, column
from installers.api.shapes import JobDetail
from installers.api.views.base import JobView, MoveView, SmartControlView
from jobs.models import Job

IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="The `version` that was read; 412 when it is another by now."
)
# An entity tag as we gave it, with or without its quotes.
TAG = re.compile(r'(?:W/)?"?(\d{1,9})"?')
# What no job has: a tag that we never gave matches nothing.
NO_VERSION = -1


class AssignmentView(MoveView):
    keys = {"POST": False, "DELETE": False}

    @extend_schema(operation_id="take_job", request=NoInput, responses=JobDetail)
    def post(self, request: Request, id: str) -> Response:
        """Make this job mine. Whoever has it already is answered with the job as it is."""
        return self.move("take", lambda data: self.job.take(by=request.user), holder=False, done=self._is_mine)

    @extend_schema(operation_id="withdraw_from_job", responses={200: JobDetail})
    def delete(self, request: Request, id: str) -> Response:
        """Free this job, also for a colleague who is away. Whoever did so last is answered with the job as it is."""
        return self.move(
            "withdraw", lambda data: self.job.withdraw(by=request.user), holder=False, done=self._freed_by_me
        )

    def _is_mine(self, job: Job) -> bool:
        return job.status == Job.Status.RUNNING and job.assignee_id == self.request.user.pk

    def _freed_by_me(self, job: Job) -> bool:
        last = job.events.order_by("-seq").first()
        return job.status == Job.Status.ASSIGNED and (last.verb, last.actor_id) == ("withdraw", self.request.user.pk)


class HandbackView(JobView):
    """Return an assigned job to the client; for admins of the company."""

    keys = {"POST": True}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """The job is looked for later: a repeat meets its answer, not the 404 of a job that has left the company."""
        SmartControlView.initial(self, request, *args, **kwargs)
        if request.method not in self.keys:
            self.find_job()

    @extend_schema(operation_id="hand_back_job", request=HandBack, responses=JobDetail)
    def post(self, request: Request, id: str) -> Response:
        """The job as it went back. From now on it is the client's: 404 to all but a repeat, and to that once it goes on."""
        return self.show(answer_once(request, self._hand_back, judge=self._judge))

    def show(self, answer: Answer) -> Response:
        """What the client does to the job afterwards is nothing that a repeat of this request may tell."""
        job = Job.objects.get(pk=answer.object_id)
        last = job.events.order_by("-seq").first()
        if (last.verb, last.actor_id) != ("hand_back", self.request.user.pk):
            self.find_job()
        return super().show(answer)

    def _judge(self) -> None:
        self.find_job()
        if not self.membership.is_admin:
            raise NotAllowed
        self.judge("hand_back", holder=False)

    def _hand_back(self) -> Answer:
        self.require_key()
        self.job.hand_back(by=self.request.user, **self.validated(HandBack).validated_data)
        return Answer(200, self.job.pk)


class UnitView(MoveView):
    """Say which unit is built in: the vehicle appears in the fleet, access to it begins."""

    keys = {"PUT": True}

    @extend_schema(operation_id="link_unit", request=LinkUnit, responses=JobDetail)
    def put(self, request: Request, id: str) -> Response:
        return self.move(
            "link_unit", lambda data: self.job.link_unit(data.validated_data["qnr"], by=request.user), takes=LinkUnit
        )


class FieldsView(MoveView):
    """Fill in what the client left open."""

    keys = {"PATCH": True}
    refuses = {"PATCH": [412]}

    @extend_schema(operation_id="fill_in", request=FillIn, responses=JobDetail, parameters=[IF_MATCH])
    def patch(self, request: Request, id: str) -> Response:
        return self.move("fill_in", self._fill_in, takes=FillIn)

    def _fill_in(self, data: FillIn) -> None:
        try:
            self.job.fill_in(by=self.request.user, expected_version=expected_version(self.request), **data.values())
        except ValidationError as error:
            raise ValidationError({column(name): texts for name, texts in error.message_dict.items()}) from error
        except MoveRefused as refused:
            if "fields" in refused.extra:
                refused.extra["fields"] = [column(name) for name in refused.extra["fields"]]
            raise


def expected_version(request: Request) -> int | None:
    wanted = request.headers.get("If-Match", "*").strip()
    if wanted == "*":
        return None
    tag = TAG.fullmatch(wanted)
    return int(tag[1]) if tag else NO_VERSION


class AccessView(MoveView):
    """Renew the lease; a new access where the old one is over."""

    keys = {"POST": False}

    @extend_schema(operation_id="renew_access", request=NoInput, responses=JobDetail)
    def post(self, request: Request, id: str) -> Response:
        return self.move("renew", lambda data: self.job.renew_access(by=request.user))


class OutcomeView(MoveView):
    """The end of the job: access to the vehicle is over with it."""

    keys = {"POST": False}

    @extend_schema(operation_id="finish_job", request=Finish, responses=JobDetail)
    def post(self, request: Request, id: str) -> Response:
        """Whoever has finished the job just so is answered with the job as it is; another outcome is refused."""
        return self.move("succeed", self._finish, takes=Finish, done=self._finished_so)

    def _finish(self, data: Finish) -> None:
        result = dict(data.validated_data)
        if result.pop("outcome") == Job.Status.SUCCEEDED:
            self.job.succeed(by=self.request.user, comment=result["comment"])
        else:
            self.job.fail(by=self.request.user, **result)

    def _finished_so(self, job: Job) -> bool:
        asked = Finish(data=self.request.data)
        if job.assignee_id != self.request.user.pk or not asked.is_valid():
            return False
        wanted = asked.validated_data
        other = Job.FailureReason.OTHER if wanted["outcome"] == Job.Status.FAILED else ""
        asked_for = (wanted["outcome"], wanted["comment"], wanted.get("reason", other))
        return asked_for == (job.status, job.comment, job.failure_reason)
