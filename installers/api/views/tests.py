"""Tests of the unit: asked for, watched, confirmed."""

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from core.moves import MoveRefused
from core.web.idempotency import Answer, answer_once
from core.web.problem_codes import CODES
from installers.api.serializers import Confirm, RequestTests
from installers.api.shapes import Test, attempts_at
from installers.api.views.base import JobView
from jobs.models import InstallationTest

# Tests are the holder's while the job runs, as renewing is; they have rows of their own and are no move.
OF_HOLDER = "renew"
ATTEMPTS = OpenApiParameter(
    "attempts", str, enum=["latest", "all"], default="latest", description="The latest attempt of each kind, or all."
)


class OfHolder(JobView):
    def judge_holder(self) -> None:
        self.judge(OF_HOLDER)


class TestsView(OfHolder):
    keys = {"POST": True}

    @extend_schema(operation_id="list_tests", responses=Test(many=True), parameters=[ATTEMPTS])
    def get(self, request: Request, id: str) -> Response:
        attempts = request.query_params.get("attempts", "latest")
        if attempts not in ATTEMPTS.enum:
            raise ValidationError({"attempts": [CODES["invalid"].title]})
        return Response(attempts_at(self.job, every_attempt=attempts == "all"))

    @extend_schema(operation_id="request_tests", request=RequestTests, responses={202: Test(many=True)})
    def post(self, request: Request, id: str) -> Response:
        """Ask for tests, by default for all required ones; they run one after the other."""

        def asked() -> Answer:
            self.require_key()
            self.job.request_tests(by=request.user, kinds=self.validated(RequestTests).validated_data.get("kinds"))
            return Answer(202, self.job.pk)

        answer = answer_once(request, asked, judge=self.judge_holder)
        return Response(attempts_at(self.job), answer.status)


class ConfirmationView(OfHolder):
    """Answer what a test asks: whether it is as the prompt says."""

    keys = {"POST": True}

    def initial(self, request: Request, *args, **kwargs) -> None:
        super().initial(request, *args, **kwargs)
        if kwargs["kind"] not in InstallationTest.Kind:
            raise Http404

    @extend_schema(operation_id="confirm_test", request=Confirm, responses=Test)
    def post(self, request: Request, id: str, kind: str) -> Response:
        def confirmed() -> Answer:
            self.require_key()
            data = self.validated(Confirm).validated_data
            test = self.job.tests.filter(kind=kind).order_by("id").last()
            if test is None:
                raise MoveRefused("no_prompt", CODES["no_prompt"].title)
            test.confirm(data.get("prompt"), data["observed"], by=request.user)
            return Answer(200, test.pk)

        answer = answer_once(request, confirmed, judge=self.judge_holder)
        test = self.job.tests.get(pk=answer.object_id)
        return Response(Test(test, context={"required": self.job.required_tests()}).data, answer.status)
