"""What every address of the SmartControl API shares: who asks, for which job, and how a move is judged and answered."""

from collections.abc import Callable
from datetime import UTC
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone, translation
from django.utils.functional import cached_property
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import SessionTokenAuthentication
from accounts.models import Company, CompanyMembership
from core.moves import MoveRefused, NotAllowed
from core.prepared import Given, GivenPerson, Prepared
from core.web.idempotency import Answer, answer_once, require_key
from core.web.problem_codes import CODES
from core.web.schema import ProblemSchema
from core.web.serializers import NoInput, StrictJSONParser, StrictSerializer
from installers import second_factor
from installers.api.shapes import JobDetail
from jobs.models import Job

Act = Callable[[StrictSerializer], Any]
GIVEN_JOB = Given("pk", Job._meta.pk)
# Every call about a job asks the first of these, and a move is answered with the second.
SEEN = Prepared(lambda: Job.objects.one_for_installer(GIVEN_JOB, GivenPerson).select_related("company"))
SHEET = Prepared(lambda: Job.objects.for_phone().filter(pk=GIVEN_JOB))


class SmartControlView(APIView):
    authentication_classes: ClassVar = [SessionTokenAuthentication]
    permission_classes: ClassVar = [IsAuthenticated]
    parser_classes: ClassVar = [StrictJSONParser]
    renderer_classes: ClassVar = [JSONRenderer]
    schema = ProblemSchema()
    # The methods that read an Idempotency-Key; True where it is required.
    keys: ClassVar[dict[str, bool]] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """In the reader's language, and times in UTC, whatever the browser's session of the same person says."""
        super().initial(request, *args, **kwargs)
        translation.activate(request.user.language)
        timezone.activate(UTC)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    @cached_property
    def membership(self) -> CompanyMembership | None:
        return self.request.user.company_membership

    def demand_second_factor(self, company: Company) -> None:
        if second_factor.is_missing(self.request.user, company):
            code = "second_factor_required"
            raise NotAllowed(code, str(CODES[code].title))

    def jobs(self) -> QuerySet[Job]:
        """The jobs of the person's company. Raises NotAllowed for a person without one."""
        if self.membership is None:
            raise NotAllowed
        self.demand_second_factor(self.membership.company)
        # The company is named although the rights lead to it: known beforehand, it lets the planner choose its index.
        return Job.objects.for_installer(self.request.user).in_company(self.membership.company_id)

    def query(self, serializer_class: type[StrictSerializer]) -> StrictSerializer:
        """The query parameters, as strict as a body; a blank one is as good as none."""
        given = self.request.query_params.dict()
        known = serializer_class().fields
        serializer = serializer_class(data={name: value for name, value in given.items() if value or name not in known})
        serializer.is_valid(raise_exception=True)
        return serializer

    def validated(self, serializer_class: type[StrictSerializer] = NoInput) -> StrictSerializer:
        serializer = serializer_class(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return serializer

    def require_key(self) -> None:
        if self.keys[self.request.method]:
            require_key(self.request)


class JobView(SmartControlView):
    """An address of one job: 404 for everybody whose company has not got it, before anything else is judged."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.find_job()

    def find_job(self) -> None:
        job = SEEN.first(person=self.request.user.pk, pk=self.kwargs["id"])
        if job is None:
            raise Http404
        self.job = job
        self.demand_second_factor(self.job.company)

    def judge(self, verb: str, *, holder: bool = True) -> None:
        """Status, then holder; the move judges both again under its locks."""
        self.job.check_move(verb)
        if holder and self.job.assignee_id != self.request.user.pk:
            raise MoveRefused("not_holder", CODES["not_holder"].title)

    def problem_members(self, exc: MoveRefused) -> dict[str, Any]:
        """The job's status as it is now, which is what the client has to go on with."""
        status = (
            Job.objects.for_installer(self.request.user)
            .filter(pk=self.kwargs["id"])
            .values_list("status", flat=True)
            .first()
        )
        return {"job_status": status} if status else {}

    def show(self, answer: Answer) -> Response:
        job = SHEET.first(pk=answer.object_id)
        return Response(JobDetail.of(job), answer.status, headers={"ETag": f'"{job.fields_version}"'})


class MoveView(JobView):
    """A move of the job: judged, done once, answered with the job as it now is."""

    def move(
        self,
        verb: str,
        act: Act,
        *,
        takes: type[StrictSerializer] = NoInput,
        holder: bool = True,
        done: Callable[[Job], bool] | None = None,
    ) -> Response:
        """`done` tells of a move that repeats by nature whether this person has made it already, as it is asked for now."""

        def moved() -> Answer:
            self.require_key()
            act(self.validated(takes))
            return Answer(200, self.job.pk)

        try:
            answer = answer_once(self.request, moved, judge=lambda: self.judge(verb, holder=holder))
        except MoveRefused as refused:
            if done is None or refused.code != "wrong_status" or not done(self.reloaded()):
                raise
            answer = Answer(200, self.job.pk)
        return self.show(answer)

    def reloaded(self) -> Job:
        """As it is by now: two of the same requests may run at once."""
        return get_object_or_404(Job.objects.for_installer(self.request.user), pk=self.job.pk)


class NothingHere(SmartControlView):
    """Any other address below the API: a problem like all others, and first of all 401 for whoever is not signed in."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise Http404
