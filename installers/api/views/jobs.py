"""The phone's lists, and one job."""

import hashlib
import json
from functools import cache

from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    PolymorphicProxySerializer,
    extend_schema,
)
from rest_framework.request import Request
from rest_framework.response import Response

from core.once import Answer
from core.web.api.cursors import page
from core.web.api.tags import is_known
from core.web.lists.counts import count_all
from installers.api.filters import JobQuery, categories
from installers.api.shapes import ROW, JobCounts, JobDetail, JobPage, JobSheets, job_rows
from installers.api.views.base import SEEN_WITH_FACTS, JobView, SmartControlView
from jobs.parts.tag import LATER, poll_after, tag_of
from jobs.reading.phone_sheet import PhoneSheet

MOST_IN_INDEX = 2000

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


class IndexView(SmartControlView):
    always_refuses = OF_COMPANY

    @extend_schema(
        operation_id="index_jobs",
        responses={200: INDEX, 304: UNCHANGED},
        parameters=[IF_NONE_MATCH],
        examples=[INDEX_EXAMPLE],
    )
    def get(self, request: Request) -> Response:
        """List the tags of all jobs.

        `[id, tag]` of every open job and of those that ended in the last 30 days, at most 2,000; the open ones come
        first. A job whose tag is another one than before has changed: fetch it with `jobs/?ids=`. A job that is missing
        has left the caller's view. `Poll-After` says in how many seconds to check again.
        """
        jobs = list(self.jobs().to_keep_on_phone().with_facts(request.user)[:MOST_IN_INDEX])
        rows = [[job.pk, tag_of(job, request.user)] for job in jobs]
        tag = digest_of(rows)
        headers = {"ETag": tag, "Poll-After": str(min(map(poll_after, jobs), default=LATER))}
        if is_known(request, tag):
            return Response(status=304, headers=headers)
        return Response(rows, headers=headers)


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


class JobSheetView(JobView):
    seen = SEEN_WITH_FACTS

    @extend_schema(
        operation_id="job",
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
        headers = self.headers_of(self.job)
        if is_known(request, headers["ETag"]):
            return Response(status=304, headers=headers)
        return self.show(Answer(200, self.job.pk))
