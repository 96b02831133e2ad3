"""One file of installation jobs, from its preview to the jobs it became. It stays: who, when, which file, how many."""

import hashlib
from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Fleet, FleetMembership
from core.moves import Move, MoveRefused, StatusModel
from core.ulid import ULIDField
from jobs.importing import Checked, Finding, Options, examine, write
from jobs.importing.errors import shown
from jobs.models.imported_rows import RowsField

# How long the file, its rows and its findings stay; the line that it was imported stays for good.
DRAFT_KEPT, FILE_KEPT = timedelta(days=7), timedelta(days=90)


def fingerprint(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class JobImportQuerySet(models.QuerySet):
    def visible_to(self, principal):
        return self.filter(fleet__in=Fleet.objects.visible_to(principal).values("pk"))

    def done(self):
        return self.filter(status=JobImport.Status.DONE)

    def of_same_file(self, fleet, content: bytes):
        return self.done().filter(fleet=fleet, sha256=fingerprint(content))

    def preview(self, by, *, fleet, name: str, content: bytes, options: Options | None = None) -> "JobImport":
        """Read and check a file, and keep what came out for the confirmation. Raises Unreadable, NotAllowed."""
        options = options or Options()
        checked = examine(fleet, content, options)  # outside of any transaction: it takes its time
        return self.keep(by, fleet=fleet, name=name, content=content, options=options, checked=checked)

    @transaction.atomic
    def keep(self, by, *, fleet, name: str, content: bytes, options: Options, checked: Checked) -> "JobImport":
        """A draft of a file that is read and checked already."""
        by.lock_membership(of=fleet, roles=JobImport.ROLES)
        draft = self.model(
            fleet=fleet,
            status=JobImport.Status.DRAFT,
            file_name=shown(name),
            size=len(content),
            sha256=fingerprint(content),
            **JobImport.who(by, "created"),
        )
        draft.take(options, checked)
        draft.save(force_insert=True)
        draft.file = ImportedFile(job_import=draft, content=content, **ImportedFile.kept(options, checked))
        draft.file.save(force_insert=True)
        return draft

    def forget(self) -> int:
        """Drafts nobody confirmed go, and of the others the file."""
        now = timezone.now()
        stale = self.filter(status=JobImport.Status.DRAFT, created_at__lt=now - DRAFT_KEPT)
        old = ImportedFile.objects.filter(job_import__created_at__lt=now - FILE_KEPT)
        return old.delete()[0] + stale.delete()[0]


class JobImport(StatusModel):
    class Status(models.TextChoices):
        DRAFT = "DRAFT", _("Preview")
        DONE = "DONE", _("Imported")

    MOVES = {"check": Move([Status.DRAFT]), "confirm": Move([Status.DRAFT], Status.DONE)}
    ROLES = (FleetMembership.Role.ADMIN, FleetMembership.Role.MANAGER)

    id = ULIDField(primary_key=True)
    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.DRAFT, editable=False)
    fleet = models.ForeignKey("accounts.Fleet", models.PROTECT, related_name="job_imports", verbose_name=_("fleet"))
    file_name = models.CharField(_("file"), max_length=200, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    size = models.PositiveIntegerField(_("size"), editable=False)
    template = models.ForeignKey(
        "jobs.JobTemplate", models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    prefer_template = models.BooleanField(_("Prefer template data"), default=False, editable=False)
    company = models.ForeignKey(
        "accounts.Company", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    columns = models.JSONField(default=dict, editable=False)  # by position, what was mapped or ignored by hand
    total = models.PositiveIntegerField(_("rows"), editable=False)
    good = models.PositiveIntegerField(_("rows without errors"), editable=False)
    problems = models.PositiveIntegerField(_("errors"), editable=False)
    warnings = models.PositiveIntegerField(_("warnings"), editable=False)
    created = models.PositiveIntegerField(_("jobs"), default=0, editable=False)
    created_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(_("uploaded"), default=timezone.now, editable=False)
    client = models.ForeignKey(
        "accounts.ApiClient", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    confirmed_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    confirmed_at = models.DateTimeField(_("imported"), null=True, blank=True, editable=False)

    objects = JobImportQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("import"), _("imports")
        indexes = [
            models.Index("fleet", models.F("id").desc(), name="import_of_fleet"),
            models.Index("fleet", "sha256", name="import_same_file"),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def rejected(self) -> int:
        """Rows that became no job."""
        return self.total - self.created

    @property
    def bad(self) -> int:
        return self.total - self.good

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT

    def options(self):
        """What was chosen beside the file."""
        return Options(self.template, self.prefer_template, self.company, dict(self.columns))

    def take(self, options, checked) -> None:
        """Stand for what was found."""
        self.template, self.prefer_template = options.template, options.prefer_template
        self.company, self.columns = options.company, options.columns
        self.total, self.good = checked.total, len(checked.rows)
        self.problems, self.warnings = len(checked.errors), len(checked.warnings)

    def recheck(self, *, by, options) -> None:
        """Look at the kept file again with other choices, or because the fleet has changed. Raises MoveRefused."""
        checked = examine(self.fleet, bytes(self.file.content), options)
        self.take(options, checked)
        names = ("template", "prefer_template", "company", "columns", "total", "good", "problems", "warnings")
        with transaction.atomic():
            by.lock_membership(of=self.fleet, roles=self.ROLES)
            self._move("check", by=by, **{name: getattr(self, name) for name in names})
            ImportedFile.objects.filter(pk=self.pk).update(**ImportedFile.kept(options, checked))

    @transaction.atomic
    def confirm(self, *, by, expected_version: int | None = None, valid_rows_only: bool = False) -> None:
        """The jobs of the preview, all or none. Raises MoveRefused: `stale`, `bad_rows`, `nothing_to_import`,
        and what create and assign would refuse."""
        self._lock()
        self.check_move("confirm")
        if expected_version is not None and expected_version != self.version:
            raise MoveRefused("stale", _("The preview has changed. Look at it again before you import."))
        if self.problems and not valid_rows_only:
            raise MoveRefused("bad_rows", _("Some rows have errors. Correct them, or import the valid rows only."))
        if not self.good:
            raise MoveRefused("nothing_to_import", _("There is no row that can be imported."))
        created = write(self, by=by)
        self._move("confirm", by=by, created=created, confirmed_at=timezone.now(), **self.who(by, "confirmed"))

    def _lock(self) -> None:
        """Take the row's lock and see it, with its file, as it is now."""
        locked = ImportedFile.objects.select_for_update(of=("job_import",), no_key=True)
        kept = (
            locked.select_related("job_import").only("job_import", "rows", "further_tests").filter(pk=self.pk).first()
        )
        if kept is None or kept.job_import.version != self.version:
            self.refresh_from_db()
        if kept:
            self.file = kept

    @classmethod
    def who(cls, by, did: str) -> dict[str, Any]:
        return {f"{did}_by": by} if by.is_person else {"client": by}


class ImportedFile(models.Model):
    """The file itself and what was found in it: heavy, and dropped after a while."""

    job_import = models.OneToOneField(JobImport, models.CASCADE, primary_key=True, related_name="file")
    content = models.BinaryField()
    headings = models.JSONField()
    rows = RowsField()  # the good ones
    further_tests = models.JSONField()
    bad = models.JSONField()  # record numbers
    errors = models.JSONField()
    warnings = models.JSONField()
    differences = models.JSONField()

    class Meta:
        verbose_name, verbose_name_plural = _("imported file"), _("imported files")

    def __str__(self) -> str:
        return str(self.job_import_id)

    @staticmethod
    def kept(options, checked) -> dict[str, Any]:
        """The columns for what was found."""
        names = ("headings", "rows", "bad", "errors", "warnings", "differences")
        tests = options.template.further_tests if options.template else []
        return {name: getattr(checked, name) for name in names} | {"further_tests": tests}

    def findings(self, kind: str) -> list:
        """`errors`, `warnings` or `differences`."""
        return [Finding(*values) for values in getattr(self, kind)]
