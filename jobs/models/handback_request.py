"""The manager asks the partner to hand an assigned job back."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.ulid import ULIDField


class HandbackRequestQuerySet(models.QuerySet):
    def open(self):
        return self.filter(status=HandbackRequest.Status.OPEN)

    def answer(self, status: str, *, by, answer: str = "") -> int:
        """Called by the moves of the job, under its lock."""
        who = by if by and by.is_person else None
        return self.open().update(status=status, answered_by=who, answered_at=Now(), answer=answer)


class HandbackRequest(models.Model):
    class Status(models.TextChoices):
        OPEN = "OPEN", _("Open")
        ACCEPTED = "ACCEPTED", _("Accepted")
        REFUSED = "REFUSED", _("Refused")
        OBSOLETE = "OBSOLETE", _("Obsolete")

    id = ULIDField(primary_key=True)
    job = models.ForeignKey("jobs.Job", models.PROTECT, related_name="handback_requests")
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.OPEN, editable=False)
    reason = models.TextField(_("reason"), max_length=2000)
    requested_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    requested_at = models.DateTimeField(db_default=Now())
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    answered_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = HandbackRequestQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("hand-back request"), _("hand-back requests")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["job"], condition=Q(status="OPEN"), name="handback_one_open")]

    def __str__(self) -> str:
        return f"{self.job_id} {self.status}"
