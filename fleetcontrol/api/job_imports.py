"""`POST job-imports`: the same engine as the page's, in one call."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.web.idempotency import Answer, answer_once
from core.web.schema import ProblemSchema
from fleetcontrol.api.base import OneApiView
from fleetcontrol.api.shapes import FindingShape, JobImportForm, JobImportShape
from jobs.importing import Check, Checked, Finding, Options, Unreadable, is_known, read
from jobs.models import JobImport


class Rejected(Exception):
    """Some rows are bad: whatever was begun is rolled back, and the caller learns of all of them."""

    def __init__(self, checked: Checked):
        super().__init__()
        self.checked = checked


class ImportSchema(ProblemSchema):
    """422 is either: bad rows, or a key that was used for another request."""

    def _get_response_bodies(self, direction: Any = "response") -> dict:
        bodies = super()._get_response_bodies(direction)
        both = bodies["422"]["content"] | bodies["200"]["content"]
        return bodies | {"422": {"description": _("Some rows are bad; nothing was written."), "content": both}}


class JobImports(OneApiView):
    parser_classes = [MultiPartParser]
    rights = {"POST": "jobs:write"}
    keys = {"POST": False}
    schema = ImportSchema()

    @extend_schema(
        operation_id="import_jobs",
        summary="Import installation jobs",
        description="One job a row. A dry run answers 200 and writes nothing. With an `Idempotency-Key` a repeat creates nothing twice.",
        request={"multipart/form-data": JobImportForm},
        responses={200: JobImportShape, 201: JobImportShape},
    )
    def post(self, request: Request) -> Response:
        form = JobImportForm(data=request.data, context={"fleet": self.fleet})
        form.is_valid(raise_exception=True)
        told = form.validated_data
        self.options = Options(
            told.get("template_id"), told["prefer_template_data"], told.get("assigned_installer_company_id")
        )
        content = told["file"].read()
        try:
            sheet = read(content, is_known)
        except Unreadable as refused:
            finding = Finding.of(refused.row, "", "", refused)
            return answer(Checked(errors=[finding]), 0, 200 if told["dry_run"] else 422)
        if told["dry_run"]:
            checked = Check(self.fleet, sheet, self.options).run()
            return answer(self.forewarned(checked, content), would_create(checked, told["valid_rows_only"]), 200)
        return self.carry_out(sheet, content, told)

    def carry_out(self, sheet, content: bytes, told: dict) -> Response:
        def act() -> Answer:
            checked = Check(self.fleet, sheet, self.options).run()
            if not would_create(checked, told["valid_rows_only"]):
                raise Rejected(checked)
            draft = JobImport.objects.keep(
                self.request.user,
                fleet=self.fleet,
                name=told["file"].name,
                content=content,
                options=self.options,
                checked=self.forewarned(checked, content),
            )
            draft.confirm(by=self.request.user, valid_rows_only=told["valid_rows_only"])
            return Answer(201, draft.pk)

        try:
            done = JobImport.objects.select_related("file").get(pk=answer_once(self.request, act).object_id)
        except Rejected as rejected:
            return answer(rejected.checked, 0, 422)
        return answer(told_of(done), done.created, 201)

    def forewarned(self, checked: Checked, content: bytes) -> Checked:
        """The same file again is said first."""
        same = JobImport.objects.of_same_file(self.fleet, content).order_by("-pk").first()
        if same:
            text = _("This very file was imported before and became %(created)s jobs.") % {"created": same.created}
            checked.warnings.insert(0, Finding(None, "", "imported_before", "", text, ""))
        return checked


def would_create(checked: Checked, valid_rows_only: bool) -> int:
    return 0 if checked.errors and not valid_rows_only else len(checked.rows)


def told_of(done: JobImport) -> Checked:
    """What was found in an import that is done, as far as it is still kept."""
    kept = getattr(done, "file", None)
    lists = {name: kept.findings(name) if kept else [] for name in ("errors", "warnings", "differences")}
    return Checked(total=done.total, **lists)


def answer(checked: Checked, created: int, status: int) -> Response:
    body = {
        "rows": checked.total,
        "created": created,
        "rejected": checked.total - created,
        "warnings": [told(one) for one in checked.warnings + checked.differences],
        "errors": [told(one) for one in checked.errors],
    }
    return Response(body, status)


def told(finding: Finding) -> dict[str, Any]:
    """As `FindingShape` says; read past the serializer, which would cost more than the import."""
    return dict(zip(FINDING, finding, strict=True))


FINDING = tuple(FindingShape().fields)
