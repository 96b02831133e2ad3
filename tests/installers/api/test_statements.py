"""What a call costs the database: pinned, and the same for few rows and many."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jobs.models import Job
from tests.factories.jobs import JobFactory

pytestmark = [pytest.mark.pg, pytest.mark.django_db(transaction=True)]

# The words of a transaction, and of one inside another, are no question to a table.
BEGIN_AND_END = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def cost(call) -> tuple[int, list[str]]:
    """How many statements, without the transaction's own words."""
    with CaptureQueriesContext(connection) as captured:
        response = call()
    assert response.status_code in (200, 202), response.json()
    statements = [query["sql"] for query in captured if not query["sql"].startswith(BEGIN_AND_END)]
    return len(statements), statements


def assert_costs(call, most: int) -> None:
    number, statements = cost(call)
    assert number <= most, "\n".join(statements)


@pytest.fixture
def many(fleet, partnership, manager, vehicle_model):
    """Jobs of the company, `many(100)`: copied in one statement from one that went the plain way."""
    job = JobFactory(by=manager, fleet=fleet, vehicle_model=vehicle_model)
    job.assign(partnership.company, by=manager)

    def copy(number: int) -> None:
        template = {
            field.attname: getattr(job, field.attname)
            for field in Job._meta.concrete_fields
            if field.name not in ("id", "number")
        }
        Job.objects.bulk_create(Job(**template) for _ in range(number))

    return copy


@pytest.mark.parametrize(
    ("path", "most"),
    [("jobs/?page_size=100", 4), ("jobs/?category=available&search=Car", 4), ("jobs/counts/", 4)],
)
def test_a_list_costs_the_same_for_few_and_many(path, most, many, installer_phone):
    few, _ = cost(lambda: installer_phone.get(path))
    many(120)
    lots, statements = cost(lambda: installer_phone.get(path))
    assert few == lots <= most, "\n".join(statements)


def test_the_first_page_and_one_in_the_middle_cost_the_same(many, installer_phone):
    many(120)
    first = installer_phone.get("jobs/?page_size=10").json()
    middle = installer_phone.client.get(first["next"]).json()["next"]
    assert_costs(lambda: installer_phone.client.get(middle), 4)


def test_me_and_the_models(installer_phone):
    # One for the agreement and one for the second factor.
    assert_costs(lambda: installer_phone.get("me/"), 5)
    # One of the five asks whether the company is suspended.
    assert_costs(lambda: installer_phone.get("vehicle-models/"), 5)


def test_one_job(configured_job, installer_phone):
    assert_costs(lambda: installer_phone.get(f"jobs/{configured_job.pk}/"), 5)


def test_a_job_that_is_known(configured_job, installer_phone):
    url = f"jobs/{configured_job.pk}/"
    known = {"If-None-Match": installer_phone.get(url)["ETag"]}
    with CaptureQueriesContext(connection) as captured:
        assert installer_phone.get(url, **known).status_code == 304
    assert len(captured) == 4, "session, person, whether they see the job, and its tag"


def test_the_index_costs_the_same_for_few_and_many(many, installer_phone):
    few, _ = cost(lambda: installer_phone.get("jobs/index/"))
    many(60)
    lots, statements = cost(lambda: installer_phone.get("jobs/index/"))
    assert few == lots <= 4, "\n".join(statements)


def test_many_sheets_cost_the_same_as_few(many, installer_phone):
    many(10)
    ids = list(Job.objects.values_list("pk", flat=True))
    few, _ = cost(lambda: installer_phone.get(f"jobs/?ids={ids[0]}"))
    lots, statements = cost(lambda: installer_phone.get(f"jobs/?ids={','.join(ids)}"))
    assert few == lots <= 6, "\n".join(statements)


def test_a_take(assigned_job, installer_phone):
    assert_costs(lambda: installer_phone.post(f"jobs/{assigned_job.pk}/assignment/", key=None), 10)


def test_a_take_under_a_key(assigned_job, installer_phone):
    assert_costs(lambda: installer_phone.post(f"jobs/{assigned_job.pk}/assignment/"), 12)


def test_a_success(proven_job, installer_phone):
    assert_costs(
        lambda: installer_phone.post(
            f"jobs/{proven_job.pk}/outcome/", {"outcome": "SUCCEEDED"}, key=None
        ),
        14,
    )


def test_a_failure(configured_job, installer_phone):
    body = {"outcome": "FAILED", "comment": "The car has gone."}
    assert_costs(
        lambda: installer_phone.post(f"jobs/{configured_job.pk}/outcome/", body, key=None), 16
    )


def test_a_failure_before_anything_is_done(running_job, installer_phone):
    body = {"outcome": "FAILED", "comment": "The car was not there."}
    assert_costs(
        lambda: installer_phone.post(f"jobs/{running_job.pk}/outcome/", body, key=None), 10
    )


def test_the_access_is_judged_in_one_statement_of_a_vehicle_call(configured_job, installer_phone):
    assert_costs(lambda: installer_phone.get(f"vehicles/{configured_job.vehicle_id}/state/"), 4)
