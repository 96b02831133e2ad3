"""How a job ended: the outcome, who ended it and when, and what its installer was warned of."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from jobs.models.choices import FailureReason
from jobs.models.columns import JobColumns
from jobs.models.job_event import JobEvent

# What the event of the outcome records → the warning that it means.
WARNINGS: dict[str, Promise] = {
    "unlocked": _("The vehicle was unlocked when the job ended. Somebody should lock it."),
    "vin_differs": _("The unit read another VIN than the job has. The installer confirmed it."),
}


def recorded_ends(job: Any) -> QuerySet:
    """What the event of the outcome records of a job."""
    ends = JobEvent.objects.filter(job=job, verb__in=("succeed", "fail"))
    return ends.order_by("-seq").values_list("data", flat=True)


class Warned(NamedTuple):
    code: str
    text: str | Promise


@dataclass(slots=True)
class Ending:
    """The end of one job that has SUCCEEDED or FAILED."""

    job: JobColumns

    @property
    def outcome(self) -> str:
        return self.job.status

    @property
    def reason(self) -> str | None:
        """Why it failed; None for a success."""
        return self.job.failure_reason or None

    @property
    def reason_label(self) -> str:
        return FailureReason.label_of(self.job.failure_reason)

    @property
    def comment(self) -> str:
        return self.job.comment

    @property
    def by(self) -> User | None:
        """Only the holder ends a job, and stays its assignee."""
        return self.job.assignee

    @property
    def taken_at(self) -> datetime | None:
        return self.job.taken_at

    @property
    def finished_at(self) -> datetime | None:
        return self.job.finished_at

    @property
    def warnings(self) -> list[Warned]:
        """What was not as it should be when the job ended. One statement, unless loaded `with_recorded_end`."""
        if hasattr(self.job, "recorded_end"):
            recorded = self.job.recorded_end or {}
        else:
            recorded = recorded_ends(self.job.pk).first() or {}
        return [Warned(code, text) for code, text in WARNINGS.items() if recorded.get(code)]
