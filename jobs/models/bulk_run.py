"""A bulk act too large for one request: worked off in batches by a worker, with progress, and one summary at the end."""

from collections import Counter
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import Fleet
from core.moves import MoveRefused, NotAllowed
from core.sql import insert_select
from core.tasks import nudge
from core.ulid import ULIDField
from jobs.models.choices import Kind
from jobs.moves.many import Outcome, tell_office

# As many at once in a request; more goes to a worker, in batches of the same size.
BATCH = 1000


class BulkRunQuerySet(models.QuerySet):
    def visible_to(self, principal):
        return self.filter(fleet__in=Fleet.objects.visible_to(principal).values("pk"))

    def going(self):
        return self.filter(finished_at=None)

    @transaction.atomic
    def begin(self, act: str, jobs: models.QuerySet | None, *, fleet, by, total: int, **about: Any) -> "BulkRun":
        """Write down what is to be done, over the jobs as they are selected now, and call a worker."""
        from jobs.tasks import go_on_with_bulk_run

        run = self.create(act=act, fleet=fleet, by=by, total=total, **about)
        if jobs is not None:
            selected = jobs.order_by().annotate(run_key=models.Value(run.pk, output_field=ULIDField()))
            insert_select(BulkRunJob, ["run", "job"], selected.values_list("run_key", "pk"))
        nudge(go_on_with_bulk_run, run.pk)
        return run


class BulkRun(models.Model):
    class Act(models.TextChoices):
        ASSIGN = "ASSIGN", _("Bulk Assign")
        EDIT = "EDIT", _("Bulk Edit")
        DELETE = "DELETE", _("Bulk Delete")
        CREATE = "CREATE", _("Create Multiple Jobs")

    id = ULIDField(primary_key=True)
    fleet = models.ForeignKey("accounts.Fleet", models.PROTECT, related_name="bulk_runs")
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    act = models.CharField(_("act"), max_length=8, choices=Act)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.INSTALLATION)
    company = models.ForeignKey("accounts.Company", models.PROTECT, null=True, blank=True, related_name="+")
    template = models.ForeignKey("jobs.JobTemplate", models.SET_NULL, null=True, blank=True, related_name="+")
    changes = models.JSONField(default=dict, blank=True)  # plain values by field name
    total = models.PositiveIntegerField(_("jobs"))
    looked_at = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    refused = models.JSONField(default=dict, blank=True)  # {reason: how many}
    first_done = ULIDField(null=True, blank=True, editable=False)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Now())
    moved_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = BulkRunQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("bulk act"), _("bulk acts")
        ordering = ["-id"]
        indexes = [models.Index("moved_at", condition=models.Q(finished_at=None), name="bulk_run_going")]

    def __str__(self) -> str:
        return f"{self.act} {self.pk}"

    def go(self) -> None:
        """Batch after batch until nothing is left. May run twice or die anywhere: each batch is one transaction."""
        with translation.override(self.by.language):  # the reasons are kept as whoever began it reads them
            while self.step():
                pass

    @transaction.atomic
    def step(self) -> bool:
        self.refresh_from_db(from_queryset=BulkRun.objects.select_for_update(of=("self",), no_key=True))
        if self.finished_at:
            return False
        try:
            with transaction.atomic():
                looked_at = self._batch()
        except (MoveRefused, NotAllowed) as refused:
            looked_at = self._stop(str(refused))
        except ValidationError as error:
            looked_at = self._stop(" ".join(error.messages))
        self.looked_at, self.moved_at = self.looked_at + looked_at, Now()
        if not looked_at or self.error:
            self._finish()
        self.save()
        return not self.finished_at

    def _stop(self, reason: str) -> int:
        """What holds for one batch holds for the next: all that is left is refused, for this reason."""
        self.error, left = reason, self.total - self.looked_at
        self.refused = dict(Counter(self.refused) + Counter({reason: left}))
        return left

    def _batch(self) -> int:
        """Do the next thousand; how many were looked at."""
        from jobs.models.job import Job

        if self.act == self.Act.CREATE:
            number = min(BATCH, self.total - self.looked_at)
            if number and self.template is None:
                raise MoveRefused("no_template", _("The template has been deleted."))
            if number:
                about = {"template": self.template, "company": self.company, "tell": False}
                self._count(Job.objects.create_many(number, fleet=self.fleet, by=self.by, **about))
            return number
        waiting = list(self.jobs.order_by("job").values_list("job", flat=True)[:BATCH])
        if waiting:
            self._count(self._act_on(Job.objects.filter(pk__in=waiting)))
            self.jobs.filter(job__in=waiting).delete()
        return len(waiting)

    def _act_on(self, jobs) -> Outcome:
        about = {"fleet": self.fleet, "by": self.by}
        obstacles = jobs.obstacles(self.act.lower())
        if self.act == self.Act.ASSIGN:
            return Outcome(jobs.assign_all(self.company, tell=False, **about).done, obstacles)
        if self.act == self.Act.EDIT:
            return Outcome([], obstacles) + jobs.edit_all(**about, **thawed(self.changes))
        return Outcome(jobs.delete_all(**about).done, obstacles)

    def _count(self, outcome: Outcome) -> None:
        self.done += len(outcome.done)
        self.refused = dict(Counter(self.refused) + Counter(outcome.refused))
        self.first_done = self.first_done or next(iter(outcome.done), None)

    def _finish(self) -> None:
        self.finished_at = Now()
        if self.company and self.done:
            tell_office(self.company, "assign", self.first_done, self.done, by=self.by)
        self._tell_whoever_began_it()
        self.jobs.all().delete()

    def _tell_whoever_began_it(self) -> None:
        """One line under his bell, as long as he belongs to the fleet; it leads to what came of the act."""
        from jobs.models.notice import Notice, desk_of

        about = {"job_id": self.first_done, "count": self.done, "path": self.path}
        Notice.objects.tell(desk_of(self.fleet_id).filter(pk=self.by_id), f"bulk_{self.act.lower()}", by=None, **about)

    @property
    def path(self) -> str:
        return f"/fleetcontrol/{self.fleet_id}/jobs/bulk/{self.pk}/"


class BulkRunJob(models.Model):
    """A job that a bulk act has still to look at."""

    run = models.ForeignKey(BulkRun, models.CASCADE, related_name="jobs")
    job = models.ForeignKey("jobs.Job", models.PROTECT, related_name="+")

    class Meta:
        verbose_name, verbose_name_plural = _("job of a bulk act"), _("jobs of bulk acts")
        constraints = [models.UniqueConstraint(fields=["run", "job"], name="bulk_run_job_once")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.job_id}"


def frozen(changes: dict[str, Any]) -> dict[str, Any]:
    """Values as JSON has them, of another row its key."""
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else getattr(value, "pk", value)
        for name, value in changes.items()
    }


def thawed(changes: dict[str, Any]) -> dict[str, Any]:
    """The values again. Raises MoveRefused `gone` where the row that one of them names has been deleted since."""
    from jobs.models.job import Job

    return {name: _thawed(Job._meta.get_field(name), value) for name, value in changes.items()}


def _thawed(field, value):
    if not field.is_relation or not value:
        return field.to_python(value)
    row = field.related_model.objects.filter(pk=value).first()
    if row is None:
        raise MoveRefused("gone", _("What was to be set does not exist any more."))
    return row
