"""`job-imports`: the import of the page, in one call, and what it has created."""

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Fleet
from core.errors import MoveRefused
from core.once import Answer
from core.web.api.idempotency import require_key
from core.web.api.problems import CONTENT_TYPE, problem
from core.web.api.schema import ProblemSchema
from fleetcontrol.api.base import OneApiView
from fleetcontrol.api.shapes import (
    CreatedImport,
    FindingShape,
    JobImportDetails,
    JobImportForm,
    JobImportShape,
)
from jobs.importing.checking import Checked, Options, examine
from jobs.importing.columns import COMPANY
from jobs.importing.errors import BadCell, Finding, Unreadable
from jobs.importing.layout import Layout
from jobs.importing.lookups import Lookups
from jobs.importing.reading import take
from jobs.models import JobImport

DESCRIPTION = """Each row becomes one job: all rows, or with `valid_rows_only` those without an error, or none.

* **201** the jobs were created. Requires an `Idempotency-Key`; a repeat with the same key gets the same answer and
  creates nothing twice.
* **422** with the same body and the members of a problem: rows, template, company or the file itself are not valid;
  nothing was written.
* **200** is the answer to a `dry_run`, whatever the file: the same body with the number of jobs that would be created.
  Nothing is written, and no key is needed.
* **400** the request is not an import: no file, an unknown field, a wrong flag, or no key.

What the page would ask is an error with its own code, and a part of the form decides it: `no_header` → `header_row`,
`hidden_rows` → `hidden_rows`, `encoding_unclear` → `encoding`, `unknown_column` → `columns`.
"""


class Rejected(Exception):
    """Nothing can be written. The transaction is rolled back, and the answer names every reason."""

    def __init__(self, checked: Checked):
        super().__init__()
        self.checked = checked


class ImportSchema(ProblemSchema):
    """422 has two meanings: rows with errors, or a key that was used for another request."""

    def _get_response_bodies(self, direction: Any = "response") -> dict:
        bodies = super()._get_response_bodies(direction)
        refused = bodies["422"]["content"][CONTENT_TYPE]["schema"]
        rejected = bodies["200"]["content"]["application/json"]["schema"]
        content = {CONTENT_TYPE: {"schema": {"anyOf": [rejected, refused]}}}
        meaning = {"description": _("Some rows are bad; nothing was written."), "content": content}
        return bodies | {"422": bodies["422"] | meaning}


class JobImports(OneApiView):
    parser_classes = [MultiPartParser]
    rights = {"POST": "jobs:write"}
    keys = {"POST": False}  # not for a dry run
    refuses = {"POST": ("not_allowed", "idempotency_key_required", "import_rejected")}
    schema = ImportSchema()

    @extend_schema(
        operation_id="import_jobs",
        summary="Import installation jobs",
        description=DESCRIPTION,
        request={"multipart/form-data": JobImportForm},
        responses={200: JobImportShape, 201: CreatedImport},
    )
    def post(self, request: Request) -> HttpResponse:
        form = JobImportForm(data=request.data, context={"fleet": self.fleet})
        form.is_valid(raise_exception=True)
        self.given = form.validated_data
        self.content = take(self.given["file"])
        if self.given["dry_run"]:
            checked = self.check()
            return Response(numbers(checked, self.number_to_create(checked)))
        require_key(request)
        try:
            done = self.answer_once(self.create_jobs)
        except Rejected as rejected:
            return problem("import_rejected", **numbers(rejected.checked, 0))
        except MoveRefused as refused:
            return problem("import_rejected", **numbers(self.check_again(refused), 0))
        job_import = JobImport.objects.select_related("file").get(pk=done.object_id)
        found = {"id": job_import.pk, **numbers(kept_findings(job_import), job_import.created)}
        url = reverse("oneapi:job-import", args=[job_import.pk])
        return Response(found, 201, headers={"Location": url})

    def check(self) -> Checked:
        self.import_options, wrong = read_options(self.fleet, self.given)
        try:
            checked = examine(self.fleet, self.content, self.import_options)
        except Unreadable as refused:
            return Checked(errors=[*wrong, Finding.of(refused.row, "", "", refused)])
        self.warn_of_same_file(checked)
        return replace(checked, errors=wrong + checked.errors, rows=[] if wrong else checked.rows)

    def number_to_create(self, checked: Checked) -> int:
        if checked.errors and not self.given["valid_rows_only"]:
            return 0
        return len(checked.rows)

    def create_jobs(self) -> Answer:
        checked = self.check()
        if not self.number_to_create(checked):
            raise Rejected(checked)
        draft = JobImport.objects.keep(
            self.caller,
            fleet=self.fleet,
            name=self.given["file"].name,
            content=self.content,
            options=self.import_options,
            checked=checked,
        )
        draft.confirm(by=self.caller, valid_rows_only=self.given["valid_rows_only"])
        return Answer(201, str(draft.pk))

    def check_again(self, refused: MoveRefused) -> Checked:
        """Name the rows of a partner or unit that was lost after the check, or else the whole file."""
        checked = self.check()
        if checked.errors:
            return checked
        return replace(checked, errors=[Finding.of(None, "", "", BadCell(refused.code, refused))])

    def warn_of_same_file(self, checked: Checked) -> None:
        """Begin the warnings with the import of the same file, if there was one."""
        imports = JobImport.objects.of_same_rows(self.fleet, checked.fingerprint, self.content)
        same = imports.order_by("-pk").first()
        if same:
            text = _("The same file was imported before; %(created)s jobs were created.") % {
                "created": same.created
            }
            checked.warnings.insert(0, Finding(None, "", "imported_before", "", text, ""))


class OneJobImport(OneApiView):
    rights = {"GET": "jobs:read"}
    always_refuses = ("not_found",)
    path_parameters = {"import_id": _lazy("The id of the import.")}

    @extend_schema(operation_id="show_job_import", responses=JobImportDetails)
    def get(self, request: Request, import_id: str) -> Response:
        """Show an import.

        Its numbers, its findings as long as the file is kept, and the job of each row.
        """
        imports = JobImport.objects.visible_to(self.caller).done().select_related("file")
        job_import = imports.filter(pk=import_id).first()
        if job_import is None:
            raise Http404
        jobs = [{"row": row, "job_id": job} for row, job in job_import.jobs_by_row()]
        body = {
            "id": job_import.pk,
            **numbers(kept_findings(job_import), job_import.created),
            "file_name": job_import.file_name,
            "imported_at": job_import.confirmed_at,
            "jobs": jobs,
        }
        return Response(body)


def read_options(fleet: Fleet, given: dict[str, Any]) -> tuple[Options, list[Finding]]:
    """Return template and company as far as this fleet may use them, and what is wrong with them."""
    lookups = Lookups(fleet)
    template_id = given["template_id"]
    company_id = given[COMPANY]
    template = lookups.template(template_id) if template_id else None
    company = lookups.company(company_id) if company_id else None
    wrong = []
    if isinstance(template, BadCell):
        wrong.append(Finding.of(None, "template_id", template_id, template))
        template = None
    if isinstance(company, BadCell):
        wrong.append(Finding.of(None, COMPANY, company_id, company))
        company = None
    layout = Layout(given["encoding"], given["header_row"], given["hidden_rows"])
    columns = given["columns"] or {}
    return Options(template, given["prefer_template_data"], company, columns, layout), wrong


def kept_findings(job_import: JobImport) -> Checked:
    """Return the findings of a finished import, as far as they are kept."""
    checked = Checked(total=job_import.total)
    kept = getattr(job_import, "file", None)
    if kept is None:
        return checked
    return replace(
        checked,
        errors=kept.findings("errors"),
        warnings=kept.findings("warnings"),
        differences=kept.findings("differences"),
    )


def numbers(checked: Checked, created: int) -> dict[str, Any]:
    return {
        "rows": checked.total,
        "created": created,
        "rejected": checked.total - created,
        "warnings": [as_dict(finding) for finding in checked.warnings + checked.differences],
        "errors": [as_dict(finding) for finding in checked.errors],
    }


def as_dict(finding: Finding) -> dict[str, Any]:
    """Return the members of `FindingShape`, without the serializer: it would take longer than the import."""
    return dict(zip(FINDING, finding, strict=True))


FINDING = tuple(FindingShape().fields)
