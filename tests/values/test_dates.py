"""Dates from before they had bounds, and days in the reader's zone."""

from datetime import UTC, date, datetime

import pytest

from core.errors import MoveRefused
from jobs.models import Job
from tests.factories.jobs import JobFactory
from tests.old_rows import store

OLD = [date(26, 11, 24), date(1999, 12, 31), date(2101, 1, 1), date(9999, 12, 31)]


@pytest.fixture
def dated(manager, fleet):
    def make(day):
        job = JobFactory(by=manager, fleet=fleet)
        store(job, planned_service_date=f"{day.year:04}-{day:%m-%d}")
        job.refresh_from_db()
        return job

    return make


@pytest.mark.parametrize("day", OLD, ids=str)
def test_an_impossible_date_from_before_is_not_assigned(day, dated, partnership, manager):
    job = dated(day)
    with pytest.raises(MoveRefused) as refused:
        job.assign(partnership.company, by=manager)
    assert refused.value.code == "date_out_of_range"
    job.edit(by=manager, planned_service_date=date(2026, 11, 24))
    job.assign(partnership.company, by=manager)
    assert job.status == Job.Status.ASSIGNED


def test_of_many_jobs_those_with_an_impossible_date_stay_pending(
    dated, partnership, manager, fleet
):
    bad = [dated(day) for day in OLD]
    good = [dated(date(2000, 1, 1)), JobFactory(by=manager, fleet=fleet)]
    jobs = Job.objects.in_fleet(fleet)
    reason = {"its planned service date is not possible": len(bad)}
    assert jobs.obstacles("assign") == reason
    outcome = jobs.assign_all(partnership.company, fleet=fleet, by=manager)
    assert (set(outcome.done), outcome.refused) == ({job.pk for job in good}, reason)


def test_the_page_says_at_assigning_why_a_date_is_refused(
    dated, partnership, manager_client, fleet
):
    job = dated(date(26, 11, 24))
    url = f"/fleetcontrol/{fleet.pk}/jobs/{job.pk}/assign/"
    page = manager_client.post(url, {"company": partnership.company_id}, follow=True)
    assert "The year must be from 2000 to 2100. Did you mean 2026-11-24?" in page.content.decode()
    job.refresh_from_db()
    assert job.status == Job.Status.PENDING


@pytest.mark.parametrize(
    ("zone", "day"), [("Pacific/Auckland", "2026-11-25"), ("America/New_York", "2026-11-24")]
)
def test_the_filter_of_created_uses_the_day_that_the_reader_sees(
    zone, day, manager, manager_client, fleet
):
    job = JobFactory(by=manager, fleet=fleet)
    Job.objects.filter(pk=job.pk).update(created_at=datetime(2026, 11, 24, 13, tzinfo=UTC))
    manager.time_zone = zone
    manager.save()
    url = f"/fleetcontrol/{fleet.pk}/jobs/installation/"
    page = manager_client.get(
        url, {"created_after": day, "created_before": day, "columns": "job,created_at"}
    )
    assert [line.id for line in page.context["table"].lines] == [job.pk]
    other = "2026-11-24" if day.endswith("25") else "2026-11-25"
    empty = manager_client.get(url, {"created_after": other, "created_before": other})
    assert empty.context["table"].lines == []
