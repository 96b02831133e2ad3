"""What belongs to the table rather than to its rows: its columns, saved views, and the export."""

import csv
from datetime import date
from tempfile import TemporaryFile

from django.contrib import messages
from django.db.models import Q
from django.http import FileResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView
from openpyxl import Workbook

from accounts.models import SavedView, TablePreference
from core.web.pages import with_query
from fleetcontrol.forms.saved_view import SavedViewForm
from fleetcontrol.tables.jobs import InstallationJobTable, MaintenanceJobTable
from fleetcontrol.views.job_narrowing import KindMixin
from jobs.models import Job
from jobs.resources import JobResource

TABLES = {Job.Kind.INSTALLATION: InstallationJobTable, Job.Kind.MAINTENANCE: MaintenanceJobTable}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A sheet of Excel has a million rows, and is built before its first byte is sent.
LONGEST_SHEET = 100_000


class Columns(KindMixin, TemplateView):
    """*Configure Table Columns*: which, in which order, or as they were; kept for the person."""

    def get_template_names(self):
        return [f"fleetcontrol/jobs/columns{'_dialog' if self.request.htmx else ''}.html"]

    def post(self, request, **kwargs):
        mine = {"user": request.user, "table": self.table_name}
        order = request.POST.getlist("order")
        if "reset" in request.POST:
            TablePreference.objects.filter(**mine).delete()
        elif move := request.POST.get("up") or request.POST.get("down"):  # the arrows of those without scripts
            return self.render_to_response(self.get_context_data(moved=moved(order, move, "up" in request.POST)))
        else:
            shown = set(request.POST.getlist("column"))
            TablePreference.objects.update_or_create(
                **mine, defaults={"columns": [name for name in order if name in shown]}
            )
        return redirect(with_query(self.list_url, columns=None))  # what is kept now is what shall be seen

    def get_context_data(self, moved=None, **context):
        kept = TablePreference.objects.filter(user=self.request.user, table=self.table_name).values_list(
            "columns", flat=True
        )
        table = TABLES[self.kind](columns=kept.first() or [])
        choices = table.choices
        if moved:
            ticked = set(self.request.POST.getlist("column"))
            by_name = {choice[0]: choice for choice in choices}
            choices = [(*by_name[name][:2], name in ticked, by_name[name][3]) for name in moved if name in by_name]
        return super().get_context_data(choices=choices, **context)


def moved(order: list[str], name: str, up: bool) -> list[str]:
    at = order.index(name) if name in order else 0
    to = max(0, min(len(order) - 1, at + (-1 if up else 1)))
    order[at], order[to] = order[to], order[at]
    return order


class Views(KindMixin, TemplateView):
    """The saved views of this table: the reader's own, and those shared in the fleet."""

    def get_template_names(self):
        return [f"fleetcontrol/jobs/views{'_menu' if self.request.htmx else ''}.html"]

    def saved(self):
        mine = Q(user=self.request.user) | Q(shared=True)
        return SavedView.objects.filter(mine, fleet=self.fleet, table=self.table_name).select_related("user")

    def post(self, request, **kwargs):
        if "delete" in request.POST:
            self.saved().filter(user=request.user, pk=request.POST["delete"]).delete()
            return redirect(request.get_full_path())
        form = SavedViewForm(request.POST, about={"user": request.user, "fleet": self.fleet, "table": self.table_name})
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        form.save(query=self.query.urlencode())
        messages.success(request, _("The view is saved."))
        return redirect(self.list_url)

    def get_context_data(self, **context):
        about = {"views": self.saved(), "form": SavedViewForm(about={}), "table_url": f"fleetcontrol:{self.table_name}"}
        return super().get_context_data(**(about | context))


class Export(KindMixin, View):
    """Exactly what is filtered, over all pages, as CSV or XLSX."""

    def get(self, request, form, **kwargs):
        jobs = self.narrowed().order_by("-pk")
        name = f"{self.table_name}-{date.today():%Y-%m-%d}"  # noqa: DTZ011 - a name, in the server's day
        if form == "csv":
            return self.csv(jobs, f"{name}.csv")
        if jobs[LONGEST_SHEET:].exists():
            messages.error(request, _("These are more than 100,000 jobs. Narrow the list, or export it as CSV."))
            return redirect(self.list_url)
        return self.xlsx(jobs, f"{name}.xlsx")

    def csv(self, jobs, name: str):
        writer = csv.writer(Echo())
        lines = (
            "\ufeff" * (number == 0) + writer.writerow(row) for number, row in enumerate(JobResource().table(jobs))
        )
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)

    def xlsx(self, jobs, name: str):
        book = Workbook(write_only=True)
        sheet = book.create_sheet("Jobs")
        for row in JobResource().table(jobs):
            sheet.append(row)
        file = TemporaryFile()  # noqa: SIM115 - the response closes it
        book.save(file)
        file.seek(0)
        return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


class Echo:
    """A file that hands back what is written to it, for a line at a time."""

    def write(self, text: str) -> str:
        return text
