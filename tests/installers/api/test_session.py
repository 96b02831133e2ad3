"""The website's session opens the API: with a CSRF token, and for the person who is named alone."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from core.models import AnsweredRequest
from jobs.models import Job
from tests.factories.accounts import PASSWORD
from tests.installers.api.contract import ROOT, check
from tests.sessions import app_token


class WebApp:
    """The app in a browser: it reads the CSRF token from its cookie and names its person."""

    def __init__(self, user):
        self.user = user
        self.client = Client(enforce_csrf_checks=True)
        self.client.force_login(user)
        self.client.get(f"{ROOT}me/")

    def call(self, method, path, *, person=None, csrf=None, **headers):
        headers["X-Person"] = str(person or self.user.pk)
        headers["X-CSRFToken"] = csrf or self.client.cookies["csrftoken"].value
        return self.send(method, path, **headers)

    def send(self, method, path, **headers):
        send = getattr(self.client, method)
        answer = send(ROOT + path, content_type="application/json", headers=headers)
        check(method, ROOT + path, answer)
        return answer


@pytest.fixture
def app(installer):
    return WebApp(installer)


def take(job) -> str:
    return f"jobs/{job.pk}/assignment/"


def status_of(job) -> str:
    return Job.objects.get(pk=job.pk).status


def test_a_job_is_taken_with_the_session_of_the_website(app, assigned_job, installer):
    assert app.call("post", take(assigned_job)).status_code == 200
    assert Job.objects.get(pk=assigned_job.pk).assignee == installer


def test_a_write_without_the_csrf_token_is_refused(app, assigned_job):
    for refused in (
        app.send("post", take(assigned_job), **{"X-Person": str(app.user.pk)}),
        app.call("post", take(assigned_job), csrf="x" * 32),
    ):
        assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")
    assert status_of(assigned_job) == "ASSIGNED"


def test_me_sets_the_cookie_of_the_csrf_token_and_needs_no_person(installer):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(installer)
    answer = browser.get(f"{ROOT}me/")
    assert answer.json()["person"]["id"] == installer.pk
    assert answer.cookies["csrftoken"].value
    assert not answer.cookies["csrftoken"]["httponly"]


@pytest.mark.parametrize("named", [None, "", "me", "-1", "1" * 30])
def test_every_other_call_has_to_name_its_person(named, app, assigned_job):
    headers = {} if named is None else {"X-Person": named}
    refused = app.send("get", "jobs/", **headers)
    assert refused.status_code == 400
    assert list(refused.json()["errors"]) == ["X-Person"]


def test_a_call_for_somebody_else_does_nothing(app, assigned_job, colleague):
    refused = app.call(
        "post", take(assigned_job), person=colleague.pk, **{"Idempotency-Key": "take-1"}
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "other_person")
    assert "job_status" not in refused.json()
    assert status_of(assigned_job) == "ASSIGNED"
    assert not AnsweredRequest.objects.exists()


def test_after_another_sign_in_in_the_same_browser_nothing_is_done_for_the_first(
    app, assigned_job, colleague
):
    app.client.force_login(colleague)
    app.client.get(f"{ROOT}me/")
    assert app.call("post", take(assigned_job)).json()["code"] == "other_person"
    assert status_of(assigned_job) == "ASSIGNED"


def test_a_call_for_somebody_else_does_not_learn_whether_the_job_exists(app, colleague):
    missing = app.call("get", "jobs/01JDG4M4Q2W8Z3V5T7Y9R1N6KC/", person=colleague.pk)
    assert missing.json()["code"] == "other_person"


@pytest.mark.parametrize("path", ["state/", "commands/lock-central-lock/"])
def test_nor_is_a_vehicle_looked_up_for_somebody_else(path, app, configured_job, colleague):
    method = "get" if path == "state/" else "post"
    vehicle = f"vehicles/{configured_job.vehicle_id}/{path}"
    refused = app.call(method, vehicle, person=colleague.pk, **{"Idempotency-Key": "lock-1"})
    assert refused.json()["code"] == "other_person"


def test_with_a_token_the_person_is_optional_and_checked(installer_phone, installer, colleague):
    assert installer_phone.get("jobs/").status_code == 200
    assert installer_phone.get("jobs/", **{"X-Person": str(installer.pk)}).status_code == 200
    refused = installer_phone.get("jobs/", **{"X-Person": str(colleague.pk)})
    assert refused.json()["code"] == "other_person"


def test_a_wrong_token_is_not_helped_by_a_session(app):
    refused = app.send("get", "me/", **{"X-Session-Token": "x" * 32})
    assert refused.status_code == 401


def test_a_session_of_an_app_is_no_cookie_here_either(installer):
    browser = Client()
    browser.cookies["sessionid"] = app_token(installer)
    assert browser.get(f"{ROOT}me/").status_code == 401


def test_signing_out_ends_it(app):
    app.client.logout()
    assert app.send("get", "jobs/", **{"X-Person": str(app.user.pk)}).status_code == 401


def test_me_says_when_the_session_ends_and_each_use_moves_it(installer):
    browser = Client()
    browser.post("/accounts/login/", {"login": installer.email, "password": PASSWORD})
    first = datetime.fromisoformat(browser.get(f"{ROOT}me/").json()["expires_at"])
    assert timedelta(days=13, hours=23) < first - timezone.now() <= timedelta(days=14)
    with time_machine.travel(timezone.now() + timedelta(days=3), tick=True):
        later = browser.get(f"{ROOT}me/")
        assert "sessionid" in later.cookies
        moved = datetime.fromisoformat(later.json()["expires_at"]) - first
    assert timedelta(days=2.9) < moved < timedelta(days=3.1)
