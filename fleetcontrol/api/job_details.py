"""One job with everything that belongs to it, in a fixed number of statements."""

from typing import Any

from accounts.models import Company
from jobs.models import Job
from jobs.reading.job_sheet import JobSheet


def details_of(job: Job) -> Job:
    """Return the job with what `JobDetails` shows besides its own columns."""
    sheet = JobSheet(job)
    details: Any = job
    details.required_tests = job.proof.required_tests()
    details.attempts = sheet.all_tests[::-1]
    details.handbacks = list(job.handback_requests.order_by("id"))
    details.opened = sheet.accesses
    details.events_shown = events_of(job)
    return job


def events_of(job: Job) -> list[Any]:
    """The events of the job, each with who made it and which company it concerns."""
    events: list[Any] = list(job.events.select_related("actor", "client").order_by("seq"))
    wanted = {event.data.get("company") for event in events} - {None}
    companies = Company.objects.in_bulk(wanted) if wanted else {}
    for event in events:
        event.by = event.actor or event.client
        event.company = companies.get(event.data.get("company"))
    return events
