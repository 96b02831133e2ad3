"""One line of a job's history."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.moves import Event


class JobEvent(Event):
    job = models.ForeignKey("jobs.Job", models.PROTECT, related_name="events")
    client = models.ForeignKey("accounts.ApiClient", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name, verbose_name_plural = _("job event"), _("job events")
        ordering = ["job", "seq"]
        constraints = [models.UniqueConstraint(fields=["job", "seq"], name="jobevent_gap_free")]

    def __str__(self) -> str:
        return f"{self.job_id} {self.seq} {self.verb}"
