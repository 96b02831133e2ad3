"""The base views of the SmartControl API: the caller, their job, and how a move is checked and answered."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from django.db import IntegrityError
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from accounts import second_factor
from accounts.authentication import SessionTokenAuthentication, WebsiteSessionAuthentication
from accounts.models import Company, CompanyMembership
from core import context
from core.errors import MoveRefused, NotAllowed
from core.once import Answer
from core.prepared import Given, GivenPerson, Prepared
from core.refusals import sentence
from core.web.api.idempotency import answer_once, check_done_before
from core.web.api.serializers import NoInput, StrictSerializer
from core.web.api.views import ApiView, NoSuchUrl
from core.web.collisions import refusal
from installers.api.job_shapes import JobDetail
from installers.api.shapes import Person
from installers.mixins import check_company
from jobs.models import Job, RefusedAttempt
from jobs.models.job_queryset import JobQuerySet
from jobs.parts.permits import working_on
from jobs.parts.tag import poll_after, tag_of
from jobs.reading.phone_sheet import PhoneSheet

# Takes the serializer of the request's body.
Action = Callable[[Any], None]
# Both stand for values that a call binds.
GIVEN_PERSON: Any = GivenPerson
GIVEN_JOB: Any = Given("pk", Job._meta.pk)
# Every call about a job runs the first of these, and a move is answered with the second.
# They save 1.5 and 3 ms a call: `./bin/bench list`, the lines "take ÷ B1" and "finish ÷ B1".
SEEN = Prepared(
    lambda: Job.objects.one_for_installer(GIVEN_JOB, GIVEN_PERSON).select_related("company")
)
SEEN_WITH_FACTS = Prepared(
    lambda: (
        Job.objects.one_for_installer(GIVEN_JOB, GIVEN_PERSON)
        .select_related("company")
        .with_facts(GIVEN_PERSON)
    )
)
SHEET = Prepared(lambda: Job.objects.for_phone(GIVEN_PERSON).filter(pk=GIVEN_JOB))
# Every check of the list for changes begins with it: `./bin/bench phone`, the line "check of the list, 304 ÷ B1".
MEMBERSHIP = Prepared(
    lambda: (
        CompanyMembership.objects.live()
        .with_agreement()
        .filter(user=GIVEN_PERSON.pk)
        .select_related("company")
    )
)
FINISHED_SHEET = Prepared(
    lambda: Job.objects.for_phone(GIVEN_PERSON).with_recorded_end().filter(pk=GIVEN_JOB)
)


PERSON = OpenApiParameter(
    "X-Person",
    int,
    OpenApiParameter.HEADER,
    description="The id of the person for whom the call is made, from `me/`. Required with a session cookie. "
    "409 `other_person` if somebody else is signed in; then nothing is done.",
)


class PersonInvalid(APIException):
    status_code = 400
    default_code = "invalid"
    default_detail = sentence("invalid")
    errors = {PERSON.name: [_("Send the id of the person for whom the call is made.")]}


ASSIGNMENT = OpenApiParameter(
    "Assignment",
    int,
    OpenApiParameter.HEADER,
    description="The id of the job's `assignment` for which the call is made. 409 `assignment_over` if another one, or "
    "none, is under way.",
)
OCCURRED_AT = OpenApiParameter(
    "Occurred-At",
    str,
    OpenApiParameter.HEADER,
    description="When it happened, if the call was kept until there was a network: ISO 8601 with a time zone. It is "
    "kept as what the client said; nothing is judged by it.",
)
SMALLEST_INTEGER_TOO_LARGE = 2**31


class AssignmentInvalid(APIException):
    status_code = 400
    default_code = "invalid"
    default_detail = sentence("invalid")
    errors = {ASSIGNMENT.name: [_("Send the id of the assignment.")]}


if TYPE_CHECKING:
    from rest_framework.request import Request

    from accounts.models import User

    class PersonRequest(Request):
        """A request of a signed-in person."""

        user: User
        auth: Any


class SmartControlView(ApiView):
    request: "PersonRequest"
    authentication_classes: list[Any] = [
        SessionTokenAuthentication,
        WebsiteSessionAuthentication,
    ]
    callers_refuse = ("other_person",)
    writers_refuse = ("csrf_failed",)
    repeats_refuse = ("done_before",)
    header_parameters: ClassVar[list] = [PERSON]
    # Whether a call by the website's session has to name its person.
    requires_person = True
    # By method: what of the use of a vehicle it attempts. Its refusals are recorded.
    attempts: ClassVar[dict[str, str]] = {}
    # What finds a former access of the caller: a lookup, and the parameter of the URL that it takes.
    former_access: ClassVar[tuple[str, str]] = ("job", "id")

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        occurrence = context.Occurrence.read(request.headers.get(OCCURRED_AT.name))
        with context.acting(occurrence=occurrence):
            return super().dispatch(request, *args, **kwargs)

    @property
    def is_by_website(self) -> bool:
        return isinstance(self.request.successful_authenticator, WebsiteSessionAuthentication)

    def check_caller(self) -> None:
        """Raise for a call that was made for another person: a browser has one session for all its tabs."""
        named = self.request.headers.get(PERSON.name)
        if named is None:
            if self.requires_person and self.is_by_website:
                raise PersonInvalid
            return
        if not re.fullmatch(r"[0-9]{1,18}", named):
            raise PersonInvalid
        if int(named) != self.request.user.pk:
            raise MoveRefused("other_person")

    def localise(self) -> None:
        """Answer in the person's language, with times in UTC."""
        super().localise()
        translation.activate(self.request.user.language)

    @cached_property
    def membership(self) -> CompanyMembership | None:
        """The caller's membership, and whether its company has signed the agreement (`has_signed`)."""
        return MEMBERSHIP.first(person=self.request.user.pk)

    def require_second_factor(self, company: Company) -> None:
        second_factor.check(self.request.user, company)

    def check_company(self) -> None:
        """Raise NotAllowed for people of a suspended company: they find no job, and this is the reason."""
        check_company(self.membership)

    def check_agreement(self) -> None:
        """Raise NotAllowed for people whose company has signed no version: they see no job, and this is the reason."""
        if self.membership and not self.membership.has_signed:
            raise NotAllowed("agreement_missing")

    def meant_assignment(self) -> int | None:
        """The assignment for which the call is made; None where it does not say, or may not."""
        meant = self.request.headers.get(ASSIGNMENT.name)
        if meant is None or ASSIGNMENT not in self.reads.get(self.request.method or "", ()):
            return None
        if not re.fullmatch(r"[0-9]{1,10}", meant) or int(meant) >= SMALLEST_INTEGER_TOO_LARGE:
            raise AssignmentInvalid
        return int(meant)

    def answer_once(
        self,
        company_id: str,
        action: Callable[[], Answer],
        *,
        judge: Callable[[], None] = lambda: None,
    ) -> Answer:
        """Run `action` for a company, once for each Idempotency-Key. A repeat is authorised like a first call."""
        return answer_once(
            self.request,
            action,
            judge=judge,
            authorise=self.find_again,
            on_behalf_of=f"company:{company_id}",
        )

    def find_again(self) -> None:
        self.__dict__.pop("membership", None)
        self.find()

    def handle_exception(self, exc: Exception) -> Response:
        response = super().handle_exception(exc)
        self._note_refusal(exc)
        return response

    def attempted(self) -> str:
        """What of the use of a vehicle the call attempts; blank for a call that attempts none."""
        return self.attempts.get(self.request.method or "", "")

    def _note_refusal(self, exc: Exception) -> None:
        """Record a refused use of a vehicle. The transaction of the call has been rolled back."""
        verb = self.attempted()
        job = getattr(self, "job", None)
        code = refused_code(exc, is_seen=job is not None)
        if verb and code:
            lookup, parameter = self.former_access
            former = {lookup: self.kwargs[parameter]}
            RefusedAttempt.objects.note(self.request.user, verb, code, job=job, former=former)

    def refuse_unseen(self) -> NoReturn:
        """Raise for what the caller does not see: 410 for a repeat of what they did for their company, else 404."""
        self.check_company()
        self.check_agreement()
        if self.membership and self.request.method in self.keys:
            self.require_second_factor(self.membership.company)
            check_done_before(self.request, f"company:{self.membership.company_id}")
        raise Http404

    def company(self) -> Company:
        """The company for which the person works. Raises NotAllowed for a person without one."""
        if self.membership is None:
            raise NotAllowed
        self.check_company()
        self.check_agreement()
        self.require_second_factor(self.membership.company)
        return self.membership.company

    def jobs(self) -> JobQuerySet[Job]:
        """The jobs of the person's company. Raises NotAllowed for a person without one."""
        company = self.company()
        # The company is named although the rights imply it, so that the planner can choose its index.
        return Job.objects.for_installer(self.request.user).in_company(company)


def refused_code(exc: Exception, *, is_seen: bool) -> str:
    """The code of a refusal; blank for other errors. What is missing within a job that is seen is no refusal."""
    if isinstance(exc, Http404):
        return "" if is_seen else "not_found"
    found = refusal(exc) if isinstance(exc, IntegrityError) else exc
    return found.code if isinstance(found, MoveRefused | NotAllowed) else ""


class JobView(SmartControlView):
    """A URL of one job: 404 for people of other companies, before anything else is checked."""

    always_refuses = (
        "not_found",
        "second_factor_required",
        "company_suspended",
        "agreement_missing",
    )
    path_parameters = {"id": _("The id of the job.")}

    def find(self) -> None:
        self.find_job()

    # What is read of the job before the call is judged.
    seen: ClassVar[Prepared] = SEEN

    def find_job(self) -> None:
        job = self.seen.first(person=self.request.user.pk, pk=self.kwargs["id"])
        if job is None:
            self.refuse_unseen()
        self.job = job
        self.require_second_factor(self.job.company)
        self.job.expected_assignment = self.meant_assignment()

    def once(self, action: Callable[[], Answer], *, judge: Callable[[], None]) -> Answer:
        return self.answer_once(self.job.company_id, action, judge=judge)

    def judge(self, verb: str, *, holder: bool = True) -> None:
        """Status, then holder; the move judges both again under its locks."""
        self.job.check_move(verb)
        if holder and self.job.assignee_id != self.request.user.pk:
            raise MoveRefused("not_holder")

    def problem_members(self, exc: MoveRefused) -> dict[str, Any]:
        """The job's status as it is now, which is what the client has to go on with."""
        if not hasattr(self, "job"):  # refused before it was looked up
            return {}
        status = (
            Job.objects.for_installer(self.request.user)
            .filter(pk=self.kwargs["id"])
            .values_list("status", flat=True)
            .first()
        )
        if status:
            return {"job_status": status}
        return {}

    # What the job is answered as.
    shape: ClassVar[type[JobDetail]] = JobDetail
    sheet: ClassVar[Prepared] = SHEET

    def may_take(self) -> bool:
        """Whether the agreement lets the caller take the job."""
        return self.job.company_or_refuse().may_take()

    def show(self, answer: Answer) -> Response:
        job = self.sheet.first(person=self.request.user.pk, pk=answer.object_id)
        job.phone = PhoneSheet(job, self.request.user, self.may_take)
        headers = self.headers_of(job)
        if answer.code:
            headers[ASSIGNMENT.name] = answer.code
        return Response(self.shape.of(job), answer.status, headers=headers)

    def headers_of(self, job: Job) -> dict[str, str]:
        """The tag of a job with its facts, and when to check it again."""
        return {"ETag": tag_of(job, self.request.user), "Poll-After": str(poll_after(job))}

    def handle_exception(self, exc: Exception) -> Response:
        """Name to colleagues who has the job that they cannot have."""
        if isinstance(exc, MoveRefused) and exc.code in ("wrong_status", "not_holder"):
            exc = self._naming_holder(exc)
        return super().handle_exception(exc)

    def _naming_holder(self, refused: MoveRefused) -> MoveRefused:
        jobs = Job.objects.for_installer(self.request.user).filter(pk=self.kwargs["id"])
        running = jobs.filter(status=Job.Status.RUNNING).exclude(assignee=self.request.user)
        job = running.select_related("assignee").first()
        if job is None:
            return refused
        return MoveRefused(
            refused.code, working_on(job), **refused.extra, holder=Person(job.assignee).data
        )


class MoveView(JobView):
    """A move of the job: checked, made once, answered with the job as it is now."""

    def move(
        self,
        verb: str,
        action: Action,
        *,
        takes: type[StrictSerializer] = NoInput,
        holder: bool = True,
        done: Callable[[Job], bool] | None = None,
        keeps: Callable[[], str] = str,
    ) -> Response:
        """Make the move `verb` by calling `action`, or return its earlier answer.

        `done` is for moves that may be repeated without an Idempotency-Key: it returns whether this person has already
        made exactly this move. `keeps` returns the assignment that the move began, which its repeats name, too.
        """

        def moved() -> Answer:
            self.require_key()
            action(self.validated(takes))
            return Answer(200, self.job.pk, keeps())

        try:
            answer = self.once(moved, judge=lambda: self.judge(verb, holder=holder))
        except MoveRefused as refused:
            if done is None or refused.code != "wrong_status" or not done(self.reloaded()):
                raise
            answer = Answer(200, self.job.pk)
        return self.show(answer)

    def reloaded(self) -> Job:
        """Load the job again: two of the same requests may run at the same time."""
        return get_object_or_404(Job.objects.for_installer(self.request.user), pk=self.job.pk)


class NothingHere(NoSuchUrl, SmartControlView):
    """Any other URL below the SmartControl API."""
