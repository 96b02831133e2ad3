"""*New Job ▸ Import*: upload, preview, confirm. The preview is kept; nothing is written before the confirmation."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView, ListView, TemplateView, View

from core.moves import MoveRefused
from fleetcontrol.forms.job_import import OptionsForm, UploadForm
from fleetcontrol.import_preview import Preview
from fleetcontrol.mixins import FleetMixin
from jobs.importing import Unreadable, take
from jobs.importing.columns import COLUMNS
from jobs.importing.files import as_csv, as_workbook, bad_rows, column_rows, model_rows, template_rows
from jobs.importing.lookups import as_ulid
from jobs.models import JobImport

LISTS = {"template": template_rows, "columns": column_rows, "vehicle-models": model_rows}
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ImportJobs(FleetMixin, FormView):
    """The file and what goes with it."""

    template_name = "fleetcontrol/job_import/upload.html"
    form_class = UploadForm
    writes, section = True, "jobs"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"fleet": self.fleet}

    def get_initial(self):
        """What was chosen for the file before: the rows to be mended of it want the same."""
        key = as_ulid(self.request.GET.get("after", ""))
        before = key and JobImport.objects.visible_to(self.request.user).filter(fleet=self.fleet, pk=key).first()
        if not before:
            return {}
        chosen = before.options()
        return {"template": chosen.template, "prefer_template": chosen.prefer_template, "company": chosen.company}

    def form_valid(self, form):
        file = form.cleaned_data["file"]
        try:
            draft = JobImport.objects.preview(
                self.request.user, fleet=self.fleet, name=file.name, content=take(file), options=form.options()
            )
        except Unreadable as refused:
            form.add_error("file", f"{refused} {refused.suggestion}".strip())
            return self.form_invalid(form)
        return redirect("fleetcontrol:job-import-preview", self.fleet.pk, draft.pk)


class OneImport(FleetMixin):
    """A page about one import of the fleet. A draft concerns those who may confirm it."""

    section = "jobs"

    def find(self) -> None:
        found = JobImport.objects.visible_to(self.request.user).filter(fleet=self.fleet, pk=self.kwargs["import_id"])
        self.job_import = found.select_related(
            "template__vehicle_model", "company", "created_by", "confirmed_by", "client"
        ).first()
        if self.job_import is None:
            raise Http404
        self.job_import.fleet = self.fleet

    @property
    def writes(self) -> bool:
        return self.job_import.is_draft

    @cached_property
    def preview(self) -> Preview:
        return Preview(self.job_import)

    def get_context_data(self, **context):
        return super().get_context_data(job_import=self.job_import, preview=self.preview, **context)


class ImportPreview(OneImport, TemplateView):
    """Of a draft the preview, problems first; afterwards what became of it. POST looks again with other choices."""

    @property
    def template_name(self) -> str:
        return f"fleetcontrol/job_import/{'preview' if self.job_import.is_draft else 'result'}.html"

    def get_context_data(self, **context):
        context.setdefault("form", self.form() if self.job_import.is_draft else None)
        listed = self.preview.listed(self.request.GET)
        return super().get_context_data(listed=listed, same_file=self.preview.same_file, **context)

    def form(self, data=None) -> OptionsForm:
        kept, in_file = self.job_import, self.preview.company_in_file
        initial = {"template": kept.template, "prefer_template": kept.prefer_template}
        return OptionsForm(
            data,
            fleet=self.fleet,
            headings=self.preview.headings_to_choose,
            company_in_file=in_file,
            initial=initial | {"company": None if in_file else kept.company},
        )

    def post(self, request, **kwargs):
        self.job_import.check_move("check")
        form = self.form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        try:
            self.job_import.recheck(by=request.user, options=form.options())
        except Unreadable as refused:
            raise MoveRefused("unreadable", str(refused)) from refused
        return redirect("fleetcontrol:job-import-preview", self.fleet.pk, self.job_import.pk)


class ConfirmImport(OneImport, TemplateView):
    """*Import Installation Jobs*; with a company the same question as in the form."""

    template_name = "fleetcontrol/job_import/ask.html"
    http_method_names = ["get", "post"]

    def get(self, request, **kwargs):
        return redirect(self.preview_url)

    @property
    def preview_url(self) -> str:
        return reverse("fleetcontrol:job-import-preview", args=[self.fleet.pk, self.job_import.pk])

    @property
    def told(self) -> dict:
        version = self.request.POST.get("version", "")
        return {
            "expected_version": int(version) if version.isascii() and version.isdigit() else -1,
            "valid_rows_only": "valid_rows_only" in self.request.POST,
        }

    def post(self, request, **kwargs):
        if not self.job_import.is_draft:
            messages.info(request, _("This preview was imported already. Nothing was created twice."))
            return redirect(self.preview_url)
        if self.preview.assigned and "confirmed" not in request.POST:
            return self.render_to_response(self.get_context_data(told=self.told))
        try:
            self.job_import.confirm(by=request.user, **self.told)
        except MoveRefused as refused:
            return self.refused(refused)
        created = self.job_import.created
        text = ngettext("%(count)s installation job is imported.", "%(count)s installation jobs are imported.", created)
        messages.success(request, text % {"count": created})
        return redirect(self.preview_url)

    def refused(self, refused: MoveRefused):
        """What has changed in the fleet since the preview is in the next one, at its rows."""
        self.job_import.refresh_from_db()
        if refused.code in ("not_a_partner", "unit_not_available") and self.job_import.is_draft:
            self.job_import.recheck(by=self.request.user, options=self.job_import.options())
        messages.error(self.request, str(refused))
        return redirect(self.preview_url)


class BadRows(OneImport, View):
    """The rows that want mending, with their reasons."""

    def get(self, request, kind, **kwargs):
        if not self.preview.kept or not self.preview.kept.bad:
            raise Http404
        name, to_correct = self.job_import.file_name.rsplit(".", 1)[0], _("to correct")
        return file_answer(f"{name} – {to_correct}", kind, {_("Rows to correct"): bad_rows(self.job_import)})


class OriginalFile(OneImport, View):
    """The file as it was uploaded, as long as it is kept."""

    def get(self, request, **kwargs):
        if not self.preview.kept:
            raise Http404
        return attachment(bytes(self.preview.kept.content), "application/octet-stream", self.job_import.file_name)


class ImportFile(FleetMixin, View):
    """The template, the columns, the vehicle models: each as CSV, and all in one workbook."""

    def get(self, request, name, kind, **kwargs):
        if name not in LISTS:
            raise Http404
        if name == "template" and kind == "xlsx":
            sheets = {_("Jobs"): template_rows(), _("Columns"): column_rows(), _("Vehicle models"): model_rows()}
            return file_answer(_("installation jobs"), kind, sheets)
        return file_answer(name, kind, {name: LISTS[name]()})


class ImportHelp(FleetMixin, TemplateView):
    template_name = "fleetcontrol/job_import/help.html"
    section = "jobs"

    def get_context_data(self, **context):
        return super().get_context_data(columns=COLUMNS, **context)


class Imports(FleetMixin, ListView):
    """Each import that became jobs, and the drafts that wait for somebody."""

    template_name = "fleetcontrol/job_import/list.html"
    section, paginate_by = "jobs", 50

    def get_queryset(self):
        imports = JobImport.objects.filter(fleet=self.fleet).select_related("created_by", "confirmed_by", "client")
        return (imports if self.may_write else imports.done()).order_by("-pk")


def file_answer(name: str, kind: str, sheets: dict) -> HttpResponse:
    if kind == "xlsx":
        content, content_type = as_workbook(sheets), WORKBOOK
    else:
        content, content_type = as_csv(next(iter(sheets.values()))), "text/csv; charset=utf-8"
    return attachment(content, content_type, f"{name}.{kind}")


def attachment(content: bytes, content_type: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=content_type)
    answer.headers["Content-Disposition"] = content_disposition_header(True, name)
    return answer
