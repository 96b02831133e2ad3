"""One person may use one vehicle for one job, from–to.

The key has the time, this row the job and the reason of the end.
"""

from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from accounts.models import (
    AgreementSignature,
    ApiClient,
    CompanyMembership,
    Fleet,
    Partnership,
    User,
)
from accounts.models.user import person_of
from core.errors import MoveRefused, NotAllowed
from core.moves import Versioned, VersionedQuerySet
from core.prepared import Given, Prepared
from core.sql import as_one_value
from core.ulid import ULIDField
from jobs import freshness
from jobs.lease import LEASE
from jobs.models.choices import JobStatus
from jobs.models.columns import check_assignment
from jobs.suspension import company_works, fleet_works
from telematics.models import Command, Key, Vehicle


def is_live() -> Case:
    """The one predicate of access: every condition from live rows, the lease by the database's clock."""
    conditions = Q(
        company_works("job__"),
        fleet_works("job__"),
        Exists(
            CompanyMembership.objects.live().filter(
                user=OuterRef("key__holder"), company=OuterRef("job__company")
            )
        ),
        Exists(
            Partnership.objects.accepted().filter(
                fleet=OuterRef("job__fleet"), company=OuterRef("job__company")
            )
        ),
        Exists(AgreementSignature.objects.filter(company=OuterRef("job__company"))),
        key__ended_at=None,
        key__ends_at__gt=Now(),
        job__status=JobStatus.RUNNING,
        job__assignee=F("key__holder"),
        job__vehicle=F("key__vehicle"),
        key__holder__is_active=True,
        job__company__closed_at=None,
    )
    return as_one_value(conditions)


class VehicleAccessQuerySet(VersionedQuerySet["VehicleAccess"]):
    def visible_to(self, principal: User | ApiClient) -> "VehicleAccessQuerySet":
        """The accesses for jobs of the principal's fleets."""
        return self.filter(job__fleet__in=Fleet.objects.visible_to(principal))

    def in_fleet(self, fleet: Fleet) -> "VehicleAccessQuerySet":
        return self.filter(job__fleet=fleet)

    def live(self) -> "VehicleAccessQuerySet":
        """Those that are open now. Before an action, query in a statement after the job's lock."""
        return self.filter(is_live(), key__ended_at=None, job__status=JobStatus.RUNNING)

    def with_is_open(self) -> "VehicleAccessQuerySet":
        """Each knowing whether it is open now."""
        return self.annotate(is_open=is_live())

    def with_until(self) -> "VehicleAccessQuerySet":
        """Each with `until`: when it ended, or will."""
        return self.annotate(until=Coalesce("key__ended_at", "key__ends_at"))

    def open_for(self, user: User, vehicle_id: str) -> "VehicleAccess | None":
        """The access that lets `user` use this vehicle now, or None."""
        rows = self.live().filter(key__holder=user, key__vehicle=vehicle_id)
        loaded = ("key", "job__company", "key__vehicle__vehicle_model", "key__vehicle__unit")
        return rows.select_related(*loaded).first()

    def of_job(self, job: Any) -> "VehicleAccessQuerySet":
        """Every access of a job with its key, each knowing whether it is open now."""
        return self.filter(job=job).select_related("key").with_is_open().order_by("pk")

    def end_of_latest(self, job: Any) -> models.Subquery:
        """For an annotation of jobs: when the last access of each ended, or will end."""
        latest = self.filter(job=job).order_by("-pk")
        return models.Subquery(latest.values(end=Coalesce("key__ended_at", "key__ends_at"))[:1])

    def lease_over(self) -> "VehicleAccessQuerySet":
        """Keys whose time is over, with no recorded end."""
        return self.filter(end_reason="", key__ends_at__lte=Now())

    def open(self, job: Any, holder: User, *, ends_at: Any) -> "VehicleAccess":
        key = Key.open(job.vehicle, holder, ends_at)
        return self.create(job=job, key=key)

    @transaction.atomic(savepoint=False)
    def end_for(self, job: Any, why: str, *, by: User | ApiClient | None) -> None:
        """End the job's access; call it under the job's lock. What has ended already keeps its reason.

        When the unit has just left the vehicle, everyone else who had a key of it lost it: that is then the reason of
        their end. A lease that was over is left to the sweep. Always the keys first, then the accesses.
        """
        if job.vehicle_id is None:  # there was never anything to open
            return
        Key.objects.filter(access__job=job, access__end_reason="").end_all()
        lost = self.filter(
            key__vehicle=job.vehicle_id,
            key__ended_at__isnull=False,
            end_reason="",
        )
        ended = lost.filter(Q(job=job) | Q(key__ends_at__gt=Now())).values("pk")
        reason = Case(
            When(job=job, then=Value(why)), default=Value(VehicleAccess.EndReason.UNIT_CHANGED)
        )
        self.filter(pk__in=ended).update(end_reason=reason, ended_by=person_of(by))

    @transaction.atomic(savepoint=False)
    def end_all(self, why: str, *, by: User | ApiClient | None) -> None:
        """End these, their keys first; call it under the locks of their jobs."""
        unended = self.filter(end_reason="")
        ids = list(unended.order_by("pk").values_list("pk", flat=True))
        Key.objects.filter(access__in=ids).end_all()
        self.model.objects.filter(pk__in=ids).update(end_reason=why, ended_by=person_of(by))

    def check_no_other(self, vehicle: Vehicle, holder: User) -> None:
        """Raises MoveRefused `vehicle_in_use` while somebody else has an open key; call it under the vehicle's lock."""
        if Key.objects.live().of_persons().filter(vehicle=vehicle).exclude(holder=holder).exists():
            raise MoveRefused("vehicle_in_use")


class VehicleAccess(Versioned):
    class EndReason(models.TextChoices):
        SUCCEEDED = "SUCCEEDED", _("The job succeeded")
        FAILED = "FAILED", _("The job failed")
        WITHDRAWN = "WITHDRAWN", _("The job was withdrawn")
        STOPPED = "STOPPED", _("The fleet stopped the access")
        HANDED_BACK = "HANDED_BACK", _("The job was handed back")
        UNIT_CHANGED = "UNIT_CHANGED", _("The unit left the vehicle")
        PERSON_REMOVED = "PERSON_REMOVED", _("The installer left the company")
        COMPANY_REMOVED = "COMPANY_REMOVED", _("The company was closed")
        PARTNERSHIP_ENDED = "PARTNERSHIP_ENDED", _("The partnership ended")
        SUSPENDED = "SUSPENDED", _("The installer, company, fleet or provider was suspended")
        LEASE_OVER = "LEASE_OVER", _("The lease was over")

    id = ULIDField(primary_key=True, verbose_name=_("ID"))
    job = models.ForeignKey(
        "jobs.Job", models.PROTECT, related_name="accesses", verbose_name=_("job")
    )
    key = models.OneToOneField(
        "telematics.Key", models.PROTECT, related_name="access", verbose_name=_("key")
    )
    end_reason = models.CharField(
        _("why it ended"),
        max_length=20,
        choices=EndReason,
        blank=True,
    )
    ended_by = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("ended by"),
    )

    objects = VehicleAccessQuerySet.as_manager()

    class Meta:
        verbose_name = _("vehicle access")
        verbose_name_plural = _("vehicle accesses")
        ordering = ["id"]
        indexes = [models.Index("job", condition=Q(end_reason=""), name="access_unended")]

    def __str__(self) -> str:
        return f"{self.job_id} {self.key_id}"

    @property
    def ends_at(self) -> datetime:
        """When it ended, or will."""
        return self.key.ended_at or self.key.ends_at

    @transaction.atomic
    def command(self, verb: str, *, by: User | None = None, announced: bool = True) -> Command:
        """Queue a command under this access. Raises MoveRefused `access_ended`, `assignment_over`, `not_supported`."""
        self.lock_live()
        self.key.extend(Now() + LEASE)
        freshness.touch(self.job.fleet_id)
        return Command.objects.queue(
            self.key.vehicle, verb, key=self.key, requested_by=by, announced=announced
        )

    def lock_live(self) -> None:
        """Lock the job, then see whether the access still is one.

        Raises MoveRefused `fleet_suspended`, `access_ended`, `assignment_over`.
        """
        self.job.lock()
        check_assignment(self.job)
        if not VehicleAccess.objects.live().filter(pk=self.pk).exists():
            if self.key.holder is not None:
                with suppress(
                    NotAllowed
                ):  # a person who is no longer here is refused as at every end
                    self.job.check_not_suspended(self.key.holder)
            raise MoveRefused("access_ended")


def _live_of_job() -> VehicleAccessQuerySet:
    of_job = VehicleAccess.objects.live().filter(job=Given("job", ULIDField()))
    return of_job.select_related("key").order_by("pk")[:1]


# Saves 3 ms a call: `./bin/bench list`, the line "finish ÷ B1".
LIVE_OF_JOB = Prepared(_live_of_job)


def job_of(row: models.Model) -> str | None:
    """The job that a row names, or for which its key was opened."""
    if job := getattr(row, "job_id", None):
        return job
    key = row.pk if isinstance(row, Key) else getattr(row, "key_id", None)
    return (
        VehicleAccess.objects.filter(key=key).values_list("job", flat=True).first() if key else None
    )
