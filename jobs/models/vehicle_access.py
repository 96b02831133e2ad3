"""One person may use one vehicle for one job, from–to. The key says whether and until when, this row for which job and why it ended."""

from django.db import models, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from accounts.models import AgreementSignature, CompanyMembership, Partnership
from core.moves import MoveRefused
from core.prepared import Given, Prepared
from core.sql import as_one_value
from core.ulid import ULIDField
from jobs.lease import LEASE
from jobs.models.choices import JobStatus
from telematics.models import Command, Key


def is_live() -> Case:
    """The one predicate of access: every condition from live rows, the lease by the database's clock."""
    conditions = Q(
        Exists(CompanyMembership.objects.live().filter(user=OuterRef("key__holder"), company=OuterRef("job__company"))),
        Exists(Partnership.objects.accepted().filter(fleet=OuterRef("job__fleet"), company=OuterRef("job__company"))),
        Exists(AgreementSignature.objects.filter(company=OuterRef("job__company"))),
        key__ended_at=None,
        key__ends_at__gt=Now(),
        job__status=JobStatus.RUNNING,
        job__assignee=F("key__holder"),
        job__vehicle=F("key__vehicle"),
        key__holder__is_active=True,
        job__company__suspended_at=None,
        job__company__closed_at=None,
        job__fleet__suspended_at=None,
        job__fleet__provider__suspended_at=None,
    )
    return as_one_value(conditions)


class VehicleAccessQuerySet(models.QuerySet):
    def live(self) -> "VehicleAccessQuerySet":
        """Those that are open now. Where it leads to an act, ask in a statement after the job's lock was taken."""
        return self.filter(is_live(), key__ended_at=None, job__status=JobStatus.RUNNING)

    def with_is_open(self) -> "VehicleAccessQuerySet":
        """Each knowing whether it is open now."""
        return self.annotate(is_open=is_live())

    def open_for(self, user, vehicle_id: str):
        """The access that lets `user` use this vehicle now, or None."""
        rows = self.live().filter(key__holder=user, key__vehicle=vehicle_id)
        return rows.select_related("key", "job__company", "key__vehicle__vehicle_model").first()

    def of_job(self, job) -> "VehicleAccessQuerySet":
        """Every access of a job with its key, each knowing whether it is open now."""
        return self.filter(job=job).select_related("key").with_is_open().order_by("pk")

    def end_of_latest(self, job) -> models.Subquery:
        """What an annotation of jobs takes to know when each one's last access ended, or will."""
        latest = self.filter(job=job).order_by("-pk")
        return models.Subquery(latest.values(end=Coalesce("key__ended_at", "key__ends_at"))[:1])

    def lease_over(self) -> "VehicleAccessQuerySet":
        """Keys whose time is over while nobody has recorded the end yet."""
        return self.filter(end_reason="", key__ends_at__lte=Now())

    def open(self, job, holder, *, ends_at) -> "VehicleAccess":
        key = Key.open(job.vehicle, holder, ends_at)
        return self.create(job=job, key=key)

    @transaction.atomic(savepoint=False)
    def end_for(self, job, why: str, *, by) -> None:
        """End the job's access; call it under the job's lock. What has ended already keeps its reason.

        When the unit has just left the vehicle, whoever else had a key of it lost it: that is then the reason of his
        end. A lease that was over is left to the sweep. Always the keys first, then the accesses.
        """
        Key.objects.filter(access__job=job, access__end_reason="").end_all()
        lost = self.filter(key__vehicle=job.vehicle_id, key__ended_at__isnull=False, end_reason="")
        ended = lost.filter(Q(job=job) | Q(key__ends_at__gt=Now())).values("pk")
        reason = Case(When(job=job, then=Value(why)), default=Value(VehicleAccess.EndReason.UNIT_CHANGED))
        self.filter(pk__in=ended).update(end_reason=reason, ended_by=by if by and by.is_person else None)

    def check_no_other(self, vehicle, holder) -> None:
        """Raises MoveRefused `vehicle_in_use` while somebody else has an open key; call it under the vehicle's lock."""
        if Key.objects.live().of_holders().filter(vehicle=vehicle).exclude(holder=holder).exists():
            raise MoveRefused("vehicle_in_use", _("Somebody else has access to this vehicle."))


class VehicleAccess(models.Model):
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
        LEASE_OVER = "LEASE_OVER", _("The lease was over")

    id = ULIDField(primary_key=True)
    job = models.ForeignKey("jobs.Job", models.PROTECT, related_name="accesses")
    key = models.OneToOneField("telematics.Key", models.PROTECT, related_name="access")
    end_reason = models.CharField(_("why it ended"), max_length=20, choices=EndReason, blank=True)
    ended_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")

    objects = VehicleAccessQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("vehicle access"), _("vehicle accesses")
        ordering = ["id"]
        indexes = [models.Index("job", condition=Q(end_reason=""), name="access_unended")]

    def __str__(self) -> str:
        return f"{self.job_id} {self.key_id}"

    @property
    def ends_at(self):
        """When it ended, or will."""
        return self.key.ended_at or self.key.ends_at

    @transaction.atomic
    def command(self, verb: str, *, by=None, announced: bool = True) -> Command:
        """Queue a command under this access. Raises MoveRefused `access_ended`, `not_supported`."""
        self.lock_live()
        self.key.extend(Now() + LEASE)
        return Command.objects.queue(self.key.vehicle, verb, key=self.key, requested_by=by, announced=announced)

    def lock_live(self) -> None:
        """Lock the job, then see whether the access still is one. Raises MoveRefused `access_ended`."""
        self.job.lock()
        if not VehicleAccess.objects.live().filter(pk=self.pk).exists():
            raise MoveRefused("access_ended", _("Your access to this vehicle has ended."))


def _live_of_job() -> VehicleAccessQuerySet:
    of_job = VehicleAccess.objects.live().filter(job=Given("job", ULIDField()))
    return of_job.select_related("key").order_by("pk")[:1]


LIVE_OF_JOB = Prepared(_live_of_job)
