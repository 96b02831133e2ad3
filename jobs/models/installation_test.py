"""One attempt at one test of one job, at the unit: a lease that a worker claims, never a task that owns itself."""

from datetime import timedelta

from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from core.moves import MoveRefused
from core.sql import update_returning
from core.tasks import nudge
from core.ulid import ULIDField, new_ulid
from jobs.models.installation_test_queryset import AT_UNIT, OPEN, InstallationTestQuerySet, Status
from jobs.procedures.kinds import TestKind
from telematics.models import Vehicle

# A procedure renews it at each step; a gateway call takes at most 30 s, so a lease that runs out has lost its worker.
LEASE = timedelta(seconds=45)
PROMPT_TIMEOUT = timedelta(minutes=10)


class InstallationTest(models.Model):
    Kind, Status = TestKind, Status

    id = ULIDField(primary_key=True)
    job = models.ForeignKey("jobs.Job", models.PROTECT, related_name="tests")
    unit = models.ForeignKey("telematics.Unit", models.PROTECT, related_name="+")
    configuration = models.ForeignKey("jobs.Configuration", models.PROTECT, null=True, blank=True, related_name="tests")
    kind = models.CharField(_("test"), max_length=20, choices=TestKind)
    attempt = models.PositiveIntegerField(_("attempt"))
    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.QUEUED, editable=False)
    # Every write of a worker says `WHERE fence = mine`: whoever lost the claim writes nothing.
    fence = models.PositiveIntegerField(default=0, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    step = models.PositiveSmallIntegerField(default=0, editable=False)
    resumable = models.BooleanField(default=False, editable=False)  # confirmed by the person, and no worker goes on yet
    memory = models.JSONField(default=dict, editable=False)
    evidence = models.JSONField(_("evidence"), default=list, blank=True)
    # What is said about it is kept in English, as the catalogue of texts knows it: each reads it in his own language.
    hint = models.TextField(_("hint"), blank=True)
    prompt_id = models.CharField(max_length=26, blank=True, editable=False)
    prompt_text = models.TextField(blank=True, editable=False)
    prompt_until = models.DateTimeField(null=True, blank=True, editable=False)
    requested_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    requested_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True, editable=False)
    voided_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = InstallationTestQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("installation test"), _("installation tests")
        ordering = ["id"]
        indexes = [
            models.Index("job", "id", name="test_of_job"),
            models.Index("unit", "status", condition=Q(status__in=OPEN), name="test_open"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["unit"], condition=Q(status__in=AT_UNIT), name="test_one_at_a_unit"),
            models.UniqueConstraint(
                fields=["job", "kind"], condition=Q(status__in=OPEN), name="test_one_open_of_a_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.attempt}"

    @property
    def said_hint(self) -> str:
        return gettext(self.hint) if self.hint else ""

    @property
    def prompt(self) -> dict[str, str] | None:
        """`{id, text}` while a person is asked; the text is the good result as a sentence."""
        asked = self.status == Status.AWAITING_CONFIRMATION
        return {"id": self.prompt_id, "text": gettext(self.prompt_text)} if asked else None

    def run(self) -> None:
        """Claim the test and go on with it as far as it goes. Finds nothing to do when another worker has it."""
        from jobs.test_run import TestRun

        if self.claim():
            TestRun(self).go()

    def claim(self) -> bool:
        as_loaded = {"fence": self.fence, "status": self.status, "resumable": self.resumable}
        first = InstallationTest.objects.claimable().filter(pk=self.pk).values("pk")
        mine = InstallationTest.objects.filter(pk__in=first, **as_loaded)
        changes = {"status": Status.RUNNING, "resumable": False, "fence": F("fence") + 1, "lease_until": Now() + LEASE}
        try:
            with transaction.atomic():
                claimed = update_returning(mine, "fence", **changes)
        except IntegrityError:  # another test of this unit was claimed at the same moment
            return False
        if claimed:
            self.refresh_from_db()
            self.fence = claimed[0][0]  # the one that is ours, should somebody have cancelled in between
        return bool(claimed)

    def write(self, **changes) -> bool:
        """What the worker with the claim writes; False when the test is no longer its own."""
        mine = InstallationTest.objects.filter(pk=self.pk, fence=self.fence, status=Status.RUNNING, resumable=False)
        return bool(mine.update(**changes))

    @transaction.atomic
    def confirm(self, prompt: str | None, observed: bool, *, by) -> None:
        """The holder answers: True is always as it should be and lets the test go on, False fails it.

        Raises MoveRefused `no_prompt` when this prompt is not open (any more).
        """
        from jobs.tasks import run_installation_test

        self.job._lock_for_holder("renew", by)
        self.job._act_of_holder(by)
        asked = InstallationTest.objects.filter(
            pk=self.pk, status=Status.AWAITING_CONFIRMATION, prompt_id=prompt or F("prompt_id"), prompt_until__gt=Now()
        )
        # No worker holds it yet, so it waits as long as the question did: a broker may stand still meanwhile.
        going_on = {"status": Status.RUNNING, "resumable": True, "lease_until": Now() + PROMPT_TIMEOUT}
        failing = {
            "status": Status.FAILED,
            "finished_at": Now(),
            "hint": gettext_noop("Seen by the installer: not as it should be."),
        }
        if not asked.update(prompt_id="", **(going_on if observed else failing)):
            raise MoveRefused("no_prompt", _("This question is not open any more."))
        self.refresh_from_db()
        if observed:
            nudge(run_installation_test, self.pk)
        else:
            self.after_end(put_back=True)

    @transaction.atomic
    def reap(self) -> None:
        """End a test whose worker is gone (ERROR) or whose question nobody answered (FAILED). Never restart it."""
        lost = {"status": Status.ERROR, "hint": gettext_noop("The test was interrupted. Repeat it.")}
        unanswered = {
            "status": Status.FAILED,
            "hint": gettext_noop("Nobody answered within 10 minutes. Repeat the test."),
        }
        rows = InstallationTest.objects.filter(pk=self.pk)
        ended = {
            "finished_at": Now(),
            "fence": F("fence") + 1,
            "lease_until": None,
            "resumable": False,
            "prompt_id": "",
        }
        if rows.abandoned().update(**lost, **ended) or rows.unanswered().update(**unanswered, **ended):
            self.after_end(put_back=True)

    def after_end(self, *, put_back: bool) -> None:
        """The car is put back where a test was moving it, and the next in line is called."""
        from jobs.tasks import run_installation_test

        if put_back:
            self.put_car_back()
        waiting = InstallationTest.objects.filter(unit=self.unit_id, status=Status.QUEUED).order_by("id").first()
        if waiting:
            nudge(run_installation_test, waiting.pk)

    def put_car_back(self):
        """The command that locks the car and disables driving, by the unit that was tested; None where there is none."""
        vehicle = Vehicle.objects.filter(jobs=self.job_id).select_related("vehicle_model").first()
        return vehicle and vehicle.put_back(at=self.unit_id)

    def ask(self, text: str) -> bool:
        """Wait for a person without a worker or a lease; only the prompt has a deadline."""
        asked = {"prompt_id": new_ulid(), "prompt_text": text, "prompt_until": Now() + PROMPT_TIMEOUT}
        return self.write(status=Status.AWAITING_CONFIRMATION, lease_until=None, **asked)
