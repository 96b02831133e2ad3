"""Dates of jobs: the allowed years at every door, and no page that fails for a date, in its URL or in a row."""

from datetime import date

import pytest

from accounts.models import SavedView
from jobs.models import Job
from tests.factories.jobs import JobFactory

REFUSED = ["0001-01-01", "0026-11-24", "1999-12-31", "2101-01-01", "9999-12-31"]
LIMITS = "The year must be from 2000 to 2100."
FILTERS = ["planned_after", "planned_before", "created_after", "created_before"]
# Zones to both sides of UTC: the first and the last day of the calendar have no midnight in one of them.
ZONES = ["Pacific/Auckland", "America/Los_Angeles"]


@pytest.fixture(params=ZONES)
def anywhere(request, fleet, manager):
    for row in (fleet, manager):
        row.time_zone = request.param
        row.save()


@pytest.fixture
def old_jobs(fleet, manager, assigned_job):
    """Jobs planned for days that were once allowed."""
    jobs = [JobFactory(by=manager, fleet=fleet) for _n in range(3)] + [assigned_job]
    for job, day in zip(jobs, (date.min, date(26, 11, 24), date.max, date.max), strict=True):
        Job.objects.filter(pk=job.pk).update(planned_service_date=day)
    return jobs


@pytest.mark.parametrize("kind", ["INSTALLATION", "MAINTENANCE"])
@pytest.mark.parametrize("day", REFUSED)
def test_no_form_saves_a_date_of_another_century(manager_client, at, kind, day):
    task = {"task": "INSPECTION"} if kind == "MAINTENANCE" else {}
    page = manager_client.post(at(f"jobs/new/?kind={kind}"), {"planned_service_date": day} | task)
    assert LIMITS in page.context["form"].errors["planned_service_date"][0]
    assert f'value="{day}"' in page.content.decode()
    assert not Job.objects.exists()


def test_the_error_offers_the_year_that_was_meant(manager_client, at):
    page = manager_client.post(at("jobs/new/"), {"planned_service_date": "0026-11-24"})
    assert f"{LIMITS} Did you mean 2026-11-24?" in page.content.decode()


@pytest.mark.parametrize(
    "path", ["jobs/new/", "jobs/installation/filter/", "jobs/installation/bulk/edit/"]
)
def test_the_browser_offers_no_other_year(manager_client, at, pending_job, path):
    page = manager_client.post if "bulk" in path else manager_client.get
    assert (
        'min="2000-01-01" max="2100-12-31"'
        in page(at(path), {"select": pending_job.pk}).content.decode()
    )


@pytest.mark.parametrize("day", REFUSED)
def test_no_bulk_edit_sets_such_a_date(manager_client, at, pending_job, day):
    sent = {"select": pending_job.pk, "touch": "planned_service_date", "planned_service_date": day}
    for step in ("filled", "confirmed"):
        page = manager_client.post(
            at("jobs/installation/bulk/edit/"), sent | {"step": step}, follow=True
        )
        assert LIMITS in page.context["form"].errors["planned_service_date"][0]
    pending_job.refresh_from_db()
    assert pending_job.planned_service_date is None


@pytest.mark.parametrize("day", REFUSED)
def test_failed_jobs_are_not_created_again_for_such_a_day(manager_client, at, pending_job, day):
    Job.objects.update(status="FAILED", comment="No")
    sent = {"select": pending_job.pk, "planned_service_date": day, "step": "filled"}
    page = manager_client.post(at("jobs/installation/bulk/again/"), sent)
    assert LIMITS in page.context["form"].errors["planned_service_date"][0]
    assert Job.objects.count() == 1


@pytest.mark.parametrize("day", REFUSED)
def test_no_move_writes_such_a_date(pending_job, manager, fleet, day):
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError, match="2000 to 2100"):
        pending_job.edit(by=manager, planned_service_date=date.fromisoformat(day))
    with pytest.raises(ValidationError, match="2000 to 2100"):
        Job.objects.create_by(manager, fleet=fleet, planned_service_date=date.fromisoformat(day))


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("day", REFUSED)
def test_a_filter_by_such_a_date_shows_no_job_and_says_why(
    manager_client, list_url, anywhere, pending_job, name, day
):
    page = manager_client.get(list_url, {name: day})
    assert page.status_code == 200
    assert page.context["table"].lines == []
    assert LIMITS in page.context["chips"][0]["value"]
    assert LIMITS in manager_client.get(f"{list_url}filter/", {name: day}).content.decode()
    for file in ("csv", "xlsx"):
        assert manager_client.get(f"{list_url}export/{file}/", {name: day}).status_code == 200


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("day", ["2000-01-01", "2100-12-31"])
def test_the_first_and_the_last_day_filter_in_every_zone(
    manager_client, list_url, anywhere, pending_job, name, day
):
    page = manager_client.get(list_url, {name: day})
    is_shown = (name, day) in {("created_after", "2000-01-01"), ("created_before", "2100-12-31")}
    assert [line.id for line in page.context["table"].lines] == (
        [pending_job.pk] if is_shown else []
    )


def test_a_saved_view_with_such_a_date_opens_and_says_why(
    manager_client, list_url, manager, fleet, pending_job
):
    query = "created_before=9999-12-31"
    view = {
        "user": manager,
        "fleet": fleet,
        "table": "installation_jobs",
        "name": "All",
        "query": query,
    }
    SavedView.objects.create(**view)
    assert query in manager_client.get(f"{list_url}views/").content.decode()
    page = manager_client.get(f"{list_url}?{query}")
    assert LIMITS in page.content.decode()
    sent = {"all": "1", "query": query, "step": "confirmed", "until": "", "movable": "0"}
    manager_client.post(f"{list_url}bulk/delete/", sent)
    assert Job.objects.get().status == Job.Status.PENDING


def test_jobs_that_have_such_a_date_break_no_page(
    manager_client, company_admin_client, operator_client, list_url, at, anywhere, old_jobs
):
    sorts = (
        {},
        {"sort": "planned"},
        {"sort": "-planned"},
        {"overdue": "on"},
        {"planned_before": "2000-01-01"},
    )
    for query in sorts:
        assert manager_client.get(list_url, {"page_size": 10, **query}).status_code == 200
    for file in ("csv", "xlsx"):
        assert manager_client.get(f"{list_url}export/{file}/").status_code == 200
    for job in old_jobs[:3]:
        for page in ("", "edit/", "assign/"):
            assert manager_client.get(at(f"jobs/{job.pk}/{page}")).status_code == 200, page
    assigned = old_jobs[3]
    for page in (f"jobs/?job={assigned.pk}", f"jobs/{assigned.pk}/"):
        assert company_admin_client.get(f"/installers/{page}", follow=True).status_code == 200, page
    for page in ("", f"{assigned.pk}/change/"):
        assert operator_client.get(f"/admin/jobs/job/{page}").status_code == 200, page


def test_a_job_that_has_such_a_date_is_mended_in_its_form(manager_client, at, old_jobs):
    edit = at(f"jobs/{old_jobs[1].pk}/edit/")
    form = manager_client.get(edit).content.decode()
    assert 'value="0026-11-24"' in form
    version = {"expected_version": old_jobs[1].fields_version}
    refused = manager_client.post(edit, {"planned_service_date": "0026-11-24"} | version)
    assert "Did you mean 2026-11-24?" in refused.content.decode()
    manager_client.post(edit, {"planned_service_date": "2026-11-24"} | version)
    old_jobs[1].refresh_from_db()
    assert old_jobs[1].planned_service_date == date(2026, 11, 24)
