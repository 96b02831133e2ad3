"""One attempt at one test of one job, at the unit: a lease that a worker claims, never a task that owns itself."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import MoveRefused
from core.moves import Versioned, by_flow
from core.sql import update_returning
from core.tasks import nudge
from core.ulid import ULIDField, new_ulid
from jobs.models.choices import VoidReason
from jobs.models.installation_test_queryset import (
    AT_UNIT,
    OPEN,
    PROMPT_TIMEOUT,
    RUN,
    InstallationTestQuerySet,
    Status,
)
from jobs.procedures import earlier_evidence
from jobs.procedures.earlier_hints import current
from jobs.procedures.kinds import TestKind
from telematics.models import Command, Unit, Vehicle

# A procedure renews it at each step; a gateway call takes at most 30 s, so a lease that runs out has lost its worker.
LEASE = timedelta(seconds=45)
INTERRUPTED = gettext_noop("The test was interrupted. Repeat it.")
UNANSWERED = gettext_noop("Nobody answered within 10 minutes. Repeat the test.")


class InstallationTest(Versioned):
    Kind = TestKind
    Status = Status
    UNSEEN = frozenset(("lease_until", "due_at", "fence", "step", "resumable", "memory"))

    id = ULIDField(primary_key=True, verbose_name=_("ID"))
    job = models.ForeignKey("jobs.Job", models.PROTECT, related_name="tests", verbose_name=_("job"))
    unit = models.ForeignKey(
        "telematics.Unit", models.PROTECT, related_name="+", verbose_name=_("unit")
    )
    configuration = models.ForeignKey(
        "jobs.Configuration",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tests",
        verbose_name=_("configuration"),
    )
    kind = models.CharField(_("test"), max_length=20, choices=TestKind)
    attempt = models.PositiveIntegerField(_("attempt"))
    status = models.CharField(
        _("status"), max_length=24, choices=Status, default=Status.QUEUED, editable=False
    )
    # Every write of a worker has `WHERE fence = mine`: a worker that lost the claim writes nothing.
    fence = models.PositiveIntegerField(default=0, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    step = models.PositiveSmallIntegerField(default=0, editable=False)
    # Confirmed by the person; no worker has continued yet.
    resumable = models.BooleanField(default=False, editable=False)
    memory = models.JSONField(default=dict, editable=False)
    evidence = models.JSONField(_("evidence"), default=list, blank=True)
    # Kept in English, as the catalogue of texts has it: each person reads it in their own language.
    hint = models.TextField(_("hint"), blank=True)
    prompt_id = models.CharField(max_length=26, blank=True, editable=False)
    prompt_text = models.TextField(blank=True, editable=False)
    prompt_until = models.DateTimeField(null=True, blank=True, editable=False)
    requested_by = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("requested by"),
    )
    request_id = models.CharField(
        _("request ID"), max_length=64, blank=True, default="", db_default="", editable=False
    )
    requested_at = models.DateTimeField(_("requested at"), db_default=Now())
    due_at = models.DateTimeField(_("next try"), db_default=Now(), editable=False)
    started_at = models.DateTimeField(
        _("started at"),
        null=True,
        blank=True,
        editable=False,
    )
    finished_at = models.DateTimeField(
        _("finished at"),
        null=True,
        blank=True,
        editable=False,
    )
    voided_at = models.DateTimeField(
        _("voided at"),
        null=True,
        blank=True,
        editable=False,
    )
    void_reason = models.CharField(
        _("why it is void"),
        max_length=24,
        choices=VoidReason,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )

    # Loaded `with_next_configuration`.
    next_unit: str | None
    next_at: datetime | None

    objects = InstallationTestQuerySet.as_manager()

    class Meta:
        verbose_name = _("installation test")
        verbose_name_plural = _("installation tests")
        ordering = ["id"]
        indexes = [
            models.Index("job", "id", name="test_of_job"),
            models.Index("unit", "status", condition=Q(status__in=OPEN), name="test_open"),
            by_flow("test_by_flow"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["unit"], condition=Q(status__in=AT_UNIT), name="test_one_at_a_unit"
            ),
            models.UniqueConstraint(
                fields=["job", "kind"], condition=Q(status__in=OPEN), name="test_one_open_of_a_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.attempt}"

    @property
    def measured(self) -> list[dict[str, Any]]:
        """The evidence, also of an earlier version, as the present one writes it."""
        return [earlier_evidence.current(line) for line in self.evidence]

    @property
    def hint_text(self) -> str:
        """What to do about it and why it is void, in the reader's language."""
        hint = gettext(current(self.hint)) if self.hint else ""
        return " ".join(text for text in (hint, self.get_void_reason_display()) if text)

    def read_as_void(self) -> bool:
        """Mark a void attempt as such on this instance. Return whether its row lacks the mark.

        It was loaded `with_next_configuration`.
        """
        if self.void_reason or self.status in OPEN:
            return False
        if self.voided_at is None and self.next_unit is None:
            return False
        if self.voided_at:
            self.void_reason = VoidReason.JOB_RETURNED
        else:
            self.void_reason = self._reason_of_next_configuration()
            self.voided_at = self.next_at
        if self.status == Status.PASSED:
            self.status = Status.VOIDED
        return True

    def _reason_of_next_configuration(self) -> VoidReason:
        if self.next_unit == self.unit_id:
            return VoidReason.CONFIGURATION_CHANGED
        return VoidReason.UNIT_CHANGED

    def write_as_void(self) -> None:
        """Save what `read_as_void` marks."""
        as_loaded = InstallationTest.objects.filter(
            pk=self.pk,
            status=self.status,
            void_reason="",
        )
        if self.read_as_void():
            as_loaded.update(
                status=self.status, voided_at=self.voided_at, void_reason=self.void_reason
            )

    @property
    def prompt(self) -> dict[str, Any] | None:
        """`{id, text, expires_at}` while the test waits for a person; the text is the good result as a sentence."""
        if self.status != Status.AWAITING_CONFIRMATION:
            return None
        return {
            "id": self.prompt_id,
            "text": gettext(self.prompt_text),
            "expires_at": self.prompt_until,
        }

    def run(self) -> None:
        """Claim the test and run it until it ends or waits for a person. Does nothing if another worker has it."""
        from jobs.procedures.run import TestRun

        if self.claim():
            TestRun(self).go()

    def claim(self) -> bool:
        """Take the lease, and return whether this worker has it."""
        first = InstallationTest.objects.claimable().filter(pk=self.pk).values("pk")
        mine = InstallationTest.objects.filter(
            pk__in=first, fence=self.fence, status=self.status, resumable=self.resumable
        )
        try:
            with transaction.atomic():
                # A command of the fleet locks it at its hand-over: it sees this test, or this test sees it.
                Unit.objects.lock(self.unit_id)
                claimed = update_returning(
                    mine,
                    "fence",
                    status=Status.RUNNING,
                    resumable=False,
                    fence=F("fence") + 1,
                    lease_until=Now() + LEASE,
                    version=F("version") + 1,
                )
        except IntegrityError:  # another test of this unit was claimed at the same moment
            return False
        if not claimed:
            return False
        self.refresh_from_db()
        self.fence = claimed[0][0]  # still ours, if nobody has cancelled it in between
        return True

    def write(self, **changes: Any) -> bool:
        """Write as the worker that has the claim. Return False if it has lost it."""
        mine = InstallationTest.objects.filter(
            pk=self.pk, fence=self.fence, status=Status.RUNNING, resumable=False
        )
        return bool(mine.update(**changes))

    @transaction.atomic
    def confirm(self, prompt: str | None, observed: bool, *, by: User) -> None:
        """Answer the prompt as the holder: True lets the test go on, False fails it.

        Raises MoveRefused `no_prompt` if this prompt is not open or no longer open.
        """
        self.job.lock_for_holder("renew", by)
        self.job.access.extend()
        prompts = InstallationTest.objects.open_prompts(prompt).filter(pk=self.pk)
        answered = prompts.resume() if observed else prompts.fail()
        if not answered:
            raise MoveRefused("no_prompt")
        self.refresh_from_db()
        if observed:
            nudge(RUN, self.pk)
        else:
            self.after_end(put_back=True)

    @transaction.atomic
    def cancel(self, *, by: User) -> None:
        """Stop it for the holder, and put the vehicle back where the test was moving it. One that has ended stays."""
        self.job.lock_for_holder("renew", by)
        self.job.access.extend()
        is_moving = bool(InstallationTest.objects.filter(pk=self.pk).cancel_open())
        self.refresh_from_db()
        self.after_end(put_back=is_moving)

    @transaction.atomic
    def reap(self) -> None:
        """End a test whose worker is gone (ERROR) or whose prompt nobody answered (FAILED). Never restart it."""
        rows = InstallationTest.objects.filter(pk=self.pk)
        ended = rows.abandoned().end(Status.ERROR, INTERRUPTED)
        if not ended:
            ended = rows.unanswered().end(Status.FAILED, UNANSWERED)
        if ended:
            self.after_end(put_back=True)

    def after_end(self, *, put_back: bool) -> None:
        """Put the vehicle back if the test was moving it, and nudge the next test of the unit."""
        if put_back:
            self.put_car_back()
        queued = InstallationTest.objects.filter(unit=self.unit_id, status=Status.QUEUED)
        if following := queued.order_by("id").first():
            nudge(RUN, following.pk)

    def put_car_back(self) -> Command | None:
        """Lock the vehicle and disable driving, by the unit that was tested.

        Returns the command, or None if there is none to send.
        """
        vehicle = Vehicle.objects.filter(jobs=self.job_id).select_related("vehicle_model").first()
        if vehicle is None:
            return None
        return vehicle.put_back(at=self.unit_id)

    def wait_for_person(self, text: str) -> bool:
        """Wait for an answer without a worker or a lease; only the prompt has a deadline."""
        return self.write(
            status=Status.AWAITING_CONFIRMATION,
            lease_until=None,
            prompt_id=new_ulid(),
            prompt_text=text,
            prompt_until=Now() + PROMPT_TIMEOUT,
        )
