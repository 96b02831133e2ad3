"""A bulk action too large for one request: a worker runs it in batches, with progress, and sends one
summary at the end.
"""

from collections import Counter
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Fleet
from core.errors import MoveRefused, NotAllowed
from core.sql import insert_select
from core.tasks import nudge
from core.ulid import ULIDField
from jobs.models.choices import Kind
from jobs.models.job import Job
from jobs.moves.many import Outcome, per_company
from jobs.notifications.people import desk_of
from jobs.notifications.sending import notify, notify_offices

# The largest bulk action that a request runs itself. A worker runs larger ones, in batches of this size.
BATCH = 1000
GO_ON = "jobs.tasks.go_on_with_bulk_run"
# Moves whose name differs from their action's.
VERBS = {"HANDBACK": "request_handback", "AGAIN": "create_again", "ROLL_OUT": "set_roll_out"}


class BulkRunQuerySet(models.QuerySet["BulkRun"]):
    def visible_to(self, principal: Any) -> Self:
        return self.filter(fleet__in=Fleet.objects.visible_to(principal).values("pk"))

    def unfinished(self) -> Self:
        return self.filter(finished_at=None)

    @transaction.atomic
    def begin(
        self,
        action: str,
        jobs: models.QuerySet | None,
        *,
        fleet: Fleet,
        by: Any,
        total: int,
        **about: Any,
    ) -> "BulkRun":
        """Store the run with the jobs that are selected now, and call a worker."""
        run = self.create(
            action=action,
            fleet=fleet,
            by=by,
            total=total,
            **about,
        )
        if jobs is not None:
            selected = jobs.order_by().annotate(
                run_key=models.Value(run.pk, output_field=ULIDField())
            )
            insert_select(BulkRunJob, ["run", "job"], selected.values_list("run_key", "pk"))
        nudge(GO_ON, run.pk)
        return run


class BulkRun(models.Model):
    class Action(models.TextChoices):
        ASSIGN = "ASSIGN", _("Bulk Assign")
        EDIT = "EDIT", _("Bulk Edit")
        DELETE = "DELETE", _("Bulk Delete")
        CREATE = "CREATE", _("Create Multiple Jobs")
        HANDBACK = "HANDBACK", _("Ask Back")
        AGAIN = "AGAIN", _("Create Again")
        ROLL_OUT = "ROLL_OUT", _("Add to Roll-out")

        @property
        def verb(self) -> str:
            """The move of each job."""
            return VERBS.get(self, self.value.lower())

    id = ULIDField(primary_key=True, verbose_name=_("ID"))
    fleet = models.ForeignKey(
        "accounts.Fleet", models.PROTECT, related_name="bulk_runs", verbose_name=_("fleet")
    )
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    action = models.CharField(_("action"), max_length=8, choices=Action, db_column="act")
    kind = models.CharField(
        _("kind"),
        max_length=12,
        choices=Kind,
        default=Kind.INSTALLATION,
    )
    company = models.ForeignKey(
        "accounts.Company",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("company"),
    )
    template = models.ForeignKey(
        "jobs.JobTemplate", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Plain values by field name; of a request to hand jobs back, its reason and the companies to notify.
    changes = models.JSONField(default=dict, blank=True)
    total = models.PositiveIntegerField(_("jobs"))
    processed = models.PositiveIntegerField(default=0, db_column="looked_at")
    done = models.PositiveIntegerField(default=0)
    refused = models.JSONField(default=dict, blank=True)  # {reason: how many}
    first_done = ULIDField(null=True, blank=True, editable=False)
    error = models.TextField(_("error"), blank=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())
    moved_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    objects = BulkRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("bulk action")
        verbose_name_plural = _("bulk actions")
        ordering = ["-id"]
        indexes = [
            models.Index("moved_at", condition=models.Q(finished_at=None), name="bulk_run_going")
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.pk}"

    def go(self) -> None:
        """Batch after batch until nothing is left. May run twice or die anywhere: each batch is one transaction."""
        # The reasons are stored in the language of the person who began the run.
        with translation.override(self.by.language):
            while self.step():
                pass

    @transaction.atomic
    def step(self) -> bool:
        self.refresh_from_db(
            from_queryset=BulkRun.objects.select_for_update(of=("self",), no_key=True)
        )
        if self.finished_at:
            return False
        try:
            with transaction.atomic():
                processed = self._batch()
        except (MoveRefused, NotAllowed) as refused:
            processed = self._stop(str(refused))
        except ValidationError as error:
            processed = self._stop(" ".join(error.messages))
        self.processed, self.moved_at = self.processed + processed, Now()
        if not processed or self.error:
            self._finish()
        self.save()
        return not self.finished_at

    @transaction.atomic
    def give_up(self) -> None:
        """End a run that fails repeatedly for an unexpected reason. What is done stays done."""
        with translation.override(self.by.language):
            self.refresh_from_db(
                from_queryset=BulkRun.objects.select_for_update(of=("self",), no_key=True)
            )
            if self.finished_at:
                return
            self.processed += self._stop(gettext("Something went wrong on our side."))
            self._finish()
            self.save()

    def _stop(self, reason: str) -> int:
        """Refuse all jobs that are left, for this reason: it holds for every batch."""
        self.error = reason
        left = self.total - self.processed
        self.refused = dict(Counter(self.refused) + Counter({reason: left}))
        return left

    def _batch(self) -> int:
        """Process the next batch and return the number of its jobs."""
        if self.action == self.Action.CREATE:
            number = min(BATCH, self.total - self.processed)
            if number and self.template is None:
                raise MoveRefused("no_template")
            if number:
                created = Job.objects.create_many(
                    number,
                    fleet=self.fleet,
                    by=self.by,
                    template=self.template,
                    company=self.company,
                    notify=False,
                )
                self._count(created)
            return number
        waiting = list(self.jobs.order_by("job").values_list("job", flat=True)[:BATCH])
        if waiting:
            jobs = Job.objects.filter(pk__in=waiting)
            moved = self._move(jobs)
            verb = self.Action(self.action).verb
            self._count(Outcome(moved.done, jobs.left_out(verb, moved, len(waiting))))
            self.jobs.filter(job__in=waiting).delete()
        return len(waiting)

    def _move(self, jobs: Any) -> Outcome:
        about = {"fleet": self.fleet, "by": self.by}
        match self.action:
            case self.Action.ASSIGN:
                return jobs.assign_all(self.company, notify=False, **about)
            case self.Action.EDIT:
                return jobs.edit_all(**about, **thawed(self.changes))
            case self.Action.HANDBACK:
                return self._request_handbacks(jobs, about)
            case self.Action.AGAIN:
                return jobs.create_again_all(**about, **thawed(self.changes))
            case self.Action.ROLL_OUT:
                return jobs.set_roll_out_all(**about, **thawed(self.changes))
            case _:
                return jobs.delete_all(**about)

    def _request_handbacks(self, jobs: Any, about: dict[str, Any]) -> Outcome:
        """Request the jobs of a batch back. Keep the companies for one notification at the end."""
        reason = self.changes["reason"]
        outcome = jobs.request_handback_all(reason=reason, notify=False, **about)
        asked = self.changes.setdefault("asked", {})
        moved = Job.objects.filter(pk__in=outcome.done).only("pk", "company")
        for company, (first, number) in per_company(moved, outcome.done).items():
            first_of_all, before = asked.get(company, (first, 0))
            asked[company] = (first_of_all, before + number)
        return outcome

    def _count(self, outcome: Outcome) -> None:
        self.done += len(outcome.done)
        self.refused = dict(Counter(self.refused) + Counter(outcome.refused))
        self.first_done = self.first_done or next(iter(outcome.done), None)

    def _finish(self) -> None:
        self.finished_at = Now()
        if self.company and self.done:
            notify_offices("assign", {self.company.pk: (self.first_done, self.done)}, by=self.by)
        if asked := self.changes.get("asked"):
            notify_offices("request_handback", asked, by=self.by)
        self._notify_who_began()
        self.jobs.all().delete()

    def _notify_who_began(self) -> None:
        """One notification, if the person still belongs to the fleet. It links to the result."""
        about = {
            "job_id": self.first_done,
            "count": self.done,
            "path": self.path,
        }
        notify(
            desk_of(self.fleet_id).filter(pk=self.by_id),
            f"bulk_{self.action.lower()}",
            by=None,
            **about,
        )

    @property
    def path(self) -> str:
        return f"/fleetcontrol/{self.fleet_id}/jobs/bulk/{self.pk}/"


class BulkRunJob(models.Model):
    """A job that a bulk action has not processed yet."""

    run = models.ForeignKey(BulkRun, models.CASCADE, related_name="jobs")
    job = models.ForeignKey("jobs.Job", models.PROTECT, related_name="+", verbose_name=_("job"))

    class Meta:
        verbose_name = _("job of a bulk action")
        verbose_name_plural = _("jobs of bulk actions")
        constraints = [models.UniqueConstraint(fields=["run", "job"], name="bulk_run_job_once")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.job_id}"


def frozen(changes: dict[str, Any]) -> dict[str, Any]:
    """Values as JSON; a row is its key."""
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else getattr(value, "pk", value)
        for name, value in changes.items()
    }


def thawed(changes: dict[str, Any]) -> dict[str, Any]:
    """Restore the values. Raises MoveRefused `gone` if a row that one of them names was deleted."""
    return {name: _thawed(Job._meta.get_field(name), value) for name, value in changes.items()}


def _thawed(field: Any, value: Any) -> Any:
    if not field.is_relation or not value:
        return field.to_python(value)
    row = field.related_model.objects.filter(pk=value).first()
    if row is None:
        raise MoveRefused("gone")
    return row
