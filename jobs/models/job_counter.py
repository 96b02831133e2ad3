"""The last job number of each fleet."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.sql import advance

if TYPE_CHECKING:
    from jobs.models.columns import JobColumns


class JobCounter(models.Model):
    """One row of a fleet that has had a job. It is locked after memberships and existing jobs, before vehicles."""

    fleet = models.OneToOneField(
        "accounts.Fleet",
        models.PROTECT,
        primary_key=True,
        related_name="+",
        verbose_name=_("fleet"),
    )
    last = models.PositiveIntegerField(_("last job number"))

    class Meta:
        verbose_name = _("counter of jobs")
        verbose_name_plural = _("counters of jobs")

    def __str__(self) -> str:
        return f"{self.fleet_id} {self.last}"


def next_numbers(fleet_id: str, count: int) -> range:
    """The next numbers of a fleet's jobs, in one statement. Numbers of a transaction that fails are used again."""
    last = advance(JobCounter, fleet_id, "last", count)
    return range(last - count + 1, last + 1)


def number_new(jobs: "Sequence[JobColumns | Any]", fleet_id: str) -> None:
    """Give new jobs of one fleet their numbers, in their order. Not saved."""
    if not jobs:
        return
    for job, number in zip(jobs, next_numbers(fleet_id, len(jobs)), strict=True):
        job.number = number
