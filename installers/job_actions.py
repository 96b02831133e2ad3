"""What a company's admin can do with a job now."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from core.web.actions import Action, Actions
from jobs.models import Job


class JobActions(Actions):
    """The moves of the office that `job.can(…)` allows."""

    def __init__(self, job: Job) -> None:
        self.job = job

    def offered(self) -> Iterator[Action]:
        if self.job.can("reserve"):
            yield Action(_("Reserve"), self.url("reserve"), "person-circle", opens_dialog=True)
        if self.job.can("withdraw"):
            yield Action(_("Withdraw"), self.url("withdraw"), "arrow-left", opens_dialog=True)
        if self.job.can("hand_back"):
            yield self.hand_back

    @property
    def answers(self) -> list[Action]:
        """To a fleet that asks for the job back."""
        return [
            self.hand_back,
            Action(_("Keep the Job"), self.url("handback_refuse"), "check-lg", opens_dialog=True),
        ]

    @property
    def hand_back(self) -> Action:
        return Action(_("Hand Back"), self.url("handback"), "arrow-left", opens_dialog=True)

    def url(self, name: str) -> str:
        return reverse(f"installers:job_{name}", args=[self.job.pk])
