"""The lists of the phone, and one job."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.web.counts import count_all
from core.web.cursors import page
from core.web.idempotency import Answer
from installers.api.filters import JobQuery, categories
from installers.api.shapes import ROW, Counts, JobDetail, JobPage, job_rows
from installers.api.views.base import JobView, SmartControlView


class JobListView(SmartControlView):
    @extend_schema(operation_id="list_jobs", parameters=[JobQuery], responses=JobPage)
    def get(self, request: Request) -> Response:
        """The company's jobs, newest first."""
        query = self.query(JobQuery)
        jobs = query.narrow(self.jobs(), request.user)
        found = page(request, jobs.values(*ROW), query, order="-pk", shape=dict)
        return Response({**found, "results": job_rows(found["results"])})


class CountsView(SmartControlView):
    @extend_schema(operation_id="count_jobs", responses=Counts)
    def get(self, request: Request) -> Response:
        """How many jobs each of the four lists has, 10,000 at most."""
        jobs = self.jobs()
        counts = count_all({name: jobs.filter(wanted) for name, wanted in categories(request.user).items()})
        return Response({name: int(count) for name, count in counts.items()})


class JobSheetView(JobView):
    @extend_schema(operation_id="job", responses=JobDetail)
    def get(self, request: Request, id: str) -> Response:
        """One job: its fields, tests, configuration and access."""
        return self.show(Answer(200, self.job.pk))
