"""Rows for lists: some planned, some not, some on the same day, some without a plate."""

from datetime import date, timedelta

import pytest

from jobs.models import Job
from telematics.models import Place


@pytest.fixture
def jobs(fleet):
    days = [
        None,
        date(2026, 3, 1),
        date(2026, 3, 1),
        date(2026, 2, 1),
        None,
        date(2026, 3, 1),
        date(2026, 4, 1),
    ]
    plates = ["", "B QX 1", "B QX 1", "", "M EV 7", "A 1", ""]
    made = [
        Job(
            fleet=fleet,
            planned_service_date=days[i % 7] and days[i % 7] + timedelta(days=i // 14),
            license_plate=plates[i % 7],
            custom_name=f"Car {i}",
        )
        for i in range(25)
    ]
    Job.objects.bulk_create(made)
    return Job.objects.filter(fleet=fleet)


@pytest.fixture
def some_rows(proven_job, installer, company_admin, fleet_admin, company, operator):
    proven_job.succeed(by=installer)
    company.invite(email="x@example.com", role="INSTALLER", by=company_admin)
    Place.objects.create(fleet=proven_job.fleet, name="Depot")
