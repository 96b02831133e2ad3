"""One setup for one unit, requested by one job. Configurations reach their unit in order, one at a time."""

import time
from datetime import timedelta
from typing import Any, Self

from django.db import IntegrityError, models, transaction
from django.db.models import Exists, F, Max, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from core import context
from core.moves import Versioned, VersionedQuerySet
from core.sql import update_returning
from core.tasks import RETRY, nudge
from core.ulid import ULIDField
from jobs import suspension
from jobs.models.choices import JobStatus, VoidReason
from jobs.procedures.base import gateway_hint
from telematics.gateway import GatewayError, get_gateway
from telematics.models import Unit

# Columns of the latest configuration that come with a job.
SEEN = ("id", "status", "at", "error")
# Configurations from before there were sequence numbers all have 0; their ids order them.
NEWEST = ("-sequence", "-id")
PUSH = "jobs.tasks.push_configuration"
# A gateway call takes at most 30 s, so a push whose lease has run out has lost its worker.
LEASE = timedelta(seconds=45)
GIVEN_UP = gettext_noop(
    "The configuration failed for a reason on our side. Operators are notified."
)
REPLACED = gettext_noop("A newer configuration of this job has replaced it.")


class ConfigurationQuerySet(VersionedQuerySet["Configuration"]):
    def request(self, job: str, unit: str, setup: dict[str, Any]) -> "Configuration":
        """Add a PENDING row for the job's unit, and nudge a worker to push it; call it under the job's lock."""
        sequence = self.next_sequence(job, unit)
        due_at = timezone.now() + RETRY
        configuration = self.create(
            job_id=job,
            unit_id=unit,
            setup=setup,
            sequence=sequence,
            due_at=due_at,
            request_id=context.request_id(),
        )
        nudge(PUSH, configuration.pk)
        return configuration

    def next_sequence(self, job: str, unit: str) -> int:
        """A number above those of the job and of the unit.

        The clock is its floor. So a unit that took a configuration that a restored database has lost accepts the
        next one.
        """
        found = self.filter(Q(job=job) | Q(unit=unit)).aggregate(last=Max("sequence"))
        microseconds = time.time_ns() // 1000
        return max(microseconds, (found["last"] or 0) + 1)

    def pending(self) -> Self:
        return self.filter(status=Configuration.Status.PENDING)

    def waiting(self) -> Self:
        """PENDING, and the newest of their job and of their unit."""
        return self.pending().filter(~Exists(newer("job")), ~Exists(newer("unit")))

    def claimable(self) -> Self:
        """Waiting, nothing is being pushed to the unit, and the work is not suspended."""
        at_unit = Configuration.objects.filter(unit=OuterRef("unit"), lease_until__isnull=False)
        works = suspension.fleet_works("job__") & suspension.company_works("job__")
        return self.waiting().filter(works, ~Exists(at_unit))

    def due(self) -> Self:
        """Claimable, and overdue."""
        return self.claimable().filter(due_at__lte=Now())

    def settle_outdated(self) -> None:
        """PENDING ones that a newer one of their job or unit has overtaken are FAILED.

        One being pushed ends by itself.
        """
        left = self.pending().filter(lease_until=None)
        left.filter(Exists(newer("job"))).fail(REPLACED)
        left.filter(Exists(newer("unit"))).fail(stale())

    def fail(self, error: str) -> None:
        self.update(
            status=Configuration.Status.FAILED,
            at=Now(),
            error=error,
        )

    def reap(self) -> None:
        """Take pushes from workers that are gone: each is due again."""
        abandoned = self.filter(lease_until__lt=Now())
        abandoned.update(
            lease_until=None,
            fence=F("fence") + 1,
            due_at=Now(),
        )

    def columns_of_latest(self, job: Any) -> dict[str, models.Subquery]:
        """Annotations that give jobs their latest configuration, read back by `jobs.parts.proof.seen_with`."""
        latest = self.filter(job=job).order_by(*NEWEST)
        return {f"configuration_{name}": models.Subquery(latest.values(name)[:1]) for name in SEEN}


class Configuration(Versioned):
    UNSEEN = frozenset(("lease_until", "due_at", "fence"))

    class Status(models.TextChoices):
        PENDING = "PENDING", _("Pending")
        APPLIED = "APPLIED", _("Applied")
        FAILED = "FAILED", _("Failed")

    id = ULIDField(primary_key=True, verbose_name=_("ID"))
    job = models.ForeignKey(
        "jobs.Job", models.PROTECT, related_name="configurations", verbose_name=_("job")
    )
    unit = models.ForeignKey(
        "telematics.Unit", models.PROTECT, related_name="+", verbose_name=_("unit")
    )
    setup = models.JSONField(_("setup"))
    # Rises with each configuration of the job and of the unit, across machines whose clocks differ.
    sequence = models.BigIntegerField(
        _("sequence number"),
        default=0,
        db_default=0,
        editable=False,
    )
    status = models.CharField(
        _("status"), max_length=8, choices=Status, default=Status.PENDING, editable=False
    )
    # Every write of a worker has `WHERE fence = mine`: a worker that lost the claim writes nothing.
    fence = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    # Set while a worker pushes it.
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    request_id = models.CharField(
        _("request ID"), max_length=64, blank=True, default="", db_default="", editable=False
    )
    requested_at = models.DateTimeField(_("requested at"), db_default=Now())
    due_at = models.DateTimeField(_("next try"), db_default=Now(), editable=False)
    at = models.DateTimeField(_("at"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)

    objects = ConfigurationQuerySet.as_manager()

    class Meta:
        verbose_name = _("configuration")
        verbose_name_plural = _("configurations")
        indexes = [
            models.Index("job", F("sequence").desc(), F("id").desc(), name="configuration_newest"),
            models.Index("due_at", condition=Q(status="PENDING"), name="configuration_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(lease_until__isnull=False),
                name="configuration_one_at_a_unit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_id} {self.status}"

    @property
    def error_text(self) -> str:
        """The error in the reader's language; it is kept in English."""
        if self.error:
            return gettext(self.error)
        return ""

    def push(self) -> None:
        """Claim it and configure the unit, outside any transaction. May run twice, as the row is settled once."""
        if not self.claim():
            Configuration.objects.filter(pk=self.pk).settle_outdated()
            return
        try:
            get_gateway().configure(self.unit_id, self.setup, sequence=self.sequence)
        except GatewayError as error:
            self.settle(self.Status.FAILED, error=str(gateway_hint(error)))
        except Exception:
            self._put_off()
            raise
        else:
            Unit.was_set_up(self.unit_id, self.setup)
            self.settle(self.Status.APPLIED)
        self._nudge_next()

    def claim(self) -> bool:
        """Take the lease. From now on the unit may change, so other open jobs lose the setup that they proved."""
        free = Configuration.objects.claimable().filter(pk=self.pk).values("pk")
        # Of a row that another worker has just written, PostgreSQL checks these again, and not the subquery.
        mine = Configuration.objects.pending().filter(pk__in=free, lease_until=None)
        try:
            with transaction.atomic():
                claimed = update_returning(
                    mine, "fence", fence=F("fence") + 1, lease_until=Now() + LEASE
                )
                if claimed:
                    self._overtake_other_jobs()
        except IntegrityError:  # another configuration of this unit was claimed at the same moment
            return False
        if not claimed:
            return False
        self.fence = claimed[0][0]
        return True

    def settle(self, status: str, error: str = "") -> bool:
        """End a push, once. Return False if another worker has it."""
        mine = Configuration.objects.pending().filter(pk=self.pk, fence=self.fence)
        settled = mine.update(
            status=status,
            at=Now(),
            error=error,
            lease_until=None,
        )
        self.refresh_from_db()
        return bool(settled)

    def give_up(self) -> None:
        """End it as FAILED: pushing it fails repeatedly for an unexpected reason."""
        left = Configuration.objects.pending().filter(pk=self.pk, lease_until=None)
        left.update(status=self.Status.FAILED, at=Now(), error=GIVEN_UP)
        self._nudge_next()

    def _put_off(self) -> None:
        """Let the unit go, and try again later."""
        mine = Configuration.objects.pending().filter(pk=self.pk, fence=self.fence)
        mine.update(lease_until=None, due_at=Now() + RETRY)

    def _overtake_other_jobs(self) -> None:
        """Void the proof of open jobs whose setup is about to leave the unit.

        They have to configure and test it again before they can succeed.
        """
        from jobs.models.installation_test import OPEN, InstallationTest

        earlier = Configuration.objects.filter(unit=self.unit_id, sequence__lt=self.sequence)
        others = earlier.filter(job__status__in=JobStatus.open()).exclude(job=self.job_id)
        overtaken = list(others.filter(status=self.Status.APPLIED).values_list("pk", flat=True))
        if not overtaken:
            return
        Configuration.objects.filter(pk__in=overtaken).fail(stale())
        tests = InstallationTest.objects.filter(configuration__in=overtaken)
        tests.exclude(status__in=OPEN).void(VoidReason.CONFIGURATION_CHANGED)

    def _nudge_next(self) -> None:
        """Nudge a newer configuration that came during this push. Its own nudge found the unit busy."""
        following = Configuration.objects.claimable().filter(unit=self.unit_id).first()
        if following:
            nudge(PUSH, following.pk)


def newer(shared: str) -> models.QuerySet:
    """In a subquery: configurations of the same job or unit that came later."""
    later = Q(sequence__gt=OuterRef("sequence")) | Q(
        sequence=OuterRef("sequence"), id__gt=OuterRef("id")
    )
    return Configuration.objects.filter(later, **{shared: OuterRef(shared)})


def stale() -> str:
    return str(gateway_hint(GatewayError("stale")))
