"""The figures of a fleet's jobs: what was created and finished in a time, grouped."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import Fleet
from jobs.models import InstallationTest, Job
from jobs.reading.figures import DAY, PARTNER, PLACE, ROLL_OUT, WEEK, figures, in_all
from tests.factories.jobs import JobFactory, RollOutFactory
from tests.factories.telematics import PlaceFactory, UnitFactory

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


def test_the_figures_take_one_statement_however_many_jobs_there_are(
    fleet, ended, django_assert_num_queries
):
    for day in range(5):
        ended(MONDAY + timedelta(days=day), "SUCCEEDED")
    for by in (DAY, WEEK, PARTNER, PLACE, ROLL_OUT):
        with django_assert_num_queries(1):
            figures(fleet, by, MONDAY, MONDAY + timedelta(days=30))


# --- tests that were repeated -----------------------------------------------------------------------------------------
def ran(job: Job, **attempts: int) -> None:
    """`ran(job, GNSS=2)`: so many attempts at each test of the job, of which the last one passed."""
    unit = UnitFactory(fleet=job.fleet)
    for kind, number in attempts.items():
        for attempt in range(1, number + 1):
            status = "PASSED" if attempt == number else "FAILED"
            values = {"kind": kind, "attempt": attempt, "status": status}
            InstallationTest.objects.create(job=job, unit=unit, **values)


@pytest.fixture
def tested(fleet, manager, ended, other_company):
    """Two jobs in the first week with 5 tests, of which 2 ran again; one in the second with 2, of which 1 did."""
    first = {
        "place": PlaceFactory(fleet=fleet, name="Depot Moabit"),
        "roll_out": RollOutFactory(by=manager, fleet=fleet, name="Autumn"),
    }
    ran(ended(MONDAY, "SUCCEEDED", **first), CONNECTIVITY=1, GNSS=3, IGNITION=2)
    tuesday = MONDAY + timedelta(days=1)
    ran(ended(tuesday, "FAILED", failure_reason="OTHER"), CONNECTIVITY=1, GNSS=1)
    next_week = MONDAY + timedelta(days=7)
    ran(ended(next_week, "SUCCEEDED", company=other_company), CONNECTIVITY=1, GNSS=2)
    ended(next_week, "SUCCEEDED", company=other_company)
    not_finished = JobFactory(by=manager, fleet=fleet)
    ran(not_finished, CONNECTIVITY=9)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (WEEK, [(5, 2), (2, 1)]),
        (DAY, [(3, 2), (2, 0), (2, 1)]),
        (PLACE, [(3, 2), (4, 1)]),
        (ROLL_OUT, [(3, 2), (4, 1)]),
        (PARTNER, [(5, 2), (2, 1)]),
    ],
)
def test_tests_are_repeated_where_they_ran_more_than_once(fleet, company, tested, by, expected):
    lines = figures(fleet, by, MONDAY, MONDAY + timedelta(days=13))
    if by == PARTNER:
        lines.sort(key=lambda line: line.group != company.name)
    assert [(line.tested, line.tested_again) for line in lines if line.tested] == expected
    assert in_all(lines).repeated_share == 3 / 7


def test_a_time_without_tests_has_no_share_of_repeated_ones(fleet, ended):
    ended(MONDAY, "SUCCEEDED")
    [line] = figures(fleet, DAY, MONDAY, MONDAY)
    assert line.repeated_share is None


def test_tests_do_not_multiply_the_jobs_that_they_belong_to(fleet, tested):
    lines = figures(fleet, WEEK, MONDAY, MONDAY + timedelta(days=13))
    assert [(line.succeeded, line.failed) for line in lines if line.tested] == [(1, 1), (2, 0)]


# --- open against plan ------------------------------------------------------------------------------------------------
@pytest.fixture
def planned(manager, fleet):
    """`planned(day, status="ASSIGNED", …)`: a job with this planned date, created long before."""

    def plan(day: date | None, **values) -> Job:
        job = JobFactory(by=manager, fleet=fleet, planned_service_date=day)
        long_ago = datetime(2026, 1, 1, tzinfo=UTC)
        Job.objects.filter(pk=job.pk).update(**{"created_at": long_ago} | values)
        return job

    return plan


@pytest.fixture
def of_company(company):
    return {"company": company, "status": "ASSIGNED", "planned": {}}


@pytest.fixture
def done(of_company):
    long_ago = datetime(2026, 2, 1, tzinfo=UTC)
    return {**of_company, "status": "SUCCEEDED", "finished_at": long_ago}


def test_a_week_has_what_was_planned_for_it_and_how_much_of_that_is_open(
    fleet, planned, of_company, done
):
    sunday = MONDAY + timedelta(days=6)
    planned(MONDAY)
    planned(sunday, **of_company)
    planned(sunday, **done)
    planned(sunday, status="DELETED")
    planned(sunday + timedelta(days=1), **done)
    for outside in (MONDAY - timedelta(days=1), MONDAY + timedelta(days=14), None):
        planned(outside)
    lines = figures(fleet, WEEK, MONDAY, MONDAY + timedelta(days=13))
    assert [(line.group, line.planned, line.planned_and_open) for line in lines] == [
        (MONDAY, 3, 2),
        (MONDAY + timedelta(days=7), 1, 0),
    ]
    by_day = figures(fleet, DAY, MONDAY, MONDAY + timedelta(days=13))
    assert [(line.group.day, line.planned, line.planned_and_open) for line in by_day] == [
        (16, 1, 1),
        (22, 2, 1),
        (23, 1, 0),
    ]
    total = in_all(lines)
    assert (total.planned, total.planned_and_open, total.open_now) == (4, 2, 0)


def test_what_happened_and_what_was_planned_on_a_day_are_one_line(fleet, ended, planned):
    Fleet.objects.filter(pk=fleet.pk).update(time_zone="Pacific/Auckland")
    fleet.refresh_from_db()
    ended(MONDAY, "SUCCEEDED")  # noon in UTC is an hour after midnight there
    planned(MONDAY + timedelta(days=1))
    [line] = figures(fleet, DAY, MONDAY, MONDAY + timedelta(days=2))
    assert line.group == MONDAY + timedelta(days=1)
    assert (line.succeeded, line.planned) == (1, 1)


def test_partners_places_and_roll_outs_have_what_is_open_and_overdue_now(
    manager, fleet, company, planned, of_company, done
):
    place = PlaceFactory(fleet=fleet, name="Depot Moabit")
    roll_out = RollOutFactory(by=manager, fleet=fleet, name="Autumn")
    late = fleet.today - timedelta(days=1)
    planned(late, place=place, roll_out=roll_out, **of_company)
    planned(fleet.today, place=place, roll_out=roll_out, **of_company)
    planned(None, **of_company)
    planned(late, place=place, roll_out=roll_out, **done)

    def to_do(by: str) -> list[tuple]:
        lines = figures(fleet, by, MONDAY, MONDAY)
        return [(line.group, line.open_now, line.overdue_now) for line in lines]

    assert to_do(PARTNER) == [(company.name, 3, 1)]
    assert to_do(PLACE) == [("Depot Moabit", 2, 1), ("", 1, 0)]
    assert to_do(ROLL_OUT) == [("Autumn", 2, 1), ("", 1, 0)]


def test_plans_and_open_jobs_of_other_fleets_do_not_count(fleet, second_fleet, planned):
    job = planned(MONDAY)
    Job.objects.filter(pk=job.pk).update(fleet=second_fleet)
    for by in (DAY, WEEK, PARTNER, PLACE, ROLL_OUT):
        assert figures(fleet, by, MONDAY, MONDAY) == []
