"""A phone that checks for changes, again and again: what is known to be unchanged costs no look at the jobs."""

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from jobs import freshness

# Session and person; then the membership, or whether they see the job.
RIGHTS = {"jobs/index/": 3, "jobs/{pk}/": 3}


@pytest.fixture(params=RIGHTS)
def check(request, assigned_job, installer_phone):
    """`check()`: the answer to one check for changes, and whether more than the caller's rights was read."""
    url = request.param.format(pk=assigned_job.pk)
    rights = RIGHTS[request.param]
    known = {"If-None-Match": installer_phone.get(url)["ETag"]}

    def checked() -> tuple[int, bool]:
        with CaptureQueriesContext(connection) as captured:
            answer = installer_phone.get(url, **known)
        return answer.status_code, len(captured) > rights

    return checked


@pytest.fixture
def believed(check) -> None:
    """Checked twice, and not asked of the database from then on."""
    assert [check()[0], check()[0]] == [304, 304]
    assert check() == (304, False)


@pytest.mark.usefixtures("believed")
def test_a_change_of_a_job_shows_at_once(
    check, assigned_job, installer, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        assigned_job.take(by=installer)
    assert check()[0] == 200


@pytest.mark.usefixtures("believed")
def test_the_callers_rights_are_those_of_now(check, company, installer):
    company.memberships.filter(user=installer).update(ended_at=Now())
    assert check()[0] in (403, 404)


@pytest.mark.usefixtures("believed")
def test_a_change_without_a_mark_shows_after_less_than_a_minute(check, assigned_job, monkeypatch):
    type(assigned_job).objects.filter(pk=assigned_job.pk).update(version=99)
    assert check()[0] == 304
    later = freshness.time.time() + 55
    monkeypatch.setattr(freshness.time, "time", lambda: later)
    assert check()[0] == 200


@pytest.mark.usefixtures("believed")
def test_a_lost_cache_costs_a_look_and_nothing_else(check):
    freshness.cache.clear()
    assert check() == (304, True)


def test_while_a_test_runs_every_check_looks(configured_job, installer, installer_phone):
    configured_job.request_tests(by=installer)
    url = f"jobs/{configured_job.pk}/"
    known = {"If-None-Match": installer_phone.get(url)["ETag"]}
    for _ in range(4):
        with CaptureQueriesContext(connection) as captured:
            assert installer_phone.get(url, **known).status_code == 304
        assert len(captured) > RIGHTS["jobs/{pk}/"]


@pytest.mark.usefixtures("believed")
def test_nobody_elses_check_is_answered_from_what_was_found_for_a_person(
    assigned_job, installer_phone, outside_installer_phone
):
    url = f"jobs/{assigned_job.pk}/"
    known = {"If-None-Match": installer_phone.get(url)["ETag"]}
    assert outside_installer_phone.get(url, **known).status_code == 404


@pytest.mark.parametrize("began", ["a test", "a command"])
def test_what_begins_to_run_shows_at_once(
    began, configured_job, installer, installer_phone, django_capture_on_commit_callbacks
):
    url = f"jobs/{configured_job.pk}/"
    known = {"If-None-Match": installer_phone.get(url)["ETag"]}
    assert [installer_phone.get(url, **known).status_code for _ in range(3)] == [304] * 3
    with django_capture_on_commit_callbacks(execute=True):
        if began == "a test":
            configured_job.request_tests(by=installer)
        else:
            configured_job.access.current().command("draw-attention", by=installer)
    assert installer_phone.get(url, **known).status_code == 200
