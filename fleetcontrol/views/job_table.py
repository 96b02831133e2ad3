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
from fleetcontrol import return_to
from fleetcontrol.exports import TOO_LONG, export, fits
from fleetcontrol.tables.jobs import InstallationJobTable, JobTable, MaintenanceJobTable
from fleetcontrol.views.columns import ConfigureColumns, ExportedColumns
from fleetcontrol.views.job_filtering import KindMixin
from fleetcontrol.views.job_selection import SelectedJobs
from fleetcontrol.views.saved_views import SavedViews
from jobs.models import Job
from jobs.models.job_queryset import JobQuerySet
from jobs.resources import JobResource

# What a column of the list is in the export, which has the columns of the import and names beside IDs.
EXPORTED: dict[str, set[str]] = {
    "job": {"license_plate", "vin", "custom_name"},
    "vehicle_model": {"vehicle_model_id", "brand", "model"},
    "company": {"assigned_installer_company_id", "company"},
    "assignee": {"installer"},
}

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


class Export(SelectedJobs, JobTableMixin, ExportedColumns, View):
    """The filtered jobs, over all pages and in their order, as CSV or XLSX. Sent from the list: the selected jobs."""

    posted = ("query", "select", "all", "extent", return_to.PARAMETER)

    def get(self, request: HttpRequest, form: str, **kwargs: Any) -> HttpResponseBase:
        self.extent = "all"  # a link that names none means all columns, as it always did
        return self.export(form, self.filtered_jobs.shown)

    def post(self, request: HttpRequest, form: str, **kwargs: Any) -> HttpResponseBase:
        return self.export(form, self.selected)

    def export(self, form: str, jobs: JobQuerySet) -> HttpResponseBase:
        if not fits(form, jobs):
            messages.error(self.request, str(TOO_LONG))
            return redirect(self.list_url)
        parts: Any = Order(Job, self.order(jobs)).split(jobs)
        rows = JobResource().table(parts, self.names())
        return export(form, rows, self.table_name, fleet=self.fleet)

    def names(self) -> set[str] | None:
        """The columns of the resource; None for all."""
        if self.all_columns:
            return None
        table = self.table_class(columns=self.columns_of(self.query))
        return {"id", "kind"}.union(*(EXPORTED.get(name, {name}) for name in table.columns.names()))

    def order(self, jobs: JobQuerySet) -> str:
        """Return the order of the list: by a column without an index only while the rows are few."""
        sort = self.filtered_jobs.sort
        column = self.table_class.base_columns.get(sort.removeprefix("-"))
        many = column is not None and not column.indexed and count(jobs, FEW).more
        return self.table_class(sort=sort, many=many).order
