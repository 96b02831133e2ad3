"""Tests of the unit: list them, request them, confirm a prompt."""

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import MoveRefused
from core.once import Answer
from installers.api.attempt_shapes import Test, attempts_at
from installers.api.filters import TestsQuery
from installers.api.serializers import Confirmation, TestSelection
from installers.api.views.base import ASSIGNMENT, JobView
from jobs.models import InstallationTest
from jobs.models.refused_attempt import Attempted

# Only the holder of a RUNNING job may test, as only they may renew the access. A test has its own row and is no move.
VERB_OF_HOLDER = "renew"
OF_HOLDER = ("wrong_status", "assignment_over", "not_holder", "fleet_suspended", "not_allowed")


class OfHolder(JobView):
    def judge_holder(self) -> None:
        self.judge(VERB_OF_HOLDER)


class TestsView(OfHolder):
    attempts = {"POST": Attempted.REQUEST_TESTS}
    keys = {"POST": True}
    reads = {"POST": [ASSIGNMENT]}
    query_parameters = {"GET": TestsQuery}
    refuses = {"POST": (*OF_HOLDER, "no_unit", "not_configured", "access_stopped", "access_ended")}

    @extend_schema(operation_id="list_tests", responses=Test(many=True))
    def get(self, request: Request, id: str) -> Response:
        """List the tests of a job.

        Every required kind with its latest attempt, in the order in which they run. `attempts=all` lists every attempt.
        """
        wanted = self.query.validated_data["attempts"]
        return Response(attempts_at(self.job, every_attempt=wanted == "all"))

    @extend_schema(
        operation_id="request_tests", request=TestSelection, responses={202: Test(many=True)}
    )
    def post(self, request: Request, id: str) -> Response:
        """Request tests.

        Queue tests of the unit. They run one after the other; poll the list for their results. Some tests wait for a
        person, who confirms a prompt.
        """

        def queue() -> Answer:
            self.require_key()
            self.job.request_tests(
                by=self.request.user,
                kinds=self.validated(TestSelection).validated_data.get("kinds"),
            )
            return Answer(202, self.job.pk)

        answer = self.once(queue, judge=self.judge_holder)
        return Response(attempts_at(self.job), answer.status)


class OneTestView(OfHolder):
    path_parameters = {
        **OfHolder.path_parameters,
        "kind": _("The kind of the test, e.g. CENTRAL_LOCK."),
    }

    def find(self) -> None:
        super().find()
        if self.kwargs["kind"] not in InstallationTest.Kind:
            raise Http404

    @property
    def latest(self) -> InstallationTest | None:
        return self.job.tests.filter(kind=self.kwargs["kind"]).order_by("id").last()

    def show_test(self, answer: Answer) -> Response:
        (test,) = self.job.tests.filter(pk=answer.object_id).as_read()
        required = self.job.proof.required_tests()
        return Response(Test(test, context={"required": required}).data, answer.status)


class TestView(OneTestView):
    __test__ = False  # its name looks like a test class to the test runner
    keys = {"DELETE": False}
    reads = {"DELETE": [ASSIGNMENT]}
    refuses = {"DELETE": OF_HOLDER}

    @extend_schema(operation_id="cancel_test", responses={200: Test})
    def delete(self, request: Request, id: str, kind: str) -> Response:
        """Cancel a test.

        Stop the latest attempt at a test that waits, runs or asks for a person. If it was moving the vehicle, the
        vehicle is locked and driving disabled. Idempotent: an attempt that has ended is returned unchanged. 404 if the
        test was never requested.
        """

        def cancelled() -> Answer:
            test = self.latest
            if test is None:
                raise Http404
            test.cancel(by=self.request.user)
            return Answer(200, test.pk)

        return self.show_test(self.once(cancelled, judge=self.judge_holder))


class ConfirmationView(OneTestView):
    attempts = {"POST": Attempted.CONFIRM_TEST}
    keys = {"POST": True}
    reads = {"POST": [ASSIGNMENT]}
    refuses = {"POST": (*OF_HOLDER, "no_prompt")}

    @extend_schema(
        operation_id="confirm_test",
        request=Confirmation,
        responses=Test,
    )
    def post(self, request: Request, id: str, kind: str) -> Response:
        """Confirm a prompt.

        Answer the open prompt of a test: whether the person saw what it describes. The test goes on or fails.
        """

        def confirmed() -> Answer:
            self.require_key()
            data = self.validated(Confirmation).validated_data
            test = self.latest
            if test is None:
                self.job.check_not_suspended(request.user)
                raise MoveRefused("no_prompt")
            test.confirm(data.get("prompt"), data["observed"], by=self.request.user)
            return Answer(200, test.pk)

        return self.show_test(self.once(confirmed, judge=self.judge_holder))
