"""What belongs to the table rather than to its rows: its columns, saved views, and the export."""

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from accounts.models import SavedView
from core.web.counts import count
from core.web.lists import FEW
from core.web.order import Order
from core.web.pages import with_query
from fleetcontrol.exports import LONGEST_SHEET, export
from fleetcontrol.forms.saved_view import SavedViewForm
from fleetcontrol.tables.jobs import InstallationJobTable, MaintenanceJobTable
from fleetcontrol.views.columns import ConfigureColumns
from fleetcontrol.views.job_narrowing import KindMixin
from jobs.models import Job
from jobs.resources import JobResource

TABLES = {Job.Kind.INSTALLATION: InstallationJobTable, Job.Kind.MAINTENANCE: MaintenanceJobTable}


class Columns(KindMixin, ConfigureColumns):
    @property
    def table_class(self):
        return TABLES[self.kind]

    @property
    def after_url(self):
        return with_query(self.list_url, columns=None)  # what is kept now is what shall be seen


class Views(KindMixin, TemplateView):
    """The saved views of this table: the reader's own, and those shared in the fleet."""

    def get_template_names(self):
        return [f"fleetcontrol/jobs/views{'_menu' if self.request.htmx else ''}.html"]

    def saved(self):
        mine = Q(user=self.request.user) | Q(shared=True)
        return SavedView.objects.filter(mine, fleet=self.fleet, table=self.table_name).select_related("user")

    def post(self, request, **kwargs):
        if "delete" in request.POST:
            if (wanted := request.POST["delete"]).isdecimal():
                self.saved().filter(user=request.user, pk=wanted).delete()
            return redirect(request.get_full_path())
        about = {"user": request.user, "fleet": self.fleet, "table": self.table_name}
        form = SavedViewForm(request.POST, about=about, query=self.query.urlencode())
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        form.save()
        messages.success(request, _("The view is saved."))
        return redirect(self.list_url)

    def get_context_data(self, **context):
        about = {"views": self.saved(), "form": SavedViewForm(about={}), "table_url": f"fleetcontrol:{self.table_name}"}
        return super().get_context_data(**(about | context))


class Export(KindMixin, View):
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
        table = TABLES[self.kind]
        sort = self.narrowing.sort
        column = table.base_columns.get(sort.removeprefix("-"))
        many = column is not None and not column.indexed and count(jobs, FEW).more
        return table(sort=sort, many=many).order
