"""What no browser sends, to every page that writes jobs: a clear answer, never an error of ours,
and nothing written.
"""

from urllib.parse import quote

import pytest

from jobs.models import Job
from tests.factories.jobs import JobFactory

NUL, ENDLESS, OVERLONG = "a\x00b", "9" * 5_000, "x" * 10_000
NASTY = [NUL, ENDLESS, OVERLONG, "-1", "\u202e"]
LOOKED_AT = (
    "jobs/new/?template={}", "jobs/new/?vehicle={}", "jobs/new/?kind={}", "jobs/new/vin/?vin={}",
    "jobs/new/options/vehicles/?vehicle={}", "jobs/new/options/units/?planned_unit={}", "jobs/new/many/?template={}",
    "templates/?search={}", "templates/?page_size={}", "templates/?cursor={}", "presets/?search={}",
    "jobs/installation/bulk/{}/", "jobs/{}/edit/", "templates/{}/", "presets/{}/edit/",
)  # fmt: skip


@pytest.fixture
def job(fleet, manager):
    return JobFactory(by=manager, fleet=fleet)


@pytest.mark.parametrize("nasty", NASTY)
@pytest.mark.parametrize("path", LOOKED_AT)
def test_an_address_that_names_nothing_is_answered(path, nasty, manager_client, at):
    assert manager_client.get(at(path.format(quote(nasty, safe="")))).status_code in (200, 400, 404)


@pytest.mark.parametrize("nasty", NASTY)
@pytest.mark.parametrize("kind", ["INSTALLATION", "MAINTENANCE"])
@pytest.mark.parametrize(
    "field",
    ["vehicle", "planned_unit", "company", "instructions", "further_tests", "planned_service_date"],
)
def test_what_a_field_does_not_take_is_told_at_the_field(field, kind, nasty, manager_client, at):
    task = {"task": "REPLACE_UNIT"} if kind == "MAINTENANCE" else {}
    page = manager_client.post(at(f"jobs/new/?kind={kind}"), {field: nasty} | task)
    nothing_seen = nasty == "\u202e" and field not in ("company", "further_tests")
    may_hold_it = nothing_seen or (field == "instructions" and nasty == "-1")
    assert (page.status_code == 302) if may_hold_it else field in page.context["form"].errors
    assert Job.objects.exists() == may_hold_it


def test_following_what_a_form_does_not_have_shows_the_form(manager_client, at):
    page = manager_client.post(
        at("jobs/new/?kind=MAINTENANCE"), {"follow": "vehicle_model", "location": "Yard"}
    )
    assert page.context["form"]["location"].value() == "Yard"


@pytest.mark.parametrize("version", [{}, {"expected_version": ""}])
def test_a_post_without_the_version_that_the_form_carries_overwrites_nothing(
    manager_client, at, job, version
):
    page = manager_client.post(at(f"jobs/{job.pk}/edit/"), {"location": "Yard"} | version)
    job.refresh_from_db()

    assert (page.status_code, job.location) == (400, "")
    assert "expected_version is missing" in page.content.decode()
    assert 'value="Yard"' in page.content.decode()


@pytest.mark.parametrize("nasty", ["0", ENDLESS, "1x", "-1"])
def test_a_version_that_there_never_was_is_that_of_a_stale_form(nasty, manager_client, at, job):
    page = manager_client.post(
        at(f"jobs/{job.pk}/edit/"), {"expected_version": nasty, "location": "Yard"}
    )
    job.refresh_from_db()
    assert (page.status_code, job.location) == (409, "")
    assert 'value="Yard"' in page.content.decode()


@pytest.mark.parametrize("act", ["assign", "edit", "delete"])
@pytest.mark.parametrize("name", ["until", "select"])
def test_a_selection_of_what_are_no_jobs_is_not_found(name, act, manager_client, at, job):
    for nasty in NASTY:
        answer = manager_client.post(
            at(f"jobs/installation/bulk/{act}/"), {"all": "1", "until": job.pk, name: nasty}
        )
        assert answer.status_code == (404 if name == "until" else 200)
        answer = manager_client.post(
            at(f"jobs/installation/bulk/{act}/"), {name: nasty, "step": "confirmed"}
        )
        assert answer.status_code == (404 if name == "select" else 200)
    assert Job.objects.shown().count() == 1


def test_jobs_of_another_fleet_are_in_no_selection(
    manager_client, at, other_fleet, outside_manager
):
    theirs = JobFactory(by=outside_manager, fleet=other_fleet)
    page = manager_client.post(
        at("jobs/installation/bulk/delete/"), {"select": theirs.pk, "step": "confirmed"}
    )
    theirs.refresh_from_db()
    assert (page.context["total"], theirs.status) == (0, Job.Status.PENDING)


@pytest.mark.parametrize("kind", ["installation", "maintenance"])
def test_a_bulk_edit_follows_nothing_that_it_does_not_have(kind, manager_client, at):
    sent = {"follow": NUL, "touch": "location", "location": "Yard"}
    model = {"vehicle_model": NUL} if kind == "installation" else {}
    page = manager_client.post(at(f"jobs/{kind}/bulk/edit/"), sent | model)
    assert page.context["form"]["location"].value() == "Yard"
