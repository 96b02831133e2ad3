"""The number of the partner's people who see an assigned job, and the reason if nobody does."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Company, CompanyMembership
from jobs.models.choices import JobStatus
from jobs.models.columns import JobColumns


class Audience(NamedTuple):
    number: int
    why: str = ""  # only where nobody sees it


def audience_of(job: JobColumns) -> Audience | None:
    """Return the installers to whom an ASSIGNED or RUNNING job is visible; None while it belongs to no company."""
    company = job.company
    if company is None or job.status not in (JobStatus.ASSIGNED, JobStatus.RUNNING):
        return None
    number = 0
    if company.signatures.exists():
        number = CompanyMembership.objects.live().working().filter(company=company).count()
    return Audience(number, "" if number else str(_why_nobody(company)))


def _why_nobody(company: Company) -> str | Promise:
    if company.suspended_at:
        return _("The company is suspended.")
    if not company.signatures.exists():
        return _("The company has not accepted the non-disclosure agreement yet.")
    return _("The company has no active users.")
