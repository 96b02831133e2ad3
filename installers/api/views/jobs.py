"""The phone's lists, and one job."""

import hashlib
import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    PolymorphicProxySerializer,
    extend_schema,
)
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Company, Partnership
from core.once import Answer
from core.prepared import Given, Prepared
from core.release import release
from core.web.api.cursors import page
from core.web.api.tags import is_known
from core.web.lists.counts import count_all
from installers.api.filters import JobQuery, categories
from installers.api.job_shapes import JobDetail, JobSheets
from installers.api.summary_shapes import ROW, JobCounts, JobPage, job_rows
from installers.api.views.base import (
    GIVEN_PERSON,
    SEEN,
    SEEN_WITH_FACTS,
    JobView,
    SmartControlView,
)
from jobs.freshness import TagCheck
from jobs.models import Job
from jobs.parts.tag import FACTS, LATER, poll_after, tag_of
from jobs.reading.phone_sheet import PhoneSheet

MOST_IN_INDEX = 2000
GIVEN_COMPANY: Any = Given("company", Company._meta.pk)

# Compiling its SQL takes longer than running it: `./bin/bench phone`, the line "first check of the list".
INDEX_ROWS = Prepared(
    lambda: (
        Job.objects.for_installer(GIVEN_PERSON)
        .in_company(GIVEN_COMPANY)
        .to_keep_on_phone()
        .with_facts(GIVEN_PERSON)
        .values_list(
            "pk",
            "version",
            "fields_version",
            "number",
            "fleet_id",
            "status",
            "configuration_status",
            "has_open_test",
            "has_open_command",
            *FACTS,
            named=True,
        )[:MOST_IN_INDEX]
    )
)

OF_COMPANY = (
    "not_allowed",
    "second_factor_required",
    "company_suspended",
    "agreement_missing",
)


IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    str,
    OpenApiParameter.HEADER,
    description="The `ETag` that was read. 304 without a body if nothing has changed.",
)
UNCHANGED = OpenApiResponse(description="Nothing has changed since the `ETag` was read.")
INDEX = {
    "type": "array",
    "maxItems": MOST_IN_INDEX,
    "items": {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2},
}
INDEX_EXAMPLE = OpenApiExample(
    "Example",
    [["01JDG4M4Q2W8Z3V5T7Y9R1N6KC", 'W/"3.1f4b9c0d2e"']],
    response_only=True,
    status_codes=["200"],
)
LISTED = PolymorphicProxySerializer(
    "JobListing", [JobPage, JobSheets], resource_type_field_name=None
)
LISTED_EXAMPLES = [
    OpenApiExample(name, shape.example, response_only=True, status_codes=["200"])
    for name, shape in (("A page", JobPage), ("With `ids`", JobSheets))
]


class TagView(SmartControlView):
    """A view that phones poll for changes. Mostly nothing has changed."""

    def tag_check(self, rights: str = "") -> TagCheck:
        """Whether the tag that was sent is known to be the latest, for these rights and in this language.

        Call it after the caller's rights were checked: those come from live rows, with every call.
        """
        request = self.request
        given = request.headers.get("If-None-Match", "")
        reader = f"{release()} {get_language()} {request.user.pk} {rights}"
        return TagCheck(f"{reader} {request.get_full_path()} {given}")

    def unchanged(
        self, check: TagCheck, fleet_ids: Iterable[str], headers: dict[str, str]
    ) -> Response:
        """Answer 304, and remember it where nothing runs: tests and commands go on without a mark."""
        if headers["Poll-After"] == str(LATER):
            check.confirm(fleet_ids, headers)
        return Response(status=304, headers=headers)


class JobListView(SmartControlView):
    always_refuses = OF_COMPANY
    query_parameters = {"GET": JobQuery}
    query: JobQuery

    @extend_schema(operation_id="list_jobs", responses=LISTED, examples=LISTED_EXAMPLES)
    def get(self, request: Request) -> Response:
        """List jobs.

        The jobs that the company has been assigned, newest first, in pages. `category` selects one of the phone's four
        lists: jobs to take, the caller's own, those of colleagues, and finished ones. With `ids`, the answer has these
        jobs as whole sheets, in no particular order; those that the caller does not see are left out.
        """
        if ids := self.query.validated_data.get("ids"):
            return Response({"results": self._sheets(ids)})
        jobs = self.query.filter(self.jobs(), self.request.user)
        found = page(request, jobs.values(*ROW), self.query, order="-pk", shape=dict)
        return Response({**found, "results": job_rows(found["results"])})

    def _sheets(self, ids: list[str]) -> list[dict]:
        jobs = list(self.jobs().filter(pk__in=ids).for_phone(self.request.user))
        assert self.membership, "a person without one has no jobs"
        PhoneSheet.show_all(jobs, self.request.user, cache(self.membership.company.may_take))
        return [JobDetail.of(job) for job in jobs]


class IndexView(TagView):
    always_refuses = OF_COMPANY

    @extend_schema(
        operation_id="list_job_tags",
        responses={200: INDEX, 304: UNCHANGED},
        parameters=[IF_NONE_MATCH],
        examples=[INDEX_EXAMPLE],
    )
    def get(self, request: Request) -> Response:
        """List the tags of all jobs.

        `[id, tag]` of every open job and of those that ended in the last 30 days, at most 2,000; the open ones come
        first, of these what is planned for today. A job whose tag is another one than before has changed: fetch it with
        `jobs/?ids=`. A job that is missing has left the caller's view. `Poll-After` says in how many seconds to check
        again.
        """
        company = self.company()
        check = self.tag_check(f"{company.pk} {self.membership and self.membership.role}")
        if check.headers is not None:
            return Response(status=304, headers=check.headers)
        jobs = INDEX_ROWS.all(person=request.user.pk, company=company.pk)
        rows = [[job.pk, tag_of(job, request.user)] for job in jobs]
        headers = {
            "ETag": digest_of(rows),
            "Poll-After": str(min(map(poll_after, jobs), default=LATER)),
        }
        if not is_known(request, headers["ETag"]):
            return Response(rows, headers=headers)
        fleets = Partnership.objects.filter(company=company).values_list("fleet", flat=True)
        return self.unchanged(check, {*fleets, *(job.fleet_id for job in jobs)}, headers)


def digest_of(rows: list[list[str]]) -> str:
    digest = hashlib.blake2b(json.dumps(rows).encode(), digest_size=10).hexdigest()
    return f'W/"{digest}"'


class CountsView(SmartControlView):
    always_refuses = OF_COMPANY

    @extend_schema(operation_id="count_jobs", responses=JobCounts)
    def get(self, request: Request) -> Response:
        """Count jobs.

        The number of jobs in each of the four lists. A count stops at 10,000.
        """
        jobs = self.jobs()
        counts = count_all(
            {name: jobs.filter(wanted) for name, wanted in categories(self.request.user).items()}
        )
        return Response({name: int(count) for name, count in counts.items()})


class JobSheetView(TagView, JobView):
    @property
    def is_check(self) -> bool:
        """Whether the client has a tag, which may be the latest one."""
        return "If-None-Match" in self.request.headers

    @property
    def seen(self) -> Prepared:  # type: ignore[override]
        return SEEN if self.is_check else SEEN_WITH_FACTS

    @extend_schema(
        operation_id="show_job",
        responses={200: JobDetail, 304: UNCHANGED},
        parameters=[IF_NONE_MATCH],
    )
    def get(self, request: Request, id: str) -> Response:
        """Show a job.

        Everything the installer needs: fields with their plan, tests, configuration, access. The `ETag` header changes
        with everything that the caller can see, and is the value for `If-None-Match` and, when fields are filled in,
        for `If-Match`. `Poll-After` says in how many seconds to check again: soon while a test, a configuration or a
        command runs.
        """
        if self.is_check and (same := self.same()):
            return same
        return self.show(Answer(200, self.job.pk))

    def same(self) -> Response | None:
        """304 where the client has the latest tag."""
        check = self.tag_check()
        if check.headers is not None:
            return Response(status=304, headers=check.headers)
        job = SEEN_WITH_FACTS.first(person=self.request.user.pk, pk=self.job.pk)
        if job is None:  # it has left the caller's view since
            self.refuse_unseen()
        headers = self.headers_of(job)
        if is_known(self.request, headers["ETag"]):
            return self.unchanged(check, [job.fleet_id], headers)
        return None
