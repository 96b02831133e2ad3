"""`POST job-imports`: the same engine as the page's, in one call."""

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.moves import MoveRefused
from core.web.idempotency import Answer, answer_once, require_key
from core.web.schema import ProblemSchema
from fleetcontrol.api.base import OneApiView
from fleetcontrol.api.shapes import FindingShape, JobImportForm, JobImportShape
from jobs.importing import Check, Checked, Finding, Options, Unreadable, is_known, read, take
from jobs.importing.columns import COMPANY
from jobs.importing.errors import BadCell
from jobs.importing.lookups import Lookups
from jobs.models import JobImport

DESCRIPTION = """One job a row: all of them, or with `valid_rows_only` those without an error, or none.

* **201** the jobs are there. Needs an `Idempotency-Key`; a repeat with the same key is answered alike and creates nothing twice.
* **422** with the same body: rows, template or company are bad, or the file is none; nothing was written.
* **200** is what a `dry_run` answers to any file, template and company: the same body, counting what would be created,
  and nothing written. It needs no key.
* **400** is no import at all: no file, an unknown field, a flag that is none, or no key.
"""


class Rejected(Exception):
    """Nothing can be written: whatever was begun is rolled back, and the caller learns of every reason."""

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
    keys = {"POST": False}  # not for a dry run
    schema = ImportSchema()

    @extend_schema(
        operation_id="import_jobs",
        summary="Import installation jobs",
        description=DESCRIPTION,
        request={"multipart/form-data": JobImportForm},
        responses={200: JobImportShape, 201: JobImportShape},
    )
    def post(self, request: Request) -> Response:
        form = JobImportForm(data=request.data, context={"fleet": self.fleet})
        form.is_valid(raise_exception=True)
        self.told = form.validated_data
        self.content = take(self.told["file"])
        if self.told["dry_run"]:
            checked = self.check()
            return answer(checked, would_create(checked, self.told["valid_rows_only"]), 200)
        require_key(request)
        try:
            done = answer_once(request, self.carry_out)
        except Rejected as rejected:
            return answer(rejected.checked, 0, 422)
        except MoveRefused as refused:
            return answer(self.changed_meanwhile(refused), 0, 422)
        done = JobImport.objects.select_related("file").get(pk=done.object_id)
        return answer(told_of(done), done.created, 201)

    def check(self) -> Checked:
        self.options, wrong = chosen(self.fleet, self.told)
        try:
            checked = Check(self.fleet, read(self.content, is_known), self.options).run()
        except Unreadable as refused:
            return Checked(errors=[*wrong, Finding.of(refused.row, "", "", refused)])
        self.forewarn(checked)
        return replace(checked, errors=wrong + checked.errors, rows=[] if wrong else checked.rows)

    def carry_out(self) -> Answer:
        checked, valid_rows_only = self.check(), self.told["valid_rows_only"]
        if not would_create(checked, valid_rows_only):
            raise Rejected(checked)
        draft = JobImport.objects.keep(
            self.request.user,
            fleet=self.fleet,
            name=self.told["file"].name,
            content=self.content,
            options=self.options,
            checked=checked,
        )
        draft.confirm(by=self.request.user, valid_rows_only=valid_rows_only)
        return Answer(201, draft.pk)

    def changed_meanwhile(self, refused: MoveRefused) -> Checked:
        """A partner or unit went between the check and the lock: named at its rows, or else for the file as a whole."""
        checked = self.check()
        return (
            checked
            if checked.errors
            else replace(checked, errors=[Finding.of(None, "", "", BadCell(refused.code, refused))])
        )

    def forewarn(self, checked: Checked) -> None:
        """The same file again is said first."""
        same = JobImport.objects.of_same_file(self.fleet, self.content).order_by("-pk").first()
        if same:
            text = _("This very file was imported before and became %(created)s jobs.") % {"created": same.created}
            checked.warnings.insert(0, Finding(None, "", "imported_before", "", text, ""))


def chosen(fleet, told: dict[str, Any]) -> tuple[Options, list[Finding]]:
    """Template and company as far as this fleet may use them, and what is wrong with them."""
    keys = {name: told[name].strip() for name in ("template_id", COMPANY)}
    lookups = Lookups(fleet)
    found = {
        "template_id": keys["template_id"] and lookups.template(keys["template_id"]),
        COMPANY: keys[COMPANY] and lookups.company(keys[COMPANY]),
    }
    wrong = [Finding.of(None, name, keys[name], one) for name, one in found.items() if isinstance(one, BadCell)]
    template, company = (one if one and not isinstance(one, BadCell) else None for one in found.values())
    return Options(template, told["prefer_template_data"], company), wrong


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
