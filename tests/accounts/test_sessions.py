"""Where one is signed in: listed and ended, one by one or all others, and told by mail."""

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from core.models import Mail
from tests.factories.accounts import PASSWORD

PAGE = "/accounts/sessions/"
APP = "/_allauth/app/v1/auth/"


@pytest.fixture
def website(installer):
    return signed_in(installer)


def signed_in(user) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return client


@pytest.fixture
def token(installer):
    """The app's."""
    body = {"email": installer.email, "password": PASSWORD}
    return (
        Client()
        .post(f"{APP}login", body, content_type="application/json")
        .json()["meta"]["session_token"]
    )


def in_app(token) -> int:
    return Client().get("/api/smartcontrol/v1/me/", headers={"X-Session-Token": token}).status_code


def test_browsers_and_apps_are_listed_and_each_can_be_ended(website, installer, token):
    assert in_app(token) == 200
    page = website.get(PAGE)
    assert page.context["session_count"] == 2
    app = UserSession.objects.get(session_key=token)
    website.post(f"{PAGE}{app.pk}/end/")
    assert in_app(token) == 401
    assert website.get(PAGE).context["session_count"] == 1
    mail = Mail.objects.get(to=installer.email, template="mails/security_notice")
    assert mail.context["what"] == "sessions_ended"


def test_all_others_end_at_once(website, installer, token):
    other = signed_in(installer)
    website.post(PAGE)
    assert in_app(token) == 401
    assert other.get(PAGE).status_code == 302
    assert website.get(PAGE).status_code == 200


def test_a_session_of_somebody_else_does_not_exist(website, colleague):
    theirs = signed_in(colleague)
    session = UserSession.objects.get(user=colleague)
    assert website.post(f"{PAGE}{session.pk}/end/").status_code == 404
    assert theirs.get(PAGE).status_code == 200


def test_the_one_that_asks_ends_by_signing_out(website, installer):
    session = UserSession.objects.get(user=installer)
    assert website.post(f"{PAGE}{session.pk}/end/").url == "/accounts/logout/"
