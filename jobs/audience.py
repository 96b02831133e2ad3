"""How many people of the partner see an assigned job, and why when nobody does."""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from accounts.models import CompanyMembership
from jobs.models.choices import JobStatus


class Audience(NamedTuple):
    number: int
    why: str = ""  # only where nobody sees it


class Seen:
    def audience(self) -> Audience | None:
        """The installers to whom an ASSIGNED or RUNNING job is visible; None while it is nobody's."""
        if self.company_id is None or self.status not in (JobStatus.ASSIGNED, JobStatus.RUNNING):
            return None
        people = CompanyMembership.objects.live().working().filter(company=self.company_id)
        number = people.count() if self.company.signatures.exists() else 0
        return Audience(number, "" if number else str(self._why_nobody()))

    def _why_nobody(self):
        if self.company.suspended_at:
            return _("The company is suspended.")
        if not self.company.signatures.exists():
            return _("The company has not accepted the non-disclosure agreement yet.")
        return _("The company has no active users.")
