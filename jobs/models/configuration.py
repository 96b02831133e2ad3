"""What a unit was told about its vehicle. The latest of a job counts; passes of tests before it are void."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.ulid import ULIDField
from jobs.procedures.base import gateway_hint
from telematics.gateway import GatewayError, get_gateway

# What of the latest one whoever looks at its job wants to know.
SEEN = ("id", "status", "at", "error")


class ConfigurationQuerySet(models.QuerySet):
    def waiting(self):
        """PENDING and not superseded: what the sweep looks for."""
        newer = Configuration.objects.filter(job=models.OuterRef("job"), id__gt=models.OuterRef("id"))
        return self.filter(~models.Exists(newer), status=Configuration.Status.PENDING)

    def columns_of_latest(self, job) -> dict[str, models.Subquery]:
        """What an annotation of jobs takes to know each one's latest, read back by `Job.configuration_seen`."""
        latest = self.filter(job=job).order_by("-id")
        return {f"configuration_{name}": models.Subquery(latest.values(name)[:1]) for name in SEEN}


class Configuration(models.Model):
    class Status(models.TextChoices):
        PENDING = "PENDING", _("Pending")
        APPLIED = "APPLIED", _("Applied")
        FAILED = "FAILED", _("Failed")

    id = ULIDField(primary_key=True)
    job = models.ForeignKey("jobs.Job", models.PROTECT, related_name="configurations")
    unit = models.ForeignKey("telematics.Unit", models.PROTECT, related_name="+")
    setup = models.JSONField()
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.PENDING, editable=False)
    requested_at = models.DateTimeField(db_default=Now())
    at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    objects = ConfigurationQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("configuration"), _("configurations")
        indexes = [
            models.Index("job", models.F("id").desc(), name="configuration_latest"),
            models.Index("requested_at", condition=models.Q(status="PENDING"), name="configuration_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.job_id} {self.status}"

    def push(self) -> None:
        """Tell the unit, outside any transaction. May run twice: the unit ends up the same, the row is settled once."""
        if not Configuration.objects.waiting().filter(pk=self.pk).exists():
            return
        try:
            get_gateway().configure(self.unit_id, self.setup)
        except GatewayError as error:
            self._settle(self.Status.FAILED, error=str(gateway_hint(error)))
        else:
            self._settle(self.Status.APPLIED)

    def _settle(self, status: str, error: str = "") -> None:
        mine = Configuration.objects.filter(pk=self.pk, status=self.Status.PENDING)
        mine.update(status=status, at=Now(), error=error)
        self.refresh_from_db()
