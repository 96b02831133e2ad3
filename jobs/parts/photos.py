"""Who may add photos to a job and delete them, and until when."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from core.errors import MoveRefused
from jobs.models.choices import FINISHED

MOST = 40
# After the outcome, the person who has finished the job may add what was still on the phone.
LATE = timedelta(hours=24)
# Only the holder of a RUNNING job works with photos, as only they may renew the access. A photo has its own row and is
# no move of the job.
VERB_OF_HOLDER = "renew"


@dataclass(slots=True)
class Photos:
    """The photos of one job, before any of them is at hand. Checks that come before a write run under its lock."""

    job: Any

    def check_add(self, by: User) -> None:
        """Raise MoveRefused `assignment_over`, `wrong_status`, `not_holder`."""
        if not self.is_late:
            self.job.check_move(VERB_OF_HOLDER)
        elif self.job.expected_assignment not in (None, self.job.assignment):
            raise MoveRefused("assignment_over")
        self._check_holder(by)

    def check_delete(self, by: User) -> None:
        """Raise MoveRefused `assignment_over`, `wrong_status`, `not_holder`."""
        self.job.check_move(VERB_OF_HOLDER)
        self._check_holder(by)

    def check_number(self, number: int) -> None:
        """Raise MoveRefused `too_many_photos` for a job that has this many."""
        if number >= MOST:
            raise MoveRefused("too_many_photos")

    @property
    def is_late(self) -> bool:
        """Whether the job is finished, but not for long."""
        if self.job.status not in FINISHED or self.job.finished_at is None:
            return False
        return self.job.finished_at > timezone.now() - LATE

    def _check_holder(self, by: User) -> None:
        if self.job.assignee_id != by.pk:
            raise MoveRefused("not_holder")
