"""Gauges of jobs and of the work at units."""

from datetime import timedelta

from django.db.models import Count, QuerySet
from django.db.models.functions import Now

from core.backlog import MOST, leases, waiting
from core.estimates import estimated_counts
from core.gauges import gauge
from core.web.lists.counts import count_by
from jobs.models import Configuration, InstallationTest, Job, VehicleAccess
from jobs.models.choices import JobStatus
from jobs.models.installation_test import OPEN


@gauge("jobs", f"Jobs; more than {MOST} of a status are PostgreSQL's estimate.", label="status")
def jobs() -> dict[str, float]:
    """Counting all of them would read a million: the index of the status is read up to a limit."""
    counts = count_by(Job.objects.all(), {"status": JobStatus.values}, MOST)
    numbers = {status: float(count.number) for (status,), count in counts.items()}
    many = [status for (status,), count in counts.items() if count.more]
    if many:
        estimates = estimated_counts(Job, "status")
        numbers |= {status: max(MOST, estimates.get(status, 0.0)) for status in many}
    return numbers


@gauge("installation_tests", "Tests of units that are not decided yet.", label="status")
def installation_tests() -> dict[str, int]:
    counted = (
        InstallationTest.objects.open().order_by().values_list("status").annotate(count=Count("pk"))
    )
    return {str(status): 0 for status in OPEN} | dict(counted)


@gauge("configurations_waiting", "Configurations that their unit has not yet taken.")
def configurations_waiting() -> int:
    return Configuration.objects.waiting().count()


@waiting("test", since="requested_at", patience=timedelta(minutes=10))
def waiting_tests() -> QuerySet[InstallationTest]:
    """Those that a worker could begin. A test behind others at its unit does not wait for a worker."""
    return InstallationTest.objects.claimable().order_by("unit", "status")


@waiting("configuration", since="requested_at", patience=timedelta(minutes=10))
def waiting_configurations() -> QuerySet[Configuration]:
    return Configuration.objects.claimable().order_by("due_at")


@leases("access")
def accesses_past_end() -> QuerySet[VehicleAccess]:
    return VehicleAccess.objects.lease_over()


@leases("test")
def tests_past_end() -> QuerySet[InstallationTest]:
    return InstallationTest.objects.abandoned()


@leases("configuration")
def configurations_past_end() -> QuerySet[Configuration]:
    return Configuration.objects.filter(lease_until__lt=Now())
