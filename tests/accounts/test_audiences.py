"""A session is for the website's cookie or for the app's token, and ends 14 days after its last use."""

from datetime import datetime, timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from tests.factories.accounts import PASSWORD

ME = "/api/smartcontrol/v1/me/"
APP = "/_allauth/app/v1/auth/"
PAGE = "/accounts/sessions/"


@pytest.fixture
def browser(company_admin):
    client = Client(HTTP_USER_AGENT="Firefox on the office PC")
    client.post("/accounts/login/", {"login": company_admin.email, "password": PASSWORD})
    return client


@pytest.fixture
def token(company_admin):
    return token_of(company_admin)


def token_of(user) -> str:
    body = {"email": user.email, "password": PASSWORD}
    answer = Client(HTTP_USER_AGENT="SmartControl 4.2").post(
        f"{APP}login", body, content_type="application/json"
    )
    return answer.json()["meta"]["session_token"]


def with_token(token: str, path: str = ME):
    return Client().get(path, headers={"X-Session-Token": token})


def with_cookie(key: str, path: str):
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    return client.get(path)


@pytest.mark.parametrize(
    "path", ["/installers/company/delete/", "/installers/users/", PAGE, "/accounts/profile/"]
)
def test_a_token_of_the_app_opens_no_page(token, browser, path):
    assert browser.get(path).status_code == 200
    refused = with_cookie(token, path)
    assert refused.status_code == 302
    assert refused.url.startswith("/accounts/login/")


def test_a_company_is_not_deleted_with_the_token_of_a_phone(token, company):
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = token
    client.post("/installers/company/delete/", {"name": company.name})
    company.refresh_from_db()
    assert company.closed_at is None


def test_a_token_sent_as_a_cookie_still_works_as_a_token(token):
    with_cookie(token, PAGE)
    assert with_token(token).status_code == 200


def test_a_cookie_of_the_website_is_no_token(browser):
    key = browser.session.session_key
    assert with_token(key).status_code == 401
    assert with_token(key, f"{APP}session").status_code == 410
    assert browser.get(PAGE).status_code == 200


def test_a_token_that_waits_for_its_second_factor_opens_no_page(company_admin):
    from allauth.mfa.totp.internal import auth as totp

    totp.TOTP.activate(company_admin, totp.generate_totp_secret())
    body = {"email": company_admin.email, "password": PASSWORD}
    answer = Client().post(f"{APP}login", body, content_type="application/json")
    token = answer.json()["meta"]["session_token"]
    assert with_cookie(token, "/accounts/2fa/authenticate/").url.startswith("/accounts/login/")


def test_a_token_from_before_the_upgrade_has_ended(company_admin):
    unmarked = Client()
    unmarked.force_login(company_admin)
    assert with_token(unmarked.session.session_key).status_code == 401


def test_me_says_when_the_session_ends(token):
    ends = with_token(token).json()["expires_at"]
    assert ends.endswith("Z")
    left = datetime.fromisoformat(ends) - timezone.now()
    assert timedelta(days=13, hours=23) < left <= timedelta(days=14)


@pytest.fixture
def use(request, browser, token):
    """Use a session of the website or of the app; the status says whether it is signed in."""
    if request.param == "browser":
        return lambda: browser.get(PAGE).status_code
    return lambda: with_token(token).status_code


both = pytest.mark.parametrize("use", ["browser", "app"], indirect=True)


def at(days: float):
    return time_machine.travel(timezone.now() + timedelta(days=days), tick=True)


@both
def test_a_session_that_is_used_goes_on(use):
    start = timezone.now()
    for days in (10, 20, 30, 40):
        with time_machine.travel(start + timedelta(days=days), tick=True):
            assert use() == 200


@both
def test_a_session_ends_after_14_days_without_use(use):
    with at(13.9):
        assert use() == 200
    with at(13.9 + 14.1):
        assert use() in (302, 401)


@both
def test_use_moves_the_end_once_a_day(use):
    use()
    with at(0.5):
        use()
    assert (
        Session.objects.filter(expire_date__gt=timezone.now() + timedelta(days=14.1)).count() == 0
    )
    with at(1.5):
        use()
    assert Session.objects.filter(expire_date__gt=timezone.now() + timedelta(days=15)).count() == 1


def test_the_cookie_of_the_website_slides_with_its_session(browser):
    assert settings.SESSION_COOKIE_NAME not in browser.get(PAGE).cookies
    with at(2):
        renewed = browser.get(PAGE).cookies[settings.SESSION_COOKIE_NAME]
    assert renewed["max-age"] == 14 * 24 * 3600


@pytest.mark.parametrize("path", [PAGE, ME])
def test_a_late_answer_to_a_session_that_has_ended_signs_nobody_out(browser, path):
    """A person who signed in meanwhile has a new session in the cookie that would be removed."""
    Session.objects.all().delete()

    answer = browser.get(path)

    assert answer.status_code in (302, 401)
    assert settings.SESSION_COOKIE_NAME not in answer.cookies
    assert "Cookie" in answer["Vary"]


def test_signing_out_removes_the_cookie(browser):
    gone = browser.post("/accounts/logout/").cookies[settings.SESSION_COOKIE_NAME]

    assert (gone.value, gone["max-age"]) == ("", 0)


def test_me_follows_the_use_of_the_session(token):
    before = datetime.fromisoformat(with_token(token).json()["expires_at"])
    with at(3):
        after = datetime.fromisoformat(with_token(token).json()["expires_at"])
    assert timedelta(days=2.9) < after - before < timedelta(days=3.1)


def test_sessions_are_listed_by_device(browser, token):
    page = browser.get(PAGE)
    kinds = {row.user_agent: row.stored.is_for_app for row in page.context["sessions"]}
    assert kinds == {"Firefox on the office PC": False, "SmartControl 4.2": True}
    text = page.content.decode()
    assert "App" in text
    assert "SmartControl 4.2" in text


def test_an_admin_lists_and_ends_their_own_phone_alone(browser, token, installer):
    theirs = token_of(installer)
    listed = {row.session_key for row in browser.get(PAGE).context["sessions"]}
    assert token in listed
    assert theirs not in listed
    mine = UserSession.objects.get(session_key=token)
    browser.post(f"{PAGE}{mine.pk}/end/")
    assert with_token(token).status_code == 401
    other = UserSession.objects.get(session_key=theirs)
    assert browser.post(f"{PAGE}{other.pk}/end/").status_code == 404
    assert with_token(theirs).status_code == 200
