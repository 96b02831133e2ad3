"""OneAPI's jobs: list, create one or many, show, change, delete. Every change is a move of the job."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiClient
from core.errors import MoveRefused
from core.once import Answer
from core.web.api.idempotency import check_done_before
from core.web.api.serializers import Shape
from core.web.api.tags import expected_version
from fleetcontrol.api.base import OneApiView
from fleetcontrol.api.job_details import details_of
from fleetcontrol.api.job_queries import JobQuery
from fleetcontrol.api.job_references import References, in_names_of_api
from fleetcontrol.api.job_shapes import CreatedJobs, FleetJobList, JobDetails, JobShape
from fleetcontrol.api.job_values import JobChanges, NewJobsValues, NewJobValues
from fleetcontrol.api.lists import listed_changes
from fleetcontrol.api.versions import IF_MATCH, TAG, tag_of
from jobs.models import Job
from jobs.models.job_queryset import JobQuerySet

READ = "jobs:read"
WRITE = "jobs:write"
# What creating meets besides wrong values.
CREATING = (
    "referenced_resource_not_found",
    "not_a_partner",
    "unit_not_available",
    "vehicle_required",
    "vehicle_archived",
)


def jobs_of(caller: ApiClient) -> JobQuerySet:
    """The jobs of the client's fleet: authentication has checked both, and an index begins with the fleet."""
    jobs = Job.objects.in_fleet(caller.fleet).shown()
    return jobs.select_related("fleet", "company", "assignee", "place", "roll_out")


class JobListView(OneApiView):
    rights = {"GET": READ, "POST": WRITE}
    keys = {"POST": True}
    query_parameters = {"GET": JobQuery}
    refuses = {"GET": ("invalid_cursor",), "POST": CREATING}
    query: JobQuery

    @extend_schema(operation_id="list_fleet_jobs", responses=FleetJobList)
    def get(self, request: Request) -> Response:
        """List jobs.

        Newest first, in pages. With `changed_after`, the jobs that have changed since then, oldest first: go on with
        `next` to the last page, and begin the next time with its `next_changed_after`. Deleted jobs are not listed.
        """
        rows = self.query.filter(jobs_of(self.caller))
        return Response(listed_changes(self.fleet, rows, self.query, shape=JobShape.of))

    @extend_schema(operation_id="create_job", request=NewJobValues, responses={201: JobShape})
    def post(self, request: Request) -> Response:
        """Create a job.

        No field is required. With `assigned_installer_company_id` it is assigned at once, and from then on nobody in
        the fleet can change or cancel it.
        """

        def create() -> Answer:
            self.require_key()
            body = self.validated(NewJobValues).validated_data
            references = References(self.caller, [body])
            references.check()
            draft = references.new_job(body)
            about = {"fleet": self.fleet, **draft.values}
            try:
                if draft.company:
                    job = Job.create_assigned(self.caller, company=draft.company, **about)
                else:
                    job = Job.objects.create_by(self.caller, **about)
            except ValidationError as wrong:
                raise in_names_of_api(wrong) from wrong
            return Answer(201, job.pk)

        answer = self.answer_once(create)
        job = get_object_or_404(jobs_of(self.caller), pk=answer.object_id)
        headers = {"ETag": tag_of(job.version), "Location": reverse("oneapi:job", args=[job.pk])}
        return Response(JobShape.of(job), 201, headers=headers)


class JobsInBulk(OneApiView):
    rights = {"POST": WRITE}
    keys = {"POST": True}
    refuses = {"POST": CREATING}

    @extend_schema(operation_id="create_jobs", request=NewJobsValues, responses={201: CreatedJobs})
    def post(self, request: Request) -> Response:
        """Create many jobs.

        Up to 1,000, all or none. Errors are named by the place of the job, e.g. `jobs.3.vin`.
        """
        answer = self.answer_once(self.create)
        found = jobs_of(self.caller).in_bulk(answer.object_ids)
        jobs = [JobShape.of(found[pk]) for pk in answer.object_ids if pk in found]
        return Response({"jobs": jobs}, 201)

    def create(self) -> Answer:
        self.require_key()
        bodies = self.validated(NewJobsValues).validated_data["jobs"]
        references = References(self.caller, bodies)
        references.check(lambda number, name: f"jobs.{number}.{name}")
        drafts = [references.new_job(body) for body in bodies]
        try:
            jobs = Job.objects.create_all(drafts, fleet=self.fleet, by=self.caller)
        except ValidationError as wrong:
            raise in_names_of_api(wrong, before="jobs.") from wrong
        return Answer(201, "", object_ids=[job.pk for job in jobs])


class JobView(OneApiView):
    """A URL of one job. Those of other fleets and deleted ones are not found."""

    always_refuses = ("not_found",)
    path_parameters = {"job_id": _("The id of the job.")}
    job: Job

    def find(self) -> None:
        found = jobs_of(self.caller).filter(pk=self.kwargs["job_id"]).first()
        if found is None:
            raise Http404
        self.job = found

    def meant(self) -> Job:
        """The job, for a move of the version that the client has read."""
        self.job.read_version = expected_version(self.request, TAG)
        return self.job

    def change(self, action: Callable[[], None]) -> None:
        """Carry out a move, once for each Idempotency-Key, and read the job again."""

        def once() -> Answer:
            self.require_key()
            action()
            return Answer(200, self.job.pk)

        self.answer_once(once)

    def changed(self, action: Callable[[], None]) -> Response:
        self.change(action)
        self.find()
        return self.answer(JobShape)

    def answer(self, shape: type[Shape], thing: Any = None) -> Response:
        return Response(shape.of(thing or self.job), headers={"ETag": tag_of(self.job.version)})

    def problem_members(self, exc: MoveRefused) -> dict[str, Any]:
        """The job's status as it is now, which is what the client has to go on with."""
        jobs = jobs_of(self.caller).filter(pk=self.kwargs["job_id"])
        status = jobs.values_list("status", flat=True).first()
        return {"job_status": status} if status else {}


class OneJob(JobView):
    rights = {"GET": READ, "PATCH": WRITE, "DELETE": WRITE}
    keys = {"PATCH": False, "DELETE": False}
    reads = {"PATCH": [IF_MATCH], "DELETE": [IF_MATCH]}
    refuses = {
        "PATCH": ("stale", "wrong_status", "referenced_resource_not_found", "unit_not_available"),
        "DELETE": ("stale", "wrong_status"),
    }
    repeats_refuse = ("done_before",)

    def find(self) -> None:
        try:
            super().find()
        except Http404:
            check_done_before(self.request, f"fleet:{self.fleet.pk}")
            raise

    @extend_schema(operation_id="show_fleet_job", responses=JobDetails)
    def get(self, request: Request, job_id: str) -> Response:
        """Show a job.

        Its plan and what was built, every attempt at its tests, who had access to the vehicle, and its history.
        """
        return self.answer(JobDetails, details_of(self.job))

    @extend_schema(operation_id="change_job", request=JobChanges, responses=JobShape)
    def patch(self, request: Request, job_id: str) -> Response:
        """Change a job.

        Only while it is PENDING, and only the fields that are named; null clears one.
        """

        def change() -> None:
            body = self.validated(JobChanges).validated_data
            references = References(self.caller, [body])
            references.check()
            try:
                self.meant().edit(by=self.caller, **references.changes(body))
            except ValidationError as wrong:
                raise in_names_of_api(wrong) from wrong

        return self.changed(change)

    @extend_schema(operation_id="delete_job", responses={204: None})
    def delete(self, request: Request, job_id: str) -> Response:
        """Delete a job.

        Only while it is PENDING. It is kept for the history and shown nowhere.
        """

        def delete() -> None:
            self.validated()
            self.meant().delete_by(by=self.caller)

        self.change(delete)
        return Response(status=204)
