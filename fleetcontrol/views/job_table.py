"""What belongs to the table rather than to its rows: its columns, saved views, and the export."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views import View

from core.web.counts import count
from core.web.lists import FEW
from core.web.order import Order
from fleetcontrol.exports import LONGEST_SHEET, export
from fleetcontrol.tables.jobs import InstallationJobTable, MaintenanceJobTable
from fleetcontrol.views.columns import ConfigureColumns
from fleetcontrol.views.job_narrowing import KindMixin
from fleetcontrol.views.saved_views import SavedViews
from jobs.models import Job
from jobs.resources import JobResource

TABLES = {Job.Kind.INSTALLATION: InstallationJobTable, Job.Kind.MAINTENANCE: MaintenanceJobTable}


class OfJobTable(KindMixin):
    @property
    def table_class(self):
        return TABLES[self.kind]


class Columns(OfJobTable, ConfigureColumns):
    pass


class Views(OfJobTable, SavedViews):
    pass


class Export(OfJobTable, View):
    """Exactly what is filtered, over all pages and in the order shown, as CSV or XLSX."""

    def get(self, request, form, **kwargs):
        jobs = self.narrowed()
        if form == "xlsx" and jobs.order_by()[LONGEST_SHEET:].exists():
            messages.error(request, _("These are more than 100,000 jobs. Narrow the list, or export it as CSV."))
            return redirect(self.list_url)
        rows = JobResource().table(Order(Job, self.order(jobs)).split(jobs))
        return export(form, rows, self.table_name)

    def order(self, jobs) -> str:
        """As the list has it: by a column without an index only while the rows are few."""
        table, sort = self.table_class, self.narrowing.sort
        column = table.base_columns.get(sort.removeprefix("-"))
        many = column is not None and not column.indexed and count(jobs, FEW).more
        return table(sort=sort, many=many).order
