"""Registration, invitation and off-boarding without a mouse, and how their pages look.

Nothing here is found by its words.
"""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Agreement, Company, Invitation, Partnership, User
from core.models import Mail
from jobs.models import Job
from tests.factories.accounts import PASSWORD, AgreementFactory

NEW = "boss@newco.example"
LOCALES = {"en": "en-GB", "de": "de-DE"}
in_both_languages = pytest.mark.parametrize(
    "language",
    [
        pytest.param(code, marks=pytest.mark.browser_context_args(locale=name))
        for code, name in LOCALES.items()
    ],
)


def press_until(page: Page, selector: str) -> None:
    """Tab on until what `selector` names has the focus; nobody should need more than a few dozen steps."""
    for _step in range(60):
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"The keyboard does not come to {selector}.")


def type_into(page: Page, name: str, text: str) -> None:
    press_until(page, f"[name={name}]")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text)


def enter(page: Page, selector: str) -> None:
    press_until(page, selector)
    page.keyboard.press("Enter")


def link_to(email: str) -> str:
    return Mail.objects.filter(to=email).first().context["path"]


def speaks(page: Page, language: str) -> None:
    expect(page.locator("html")).to_have_attribute("lang", language)
    words = {"en": "Skip to content", "de": "Zum Inhalt springen"}
    expect(page.get_by_text(words[language])).to_be_attached()


def speak_to(person, language: str):
    """The person, who reads in this language."""
    User.objects.filter(pk=person.pk).update(language=language)
    return person


@pytest.fixture
def agreement():
    """The migrations' own is gone where a test before this one emptied the tables."""
    return Agreement.objects.newest() or AgreementFactory()


@in_both_languages
def test_a_company_is_registered_by_keyboard_from_the_mail_to_the_first_client(
    page: Page, language, fleet, manager, agreement
):
    Partnership.invite(fleet=fleet, email=NEW, by=manager)
    page.goto(link_to(NEW))
    speaks(page, language)
    type_into(page, "password", PASSWORD)
    page.keyboard.press("Enter")

    page.wait_for_url("**/register/company/")
    speaks(page, language)
    type_into(page, "name", "NewCo")
    page.keyboard.press("Enter")

    page.wait_for_url("**/register/person/")
    type_into(page, "first_name", "Berta")
    type_into(page, "last_name", "Boss")
    page.keyboard.press("Enter")

    page.wait_for_url("**/register/agreement/")
    press_until(page, "[name=accepted]")
    page.keyboard.press("Space")
    enter(page, "main button[type=submit], form button[type=submit].btn-primary")

    page.wait_for_url("**/register/clients/")
    speaks(page, language)
    enter(page, "a[href*='/accept/']")
    page.wait_for_selector("form.confirm")
    enter(page, "form.confirm button.btn-primary")

    page.wait_for_url(re.compile("/installers/$"))
    company = Company.objects.get(name="NewCo")
    assert company.partnerships.accepted().get().fleet == fleet
    boss = company.people.get().user
    assert (boss.name, boss.language) == ("Berta Boss", language)


@in_both_languages
def test_an_installer_joins_by_keyboard_and_is_shown_the_way_to_the_app(
    page: Page, language, company, company_admin
):
    company.invite(
        email="nora@example.com",
        role="INSTALLER",
        by=company_admin,
        first_name="Nora",
        last_name="Neu",
    )
    page.goto(link_to("nora@example.com"))
    type_into(page, "password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/installers/$"))
    speaks(page, language)
    expect(page.get_by_role("heading", name="SmartControl")).to_be_visible()
    assert User.objects.get(email="nora@example.com").company == company


@in_both_languages
def test_a_viewer_joins_a_fleet_by_keyboard(page: Page, language, fleet, fleet_admin):
    fleet.invite(email="nora@example.com", role="VIEWER", by=fleet_admin)
    page.goto(link_to("nora@example.com"))
    speaks(page, language)
    type_into(page, "first_name", "Nora")
    type_into(page, "last_name", "Neu")
    type_into(page, "password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/fleetcontrol/**")
    speaks(page, language)
    assert fleet.memberships.get(user__email="nora@example.com").role == "VIEWER"


@in_both_languages
def test_an_invitation_is_declined_by_keyboard(
    page: Page, language, company, company_admin, console_errors
):
    invitation = company.invite(email="nora@example.com", role="INSTALLER", by=company_admin)
    page.goto(link_to("nora@example.com"))
    speaks(page, language)
    enter(page, "a[href$='/decline/']")
    page.wait_for_url("**/decline/")
    enter(page, "form button.btn-danger")
    page.wait_for_url(re.compile(r"/invitations/[\w-]{43}/$"))
    invitation.refresh_from_db()
    assert invitation.state == "declined"
    console_errors.clear()  # the page of a link that is over says 410, which Chromium complains of


@in_both_languages
def test_a_person_is_removed_by_keyboard_and_his_open_page_ends(
    page: Page, language, sign_in, somebody_elses_page, company_admin, installer, running_job
):
    held = somebody_elses_page(installer)
    held.goto("/installers/")
    expect(held.locator("h1")).to_be_visible()

    sign_in(speak_to(company_admin, language))
    page.goto("/installers/users/")
    speaks(page, language)
    enter(page, f"a[href$='/users/{installer.company_membership.pk}/remove/']")
    page.wait_for_selector("form.confirm")
    enter(page, "form.confirm button.btn-danger")
    expect(
        page.locator(f"a[href$='/users/{installer.company_memberships.get().pk}/remove/']")
    ).to_have_count(0)
    assert Job.objects.get(pk=running_job.pk).status == "ASSIGNED"

    held.locator("main a[href='/accounts/profile/']").click()
    held.wait_for_url("**/accounts/login/**")


@in_both_languages
def test_a_company_is_deleted_by_keyboard(
    page: Page,
    language,
    sign_in,
    somebody_elses_page,
    company,
    company_admin,
    installer,
    running_job,
):
    held = somebody_elses_page(installer)
    held.goto("/installers/")
    sign_in(speak_to(company_admin, language))
    page.goto("/installers/company/")
    speaks(page, language)
    enter(page, "a[href$='/company/delete/']")
    page.wait_for_selector("[name=name]")
    type_into(page, "name", company.name)
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/login/**")
    company.refresh_from_db()
    assert company.closed_at
    assert Job.objects.get(pk=running_job.pk).status == "PENDING"
    held.reload()
    held.wait_for_url("**/accounts/login/**")


@pytest.fixture
def somebody_elses_page(page: Page, live_server):
    """`somebody_elses_page(installer)`: a page in a browser of that person's own, open beside the one under test."""
    browsers = []

    def open_for(person) -> Page:
        client = Client()
        client.force_login(person)
        theirs = page.context.browser.new_context(base_url=live_server.url)
        browsers.append(theirs)
        session = {
            "name": settings.SESSION_COOKIE_NAME,
            "value": client.session.session_key,
            "url": live_server.url,
        }
        theirs.add_cookies([session])
        return theirs.new_page()

    yield open_for
    for theirs in browsers:
        theirs.close()


# --- how they look ----------------------------------------------------------------------------------------------------
@pytest.fixture
def installers_pages(
    company, company_admin, installer, running_job, other_fleet, outside_manager, operator
):
    company.invite(email="nora@example.com", role="INSTALLER", by=company_admin)
    pending = Partnership.invite(fleet=other_fleet, email=company.email, by=outside_manager)
    about = {"what": "SUSPEND", "subject": "Ina Installer", "reason": "Asked by phone."}
    company.operator_actions.model.objects.record(
        by=operator, tenants=[{"company": company}], **about
    )
    member = installer.company_membership.pk
    paths = [
        "",
        "company/",
        "company/second-factor/",
        "company/delete/",
        "users/",
        "users/invite/",
        "clients/",
        "jobs/",
    ]
    of_one = [f"users/{member}/role/", f"users/{member}/remove/", f"jobs/{running_job.pk}/"]
    return [f"/installers/{path}" for path in [*paths, *of_one, f"clients/{pending.pk}/accept/"]]


def test_the_installers_site_is_accessible_in_every_look(
    page: Page, sign_in, company_admin, installers_pages, assert_accessible
):
    sign_in(company_admin)
    for path in installers_pages:
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert_accessible(page)


def test_every_turn_of_an_invitation_is_accessible_in_every_look(
    page: Page, sign_in, viewer, company, company_admin, assert_accessible, console_errors
):
    company.invite(email="nora@example.com", role="INSTALLER", by=company_admin)
    path, over = link_to("nora@example.com"), timezone.now()
    fresh = {
        "used_at": None,
        "withdrawn_at": None,
        "declined_at": None,
        "expires_at": over + timezone.timedelta(days=1),
    }
    turns = [{}, *({column: over} for column in fresh)]
    pages = [path, f"{path}decline/"]
    for turn in turns:
        Invitation.objects.update(**fresh | turn)
        for address in pages if not turn else [path]:
            page.goto(address)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            assert_accessible(page)
    Invitation.objects.update(**fresh)
    sign_in(viewer)
    for address in (path, "/invitations/nothing/"):
        page.goto(address)
        assert_accessible(page)
    console_errors.clear()  # 403, 404 and 410 are what these pages are for


def test_every_step_of_the_registration_is_accessible_in_every_look(
    page: Page, fleet, manager, agreement, assert_accessible
):
    Partnership.invite(fleet=fleet, email=NEW, by=manager, allow_override=True)
    steps = [
        ("", {"password": PASSWORD}),
        ("company/", {"name": "NewCo", "email": NEW}),
        ("person/", {"first_name": "Berta", "last_name": "Boss"}),
        ("agreement/", {}),
    ]
    page.goto(link_to(NEW))
    for address, answers in steps:
        page.wait_for_url(f"**/{address}")
        assert_accessible(page)
        page.locator("form button.btn-primary").click()  # nothing, or not all, is said
        expect(
            page.locator(".error-summary, .invalid-feedback, [aria-invalid=true]").first
        ).to_be_visible()
        assert_accessible(page)
        for name, text in answers.items():
            page.locator(f"[name={name}]").fill(text)
        if address == "agreement/":
            page.locator("[name=accepted]").check()
        page.locator("form button.btn-primary").click()
    page.wait_for_url("**/register/clients/")
    assert_accessible(page)
    page.locator("a[href*='/accept/']").click()
    page.wait_for_selector("form.confirm")
    assert_accessible(page)


@pytest.mark.parametrize("into", ["partnership", "known company", "fleet", "member"])
def test_invitations_of_partners_and_into_fleets_are_accessible_in_every_look(
    page: Page,
    sign_in,
    into,
    fleet,
    fleet_admin,
    company,
    company_admin,
    viewer,
    assert_accessible,
    console_errors,
):
    if into in ("partnership", "known company"):
        email = NEW if into == "partnership" else company.email
        Partnership.invite(fleet=fleet, email=email, by=fleet_admin)
    else:
        email = NEW if into == "fleet" else company_admin.email
        fleet.invite(email=email, role="VIEWER", by=fleet_admin)
    path = link_to(email)
    page.goto(path)
    assert_accessible(page)
    sign_in(viewer)
    page.goto(path)
    assert_accessible(page)
    if into == "member":
        sign_in(company_admin)
        for address in (path, f"{path}decline/"):
            page.goto(address)
            assert_accessible(page)
    console_errors.clear()  # 403 is what the page for somebody else is for
