"""*New Job ▸ Import*: upload, preview, confirm. The preview is kept; no job is written before the confirmation."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView, ListView, TemplateView, View

from accounts.models import Fleet
from core.errors import MoveRefused
from core.web.posted import names_of, require_field
from fleetcontrol.forms.job_import import OPEN_FIELD, PreviewForm, UploadForm
from fleetcontrol.import_preview import Preview
from fleetcontrol.mixins import FleetMixin
from jobs.importing.columns import COLUMNS
from jobs.importing.errors import Unreadable
from jobs.importing.files import (
    as_csv,
    as_workbook,
    bad_rows,
    column_rows,
    model_rows,
    template_choices,
    template_rows,
)
from jobs.importing.lookups import as_ulid
from jobs.importing.reading import take
from jobs.models import JobImport
from jobs.refusals import FILE_UNREADABLE
from jobs.spreadsheets import CSV, XLSX, Rows, separator_for

FILES: dict[str, Callable[[], Rows]] = {
    "template": template_rows,
    "columns": column_rows,
    "vehicle-models": model_rows,
}


class ImportJobs(FleetMixin, FormView):
    """The file, the template and the company."""

    template_name = "fleetcontrol/job_import/upload.html"
    form_class = UploadForm
    writes = True
    section = "jobs"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"fleet": self.fleet}

    def get_initial(self) -> dict[str, Any]:
        """Begin with the options of the import before: the corrected rows of its file need the same."""
        before = self.import_before()
        if before is None:
            return {}
        chosen = before.options()
        return {
            "template": chosen.template,
            "prefer_template": chosen.prefer_template,
            "company": chosen.company,
        }

    def import_before(self) -> JobImport | None:
        key = as_ulid(self.request.GET.get("after", ""))
        if not key:
            return None
        return (
            JobImport.objects.visible_to(self.request.user).filter(fleet=self.fleet, pk=key).first()
        )

    def form_valid(self, form: UploadForm) -> HttpResponse:
        file = form.cleaned_data["file"]
        try:
            draft = JobImport.objects.preview(
                self.request.user,
                fleet=self.fleet,
                name=file.name,
                content=take(file),
                options=form.options(),
            )
        except Unreadable as refused:
            form.add_error("file", f"{refused} {refused.suggestion}".strip())
            return self.form_invalid(form)
        return redirect("fleetcontrol:job-import-preview", self.fleet.pk, draft.pk)


class OneImport(FleetMixin):
    """A page about one import of the fleet. Only people who may confirm a draft see it."""

    section = "jobs"
    job_import: JobImport

    def find(self) -> None:
        imports = JobImport.objects.visible_to(self.request.user).select_related(
            "template__vehicle_model", "company", "created_by", "confirmed_by", "client"
        )
        job_import = imports.filter(fleet=self.fleet, pk=self.kwargs["import_id"]).first()
        if job_import is None:
            raise Http404
        self.job_import = job_import
        self.job_import.fleet = self.fleet
        self.writes = job_import.is_draft

    @cached_property
    def preview(self) -> Preview:
        return Preview(self.job_import)

    def preview_url(self) -> str:
        return reverse("fleetcontrol:job-import-preview", args=[self.fleet.pk, self.job_import.pk])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(job_import=self.job_import, preview=self.preview, **context)


class ImportPreview(OneImport, TemplateView):
    """The preview of a draft, problems first; later the result. POST checks the file again with other options."""

    def get_template_names(self) -> list[str]:
        if self.job_import.is_draft:
            return ["fleetcontrol/job_import/preview.html"]
        return ["fleetcontrol/job_import/result.html"]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("form", self.form() if self.job_import.is_draft else None)
        listed = self.preview.listed(self.request.GET)
        return super().get_context_data(listed=listed, same_file=self.preview.same_file, **context)

    def names_of_form(self) -> set[str]:
        """Also what another version of the preview left open: somebody may have decided it since."""
        return names_of(PreviewForm) | set(filter(OPEN_FIELD.fullmatch, self.request.POST))

    def form(self, data: QueryDict | None = None) -> PreviewForm:
        initial = {
            "template": self.job_import.template,
            "prefer_template": self.job_import.prefer_template,
            "company": None if self.preview.company_in_file else self.job_import.company,
        }
        return PreviewForm(data, preview=self.preview, initial=initial)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.job_import.check_move("check")
        form = self.form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        try:
            self.job_import.recheck(by=self.request.user, options=form.options())
        except Unreadable as refused:
            raise MoveRefused("unreadable", FILE_UNREADABLE % {"reason": refused}) from refused
        return redirect(self.preview_url())


class ConfirmImport(OneImport, TemplateView):
    """*Import Installation Jobs*; with a company it asks for confirmation as the job form does."""

    template_name = "fleetcontrol/job_import/ask.html"
    posted = ("version", "valid_rows_only", "confirmed")
    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect(self.preview_url())

    @property
    def choice(self) -> dict[str, Any]:
        """What the reader confirms: which version of the preview, and whether without the rows with errors."""
        version = self.request.POST.get("version", "")
        is_number = version.isascii() and version.isdigit()
        return {
            "expected_version": int(version) if is_number else -1,
            "valid_rows_only": "valid_rows_only" in self.request.POST,
        }

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        require_field(request, "version")
        if not self.job_import.is_draft:
            messages.info(
                request, _("This preview was already imported. Nothing was created twice.")
            )
            return redirect(self.preview_url())
        if self.preview.assignment.companies and "confirmed" not in request.POST:
            return self.render_to_response(self.get_context_data(choice=self.choice))
        try:
            self.job_import.confirm(by=self.request.user, **self.choice)
        except MoveRefused as refused:
            return self.refused(refused)
        return self.confirmed()

    def confirmed(self) -> HttpResponse:
        created = self.job_import.created
        text = ngettext(
            "%(count)s installation job was imported.",
            "%(count)s installation jobs were imported.",
            created,
        )
        messages.success(self.request, text % {"count": created})
        return redirect(self.preview_url())

    def refused(self, refused: MoveRefused) -> HttpResponse:
        """Check the file again if the fleet has changed since the preview: the new one shows it at its rows."""
        self.job_import.refresh_from_db()
        if refused.code in ("not_a_partner", "unit_not_available") and self.job_import.is_draft:
            self.job_import.recheck(by=self.request.user, options=self.job_import.options())
        messages.error(self.request, str(refused))
        return redirect(self.preview_url())


class BadRows(OneImport, View):
    """The rows to correct, with their reasons."""

    def get(self, request: HttpRequest, kind: str, **kwargs: Any) -> HttpResponse:
        if not self.preview.kept or not self.preview.kept.bad:
            raise Http404
        stem = self.job_import.file_name.rsplit(".", 1)[0]
        name = f"{stem} – {_('to correct')}"
        sheets = {_("Rows to correct"): bad_rows(self.job_import)}
        return file_response(name, kind, sheets, fleet=self.fleet)


class OriginalFile(OneImport, View):
    """The uploaded file, as long as it is kept."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not self.preview.kept:
            raise Http404
        return attachment(
            bytes(self.preview.kept.content), "application/octet-stream", self.job_import.file_name
        )


class ImportFile(FleetMixin, View):
    """The template, the columns, the vehicle models: each as CSV, and all in one workbook."""

    def get(self, request: HttpRequest, name: str, kind: str, **kwargs: Any) -> HttpResponse:
        if name not in FILES:
            raise Http404
        if name == "template" and kind == "xlsx":
            sheets = {
                _("Jobs"): template_rows(),
                _("Columns"): column_rows(),
                _("Vehicle models"): model_rows(),
            }
            content = as_workbook(sheets, template_choices(self.fleet))
            return attachment(content, XLSX, _("installation jobs") + ".xlsx")
        return file_response(name, kind, {name: FILES[name]()}, fleet=self.fleet)


class ImportHelp(FleetMixin, TemplateView):
    template_name = "fleetcontrol/job_import/help.html"
    section = "jobs"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(columns=COLUMNS, **context)


class Imports(FleetMixin, ListView):
    """The finished imports and, for people who may confirm them, the drafts."""

    template_name = "fleetcontrol/job_import/list.html"
    section = "jobs"
    paginate_by = 50

    def get_queryset(self) -> QuerySet[JobImport]:
        imports = JobImport.objects.filter(fleet=self.fleet).select_related(
            "created_by", "confirmed_by", "client"
        )
        if not self.may_write:
            imports = imports.done()
        return imports.order_by("-pk")


def file_response(name: str, kind: str, sheets: dict[str, Rows], *, fleet: Fleet) -> HttpResponse:
    """Return a workbook of all sheets, or the first sheet as CSV."""
    if kind == "xlsx":
        return attachment(as_workbook(sheets), XLSX, f"{name}.xlsx")
    first = next(iter(sheets.values()))
    return attachment(as_csv(first, separator_for(fleet)), CSV, f"{name}.csv")


def attachment(content: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response
