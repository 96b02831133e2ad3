"""The figures of a fleet's jobs: what was created and finished in a time, grouped."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import Fleet
from jobs.models import Job
from jobs.reading.figures import DAY, PARTNER, PLACE, ROLL_OUT, WEEK, figures, in_all
from tests.factories.jobs import JobFactory
from tests.factories.telematics import PlaceFactory

pytestmark = [pytest.mark.django_db, pytest.mark.pg]
MONDAY = date(2026, 11, 16)


@pytest.fixture
def ended(manager, fleet, company):
    """`ended(day, "FAILED", hours=3, …)`: a job that was assigned so long before it ended, at noon of the day."""

    def end(day: date, status: str, *, hours: int = 1, **values) -> Job:
        job = JobFactory(by=manager, fleet=fleet)
        at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        values = {"company": company, "comment": "Because", "created_at": at} | values
        Job.objects.filter(pk=job.pk).update(
            status=status, finished_at=at, assigned_at=at - timedelta(hours=hours), **values
        )
        return job

    return end


def test_what_was_created_and_finished_is_counted_by_week(fleet, ended):
    ended(MONDAY, "SUCCEEDED")
    ended(MONDAY + timedelta(days=6), "FAILED", failure_reason="PARTS_MISSING")
    ended(MONDAY + timedelta(days=7), "SUCCEEDED")
    lines = figures(fleet, WEEK, MONDAY, MONDAY + timedelta(days=13))
    assert [(line.group, line.created, line.succeeded, line.failed) for line in lines] == [
        (MONDAY, 2, 1, 1),
        (MONDAY + timedelta(days=7), 1, 1, 0),
    ]
    assert lines[0].why_failed == "Parts missing: 1"


def test_both_days_of_the_time_count_and_those_beside_it_do_not(fleet, ended):
    for day in range(4):
        ended(MONDAY + timedelta(days=day), "SUCCEEDED")
    lines = figures(fleet, DAY, MONDAY + timedelta(days=1), MONDAY + timedelta(days=2))
    assert [line.group.day for line in lines] == [17, 18]


def test_a_day_is_one_of_the_fleets_zone(fleet, ended):
    job = ended(MONDAY, "SUCCEEDED")
    Fleet.objects.filter(pk=fleet.pk).update(time_zone="Europe/Berlin")
    fleet.refresh_from_db()
    late = datetime(2026, 11, 16, 23, 30, tzinfo=UTC)  # half past midnight in Berlin
    Job.objects.filter(pk=job.pk).update(finished_at=late)
    finished = {line.group: line.succeeded for line in figures(fleet, DAY, MONDAY, MONDAY)}
    assert finished == {MONDAY: 0}
    next_day = MONDAY + timedelta(days=1)
    assert [line.succeeded for line in figures(fleet, DAY, next_day, next_day)] == [1]


def test_partners_and_places_are_named_and_jobs_without_one_come_last(
    manager, fleet, ended, company
):
    place = PlaceFactory(fleet=fleet, name="Depot Moabit")
    ended(MONDAY, "SUCCEEDED", place=place)
    ended(MONDAY, "SUCCEEDED")
    by_partner = figures(fleet, PARTNER, MONDAY, MONDAY)
    assert [(line.group, line.succeeded) for line in by_partner] == [(company.name, 2)]
    by_place = figures(fleet, PLACE, MONDAY, MONDAY)
    assert [(line.group, line.succeeded) for line in by_place] == [("Depot Moabit", 1), ("", 1)]


def test_the_time_from_assigned_to_finished_is_the_median(fleet, ended):
    for hours in (1, 2, 40):
        ended(MONDAY, "SUCCEEDED", hours=hours)
    assert figures(fleet, DAY, MONDAY, MONDAY)[0].duration == timedelta(hours=2)
    ended(MONDAY, "SUCCEEDED", hours=4)
    assert figures(fleet, DAY, MONDAY, MONDAY)[0].duration == timedelta(hours=3)


def test_first_time_success_leaves_out_what_was_tried_again(fleet, ended):
    first = ended(MONDAY, "FAILED", failure_reason="VEHICLE_ABSENT")
    ended(MONDAY, "SUCCEEDED", again_of=first)
    ended(MONDAY, "SUCCEEDED")
    line = figures(fleet, DAY, MONDAY, MONDAY)[0]
    assert (line.succeeded, line.failed, line.first_time_success) == (2, 1, 0.5)


def test_the_total_is_the_sum_of_the_lines(fleet, ended):
    ended(MONDAY, "FAILED", failure_reason="PARTS_MISSING")
    ended(MONDAY + timedelta(days=1), "FAILED", failure_reason="PARTS_MISSING")
    total = in_all(figures(fleet, DAY, MONDAY, MONDAY + timedelta(days=1)))
    assert (total.created, total.failed, total.reasons) == (2, 2, {"PARTS_MISSING": 2})


def test_jobs_of_other_fleets_and_deleted_ones_do_not_count(fleet, second_fleet, ended):
    deleted = ended(MONDAY, "SUCCEEDED")
    Job.objects.filter(pk=deleted.pk).update(status=Job.Status.DELETED)
    elsewhere = ended(MONDAY, "SUCCEEDED")
    Job.objects.filter(pk=elsewhere.pk).update(fleet=second_fleet)
    assert figures(fleet, DAY, MONDAY, MONDAY) == []


def test_the_figures_take_three_statements_however_many_jobs_there_are(
    fleet, ended, django_assert_num_queries
):
    for day in range(5):
        ended(MONDAY + timedelta(days=day), "SUCCEEDED")
    for by in (DAY, WEEK, PARTNER, PLACE, ROLL_OUT):
        with django_assert_num_queries(3):
            figures(fleet, by, MONDAY, MONDAY + timedelta(days=30))
