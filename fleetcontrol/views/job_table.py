"""The table of a job list: its columns, its saved views, and the export."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views import View

from core.web.lists.counts import count
from core.web.lists.order import Order
from core.web.lists.views import FEW
from fleetcontrol.exports import TOO_LONG, export, fits
from fleetcontrol.tables.jobs import InstallationJobTable, JobTable, MaintenanceJobTable
from fleetcontrol.views.columns import ConfigureColumns
from fleetcontrol.views.job_filtering import KindMixin
from fleetcontrol.views.saved_views import SavedViews
from jobs.models import Job
from jobs.models.job_queryset import JobQuerySet
from jobs.resources import JobResource

TABLES: dict[str, type[JobTable]] = {
    Job.Kind.INSTALLATION: InstallationJobTable,
    Job.Kind.MAINTENANCE: MaintenanceJobTable,
}


class JobTableMixin(KindMixin):
    @property
    def table_class(self) -> type[JobTable]:
        return TABLES[self.kind]


class Columns(JobTableMixin, ConfigureColumns):
    pass


class Views(JobTableMixin, SavedViews):
    pass


class Export(JobTableMixin, View):
    """The filtered jobs, over all pages and in the order shown, as CSV or XLSX."""

    def get(self, request: HttpRequest, form: str, **kwargs: Any) -> HttpResponseBase:
        jobs = self.filtered_jobs.shown
        if not fits(form, jobs):
            messages.error(request, str(TOO_LONG))
            return redirect(self.list_url)
        parts: Any = Order(Job, self.order(jobs)).split(jobs)
        rows = JobResource().table(parts)
        return export(form, rows, self.table_name, fleet=self.fleet)

    def order(self, jobs: JobQuerySet) -> str:
        """Return the order of the list: by a column without an index only while the rows are few."""
        sort = self.filtered_jobs.sort
        column = self.table_class.base_columns.get(sort.removeprefix("-"))
        many = column is not None and not column.indexed and count(jobs, FEW).more
        return self.table_class(sort=sort, many=many).order
