"""The first page of the demo: its logins with one click each, and its tour."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core.checks import run_checks
from django.test import Client
from django.utils import timezone

from accounts.models import Partnership, User
from core.models import DemoMark
from demo.logins import INSTALLER, LOGINS, MANAGER
from demo.world.people import NAMES

pytestmark = pytest.mark.django_db
PAGE = "/demo/"
SIGN_IN = "/demo/sign-in/"


@pytest.fixture
def demo(settings):
    settings.DEMO = True


@pytest.fixture
def cast(demo, fleet, manager, installer, operator):
    """Three of the demo's logins, in its first fleet and its company; the demo world has just been built."""
    User.objects.update(is_demo=True)
    DemoMark.objects.claim()
    return {person.email: person for person in (manager, installer, operator)}


def page(**headers: str) -> str:
    return Client(headers=headers).get(PAGE).content.decode()


def person_of(browser: Client) -> str | None:
    key = browser.session.get("_auth_user_id")
    return User.objects.get(pk=key).email if key else None


# --- the logins -------------------------------------------------------------------------------------------------------
def test_every_login_of_the_demo_world_is_on_the_page():
    assert set(LOGINS) == set(NAMES)


def test_the_demo_opens_with_its_logins_and_one_click_signs_in(cast):
    browser = Client(enforce_csrf_checks=True)
    assert browser.get("/").url == PAGE
    shown = browser.get(PAGE).content.decode()
    assert all(email in shown for email in cast)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', shown)[1]

    answer = browser.post(SIGN_IN, {"login": INSTALLER, "csrfmiddlewaretoken": token})
    assert (answer.status_code, answer.url) == (302, "/smartcontrol/")
    assert person_of(browser) == INSTALLER


def test_a_click_keeps_the_language_of_the_browser_until_another_is_chosen(
    cast, manager, installer
):
    german = Client(headers={"Accept-Language": "de-DE"})
    german.post(SIGN_IN, {"login": MANAGER})
    assert 'lang="de"' in german.get("/accounts/profile/").content.decode()

    User.objects.filter(pk=manager.pk).update(language="en")  # as on the page of the profile
    assert 'lang="en"' in german.get("/accounts/profile/").content.decode()
    german.post(SIGN_IN, {"login": INSTALLER})
    assert 'lang="en"' in german.get("/accounts/profile/").content.decode()

    Client(headers={"Accept-Language": "en"}).post(SIGN_IN, {"login": MANAGER})
    Client(headers={"Accept-Language": "de"}).post(SIGN_IN, {"login": INSTALLER})
    languages = dict(User.objects.values_list("email", "language"))
    assert (languages[MANAGER], languages[INSTALLER]) == ("en", "de")


def test_the_phones_app_leads_back_to_the_tour_in_the_demo_alone(cast, settings):
    assert f'data-demo="{PAGE}"' in Client().get("/smartcontrol/").content.decode()
    settings.DEMO = False
    assert "data-demo" not in Client().get("/smartcontrol/").content.decode()


def test_a_click_on_another_page_signs_nobody_in(cast):
    browser = Client(enforce_csrf_checks=True)
    assert browser.post(SIGN_IN, {"login": MANAGER}).status_code == 403
    assert browser.get(SIGN_IN).status_code == 405
    assert person_of(browser) is None


def test_another_click_changes_the_person_and_ends_the_session_before(cast):
    browser = Client()
    browser.post(SIGN_IN, {"login": INSTALLER})
    before = browser.session.session_key
    assert browser.post(SIGN_IN, {"login": MANAGER, "next": "/accounts/profile/"}).url == (
        "/accounts/profile/"
    )
    assert person_of(browser) == MANAGER
    assert not browser.session.exists(before)

    assert browser.post(SIGN_IN, {"login": MANAGER}).url == "/"
    assert browser.session.session_key != before


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
)
def test_a_click_never_leads_to_another_site(cast, target):
    assert Client().post(SIGN_IN, {"login": MANAGER, "next": target}).url == "/"


def test_one_click_signs_in_demo_logins_alone(cast, company_admin):
    User.objects.filter(pk=company_admin.pk).update(is_demo=False)  # it has a demo login's address
    browser = Client()
    for email in (company_admin.email, "nobody@demo.example", "", "\0"):
        assert browser.post(SIGN_IN, {"login": email}).status_code == 404
    assert person_of(browser) is None
    assert company_admin.email not in page()


def test_the_rules_of_signing_in_hold_as_after_a_password(cast, manager, installer):
    Authenticator.objects.create(user=manager, type="totp", data={"secret": "x"})
    browser = Client()
    assert browser.post(SIGN_IN, {"login": MANAGER}).url == "/accounts/2fa/authenticate/"
    assert person_of(browser) is None

    User.objects.filter(pk=installer.pk).update(suspended_at=timezone.now())
    assert Client().post(SIGN_IN, {"login": INSTALLER}).status_code == 404
    assert INSTALLER not in page().replace("installer2@", "")


def test_outside_demo_mode_there_is_no_such_page_and_no_click_signs_in(cast, settings):
    settings.DEMO = False
    browser = Client()
    assert browser.get(PAGE).status_code == 404
    assert browser.post(SIGN_IN, {"login": MANAGER}).status_code == 404
    assert person_of(browser) is None
    assert browser.get("/").url.startswith("/accounts/login/")
    assert PAGE not in browser.get("/accounts/login/").content.decode()


def test_a_demo_with_a_password_of_its_own_asks_for_it(cast, settings):
    settings.DEMO_PASSWORD = "known-to-our-guests"
    assert Client().post(SIGN_IN, {"login": MANAGER}).status_code == 404
    shown = page()
    assert MANAGER in shown
    assert SIGN_IN not in shown
    assert settings.DEMO_PASSWORD not in shown


@pytest.mark.parametrize(("mode", "warned"), [(True, True), (False, False)])
def test_the_deployment_check_warns_of_demo_mode(settings, mode, warned):
    settings.DEMO = mode
    found = run_checks(tags=["security"], include_deployment_checks=True)
    assert ("demo.W001" in [one.id for one in found]) is warned


# --- the tour ---------------------------------------------------------------------------------------------------------
def done() -> list[str]:
    """The titles of the steps that are ticked off."""
    steps = page().split('<ol class="tour">')[1].split("</ol>")[0].split("<li")[1:]
    return [
        re.search(r"<h3>\s*(.+?)\s*\n", step)[1]
        for step in steps
        if step.startswith(' class="done"')
    ]


def test_each_step_is_ticked_off_when_it_has_happened_and_not_before(
    cast, fleet, partnership, request
):
    long_ago = timezone.now() - timedelta(days=90)
    Partnership.objects.update(created_at=long_ago)  # the demo world's own history
    assert done() == []

    happened = []
    for work, title in (("pending_job", "Write a job"), ("assigned_job", "Assign the job")):
        job = request.getfixturevalue(work)
        happened.append(title)
        assert done() == happened
    request.getfixturevalue("proven_job")
    assert done() == happened

    job.succeed(by=cast[INSTALLER])
    happened += ["Install it on the phone", "See the access end"]
    assert done() == happened
    assert f"/jobs/{job.pk}/" in page()

    Partnership.invite(fleet=fleet, email="new@partner.example", by=cast[MANAGER])
    assert done() == ["Invite a partner", *happened]


def test_the_page_is_german_for_a_german_browser(cast):
    assert "Wer Sie sein können" in page(accept_language="de")
