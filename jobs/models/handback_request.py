"""The manager asks the partner to hand an assigned job back."""

from collections.abc import Iterable
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiClient, User
from accounts.models.user import person_of
from core.moves import Versioned, VersionedQuerySet
from core.ulid import ULIDField
from core.values.text_fields import LinesField


class HandbackRequestQuerySet(VersionedQuerySet["HandbackRequest"]):
    def open(self) -> Self:
        return self.filter(status=HandbackRequest.Status.OPEN)

    def create_all(self, jobs: Iterable[Any], *, by: User | ApiClient | None, reason: str) -> None:
        """Called by the moves of the jobs, under their locks."""
        who = person_of(by)
        rows: list[Any] = [
            HandbackRequest(job_id=job, reason=reason, requested_by=who) for job in jobs
        ]
        self.bulk_create(rows)

    def answer(self, status: str, *, by: User | ApiClient | None, answer: str = "") -> int:
        """Called by the moves of the job, under its lock."""
        who = person_of(by)
        return self.open().update(
            status=status,
            answered_by=who,
            answered_at=Now(),
            answer=answer,
        )


class HandbackRequest(Versioned):
    class Status(models.TextChoices):
        OPEN = "OPEN", _("Open")
        ACCEPTED = "ACCEPTED", _("Accepted")
        REFUSED = "REFUSED", _("Refused")
        OBSOLETE = "OBSOLETE", _("Obsolete")

    id = ULIDField(primary_key=True, verbose_name=_("ID"))
    job = models.ForeignKey(
        "jobs.Job", models.PROTECT, related_name="handback_requests", verbose_name=_("job")
    )
    status = models.CharField(
        _("status"), max_length=8, choices=Status, default=Status.OPEN, editable=False
    )
    reason = LinesField(_("reason"), max_length=2000)
    requested_by = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("requested by"),
    )
    requested_at = models.DateTimeField(_("requested at"), db_default=Now())
    answer = LinesField(_("answer"), max_length=2000, blank=True)
    answered_by = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    objects = HandbackRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("hand-back request")
        verbose_name_plural = _("hand-back requests")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["job"], condition=Q(status="OPEN"), name="handback_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.job_id} {self.status}"
