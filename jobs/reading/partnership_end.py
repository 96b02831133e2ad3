"""What ends with a partnership, for the dialogs of both sides."""

from accounts.models import Partnership
from jobs.models import Job, VehicleAccess


def work_of(partnership: Partnership) -> dict[str, int]:
    """The number of open jobs and accesses of an accepted partnership."""
    jobs = Job.objects.in_fleet(partnership.fleet).filter(company=partnership.company)
    return {
        "assigned": jobs.filter(status=Job.Status.ASSIGNED).count(),
        "running": jobs.filter(status=Job.Status.RUNNING).count(),
        "accesses": VehicleAccess.objects.live().filter(job__in=jobs).count(),
    }
