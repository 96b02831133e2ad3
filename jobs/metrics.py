"""Gauges of the work at units."""

from django.db.models import Count

from core.gauges import gauge
from jobs.models import Configuration, InstallationTest
from jobs.models.installation_test import OPEN


@gauge("installation_tests", "Tests of units that are not decided yet.", label="status")
def installation_tests() -> dict[str, int]:
    counted = (
        InstallationTest.objects.open().order_by().values_list("status").annotate(count=Count("pk"))
    )
    return {str(status): 0 for status in OPEN} | dict(counted)


@gauge("configurations_waiting", "Configurations that their unit has not yet taken.")
def configurations_waiting() -> int:
    return Configuration.objects.waiting().count()
