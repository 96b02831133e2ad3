"""One line of a job's history."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.moves import Event, by_flow


class JobEvent(Event):
    job = models.ForeignKey(
        "jobs.Job", models.PROTECT, related_name="events", verbose_name=_("job")
    )
    client = models.ForeignKey(
        "accounts.ApiClient",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("client"),
    )

    # When the sender says that it happened. Nothing is sorted or judged by it.
    occurred_at = models.DateTimeField(
        _("said to have happened at"), null=True, blank=True, editable=False
    )
    # The sender gave a time that cannot be read or is more than 30 days off.
    is_misdated = models.BooleanField(default=False, db_default=False, editable=False)

    class Meta:
        verbose_name = _("job event")
        verbose_name_plural = _("job events")
        ordering = ["job", "seq"]
        indexes = [by_flow("jobevent_by_flow")]
        constraints = [models.UniqueConstraint(fields=["job", "seq"], name="jobevent_gap_free")]

    def __str__(self) -> str:
        return f"{self.job_id} {self.seq} {self.verb}"
