"""The import of a file of installation jobs: its preview, and a record of who imported it,
when and how many.
"""

import hashlib
from typing import Any

from django.db import models, transaction
from django.db.models import Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiClient, Fleet, User
from accounts.models.membership import MANAGING
from core.errors import MoveRefused
from core.moves import Move, StatusModel
from core.ulid import ULIDField
from jobs.importing.checking import Checked, Doubt, Options, examine
from jobs.importing.errors import Finding, shown
from jobs.importing.layout import Layout
from jobs.importing.writing import write
from jobs.models.choices import JobStatus
from jobs.models.imported_rows import ContentField, FindingsField, RowsField
from jobs.models.job_event import JobEvent
from jobs.refusals import PREVIEW_CHANGED

Principal = User | ApiClient


class JobImportQuerySet(models.QuerySet):
    def visible_to(self, principal: Principal) -> "JobImportQuerySet":
        return self.filter(fleet__in=Fleet.objects.visible_to(principal).values("pk"))

    def done(self) -> "JobImportQuerySet":
        return self.filter(status=JobImport.Status.DONE)

    def of_same_rows(
        self, fleet: Fleet, fingerprint: str, content: bytes = b""
    ) -> "JobImportQuerySet":
        """The imports of files with the same rows. Older imports are recognised by their bytes."""
        prints = [fingerprint, hashlib.sha256(content).hexdigest()]
        return self.done().filter(fleet=fleet, sha256__in=prints)

    def preview(
        self,
        by: Principal,
        *,
        fleet: Fleet,
        name: str,
        content: bytes,
        options: Options | None = None,
    ) -> "JobImport":
        """Check a file and keep the result until it is confirmed. Raises Unreadable, NotAllowed."""
        options = options or Options()
        checked = examine(fleet, content, options)  # slow, so outside any transaction
        return self.keep(
            by, fleet=fleet, name=name, content=content, options=options, checked=checked
        )

    @transaction.atomic
    def keep(
        self,
        by: Principal,
        *,
        fleet: Fleet,
        name: str,
        content: bytes,
        options: Options,
        checked: Checked,
    ) -> "JobImport":
        """Create a draft of a file that has been checked."""
        by.lock_membership(of=fleet, roles=MANAGING)
        draft = JobImport(
            fleet=fleet,
            status=JobImport.Status.DRAFT,
            file_name=shown(name),
            size=len(content),
            **JobImport.who(by, "created"),
        )
        draft.take(options, checked)
        draft.save(force_insert=True)
        draft.file = ImportedFile(
            job_import=draft, content=content, **ImportedFile.kept(options, checked)
        )
        draft.file.save(force_insert=True)
        return draft


class JobImport(StatusModel):
    class Status(models.TextChoices):
        DRAFT = "DRAFT", _("Preview")
        DONE = "DONE", _("Imported")

    MOVES = {"check": Move([Status.DRAFT]), "confirm": Move([Status.DRAFT], Status.DONE)}

    id = ULIDField(primary_key=True, verbose_name=_("ID"))
    status = models.CharField(
        _("status"), max_length=24, choices=Status, default=Status.DRAFT, editable=False
    )
    fleet = models.ForeignKey(
        "accounts.Fleet", models.PROTECT, related_name="job_imports", verbose_name=_("fleet")
    )
    file_name = models.CharField(_("file"), max_length=200, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    size = models.PositiveIntegerField(_("size"), editable=False)
    template = models.ForeignKey(
        "jobs.JobTemplate", models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    prefer_template = models.BooleanField(_("Prefer template data"), default=False, editable=False)
    company = models.ForeignKey(
        "accounts.Company",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("company"),
    )
    columns = models.JSONField(default=dict, editable=False)  # position → the column chosen by hand
    # How the file is to be read, and what its values mean, where a person has decided it.
    layout = models.JSONField(
        default=dict, db_default=Value({}, models.JSONField()), editable=False
    )
    values = models.JSONField(
        default=dict, db_default=Value({}, models.JSONField()), editable=False
    )
    total = models.PositiveIntegerField(_("rows"), editable=False)
    good = models.PositiveIntegerField(_("rows without errors"), editable=False)
    problems = models.PositiveIntegerField(_("errors"), editable=False)
    warnings = models.PositiveIntegerField(_("warnings"), editable=False)
    created = models.PositiveIntegerField(_("jobs"), default=0, editable=False)
    created_by = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("created by"),
    )
    created_at = models.DateTimeField(_("uploaded"), default=timezone.now, editable=False)
    client = models.ForeignKey(
        "accounts.ApiClient",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("client"),
    )
    confirmed_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    confirmed_at = models.DateTimeField(
        _("imported"),
        null=True,
        blank=True,
        editable=False,
    )

    objects = JobImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [
            models.Index("fleet", models.F("id").desc(), name="import_of_fleet"),
            models.Index("fleet", "sha256", name="import_same_file"),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def rejected(self) -> int:
        """The number of rows that were not imported."""
        return self.total - self.created

    @property
    def bad(self) -> int:
        return self.total - self.good

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT

    def jobs_by_row(self) -> list[tuple[int | None, str]]:
        """The record number and the id of each job of this import that is not deleted.

        None for the number in imports of earlier versions.
        """
        created = JobEvent.objects.filter(job__job_import=self.pk, verb="create")
        shown = created.exclude(job__status=JobStatus.DELETED).order_by("job")
        found = [(data.get("row"), job) for data, job in shown.values_list("data", "job")]
        return sorted(found, key=lambda one: one[0] or 0)

    def options(self) -> Options:
        """The choices made beside the file."""
        return Options(
            self.template,
            self.prefer_template,
            self.company,
            dict(self.columns),
            Layout(**self.layout),
            self.values,
        )

    def take(self, options: Options, checked: Checked) -> None:
        """Set the choices and the numbers of a check, without saving."""
        for name, value in self._result(options, checked).items():
            setattr(self, name, value)

    @staticmethod
    def _result(options: Options, checked: Checked) -> dict[str, Any]:
        return {
            "template": options.template,
            "prefer_template": options.prefer_template,
            "company": options.company,
            "columns": options.columns,
            "layout": options.layout._asdict(),
            "values": options.values,
            "sha256": checked.fingerprint,
            "total": checked.total,
            "good": len(checked.rows),
            "problems": len(checked.errors),
            "warnings": len(checked.warnings),
        }

    def recheck(self, *, by: Principal, options: Options) -> None:
        """Check the kept file with other choices, or because the fleet has changed. Raises MoveRefused."""
        checked = examine(self.fleet, bytes(self.file.content), options)
        self.take(options, checked)
        with transaction.atomic():
            by.lock_membership(of=self.fleet, roles=MANAGING)
            self._move("check", by=by, **self._result(options, checked))
            ImportedFile.objects.filter(pk=self.pk).update(**ImportedFile.kept(options, checked))

    @transaction.atomic
    def confirm(
        self, *, by: Principal, expected_version: int | None = None, valid_rows_only: bool = False
    ) -> None:
        """Create the jobs of the preview, all or none.

        Raises MoveRefused `stale`, `bad_rows`, `nothing_to_import`, and the refusals of create and assign.
        """
        self._lock()
        self.check_move("confirm")
        if expected_version is not None and expected_version != self.version:
            raise MoveRefused("stale", PREVIEW_CHANGED)
        if self.problems and not valid_rows_only:
            raise MoveRefused("bad_rows")
        if not self.good:
            raise MoveRefused("nothing_to_import")
        created = write(self, by=by)
        self._move(
            "confirm",
            by=by,
            created=created,
            confirmed_at=timezone.now(),
            **self.who(by, "confirmed"),
        )

    def _lock(self) -> None:
        """Lock the row and reload it, with its file."""
        files = ImportedFile.objects.select_related("job_import").only(
            "job_import", "rows", "further_tests"
        )
        kept = files.select_for_update(of=("job_import",), no_key=True).filter(pk=self.pk).first()
        if kept is None or kept.job_import.version != self.version:
            self.refresh_from_db()
        if kept:
            self.file = kept

    @staticmethod
    def who(by: Principal, action: str) -> dict[str, Any]:
        """The column and the value for the actor of an action."""
        if by.is_person:
            return {f"{action}_by": by}
        return {"client": by}


class ImportedFile(models.Model):
    """The file and the findings in it, in a table of their own because they are large and are deleted after a while."""

    job_import = models.OneToOneField(
        JobImport, models.CASCADE, primary_key=True, related_name="file"
    )
    content = ContentField()
    headings = models.JSONField()
    rows = RowsField()  # those without errors
    further_tests = models.JSONField()
    bad = models.JSONField()  # record numbers
    errors = FindingsField()
    warnings = FindingsField()
    differences = FindingsField()
    # How the file was read, and the texts that are no values of their columns.
    reading = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    doubts = models.JSONField(default=list, db_default=Value([], models.JSONField()))

    class Meta:
        verbose_name = _("imported file")
        verbose_name_plural = _("imported files")

    def __str__(self) -> str:
        return str(self.job_import_id)

    @staticmethod
    def kept(options: Options, checked: Checked) -> dict[str, Any]:
        """The column values for the result of a check."""
        return {
            "headings": checked.headings,
            "rows": checked.rows,
            "further_tests": options.template.further_tests if options.template else [],
            "bad": checked.bad,
            "errors": checked.errors,
            "warnings": checked.warnings,
            "differences": checked.differences,
            "reading": checked.reading,
            "doubts": checked.doubts,
        }

    def findings(self, kind: str) -> list[Finding]:
        """`errors`, `warnings` or `differences`."""
        return [Finding(*values) for values in getattr(self, kind)]

    def doubted(self) -> list[Doubt]:
        return [Doubt(*values) for values in self.doubts]
