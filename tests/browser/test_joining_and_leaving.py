"""Registration, invitation and off-boarding without a mouse, and how their pages look. Nothing here is found by its words."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Agreement, Company, Invitation, Partnership, User
from core.models import Mail
from jobs.models import Job
from tests.factories.accounts import PASSWORD, AgreementFactory

NEW = "boss@newco.example"


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


def test_a_company_is_registered_by_keyboard_from_the_mail_to_the_first_client(page: Page, fleet, manager):
    if (
        Agreement.objects.newest() is None
    ):  # the migrations' own is gone where a test before this one emptied the tables
        AgreementFactory()
    Partnership.invite(fleet=fleet, email=NEW, by=manager)
    page.goto(link_to(NEW))
    type_into(page, "password", PASSWORD)
    page.keyboard.press("Enter")

    page.wait_for_url("**/register/company/")
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
    enter(page, "a[href*='/accept/']")
    page.wait_for_selector("form.confirm")
    enter(page, "form.confirm button.btn-primary")

    page.wait_for_url(re.compile("/installers/$"))
    company = Company.objects.get(name="NewCo")
    assert company.partnerships.accepted().get().fleet == fleet
    assert company.people.get().user.name == "Berta Boss"


def test_an_installer_joins_by_keyboard_and_is_shown_the_way_to_the_app(page: Page, company, company_admin):
    company.invite(email="nora@example.com", role="INSTALLER", by=company_admin, first_name="Nora", last_name="Neu")
    page.goto(link_to("nora@example.com"))
    type_into(page, "password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/installers/$"))
    expect(page.get_by_role("heading", name="SmartControl")).to_be_visible()
    assert User.objects.get(email="nora@example.com").company == company


def test_an_invitation_is_declined_by_keyboard(page: Page, company, company_admin, console_errors):
    invitation = company.invite(email="nora@example.com", role="INSTALLER", by=company_admin)
    page.goto(link_to("nora@example.com"))
    enter(page, "a[href$='/decline/']")
    page.wait_for_url("**/decline/")
    enter(page, "form button.btn-danger")
    page.wait_for_url(re.compile(r"/invitations/[\w-]{43}/$"))
    invitation.refresh_from_db()
    assert invitation.state == "declined"
    console_errors.clear()  # the page of a link that is over says 410, which Chromium complains of


def test_a_person_is_removed_by_keyboard_and_his_open_page_ends(
    page: Page, sign_in, company_admin, installer, running_job
):
    sign_in(company_admin)
    page.goto("/installers/users/")
    enter(page, f"a[href$='/users/{installer.company_membership.pk}/remove/']")
    page.wait_for_selector("form.confirm")
    enter(page, "form.confirm button.btn-danger")
    expect(page.locator(f"a[href$='/users/{installer.company_memberships.get().pk}/remove/']")).to_have_count(0)
    assert Job.objects.get(pk=running_job.pk).status == "ASSIGNED"

    sign_in(User.objects.get(pk=installer.pk))
    page.goto("/installers/")
    page.wait_for_url("**/accounts/login/**")


def test_a_company_is_deleted_by_keyboard(page: Page, sign_in, company, company_admin, running_job):
    sign_in(company_admin)
    page.goto("/installers/company/")
    enter(page, "a[href$='/company/delete/']")
    page.wait_for_selector("[name=name]")
    type_into(page, "name", company.name)
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/login/**")
    company.refresh_from_db()
    assert company.closed_at
    assert Job.objects.get(pk=running_job.pk).status == "PENDING"


# --- how they look ----------------------------------------------------------------------------------------------------
@pytest.fixture
def installers_pages(company, company_admin, installer, running_job, other_fleet, outside_manager, operator):
    company.invite(email="nora@example.com", role="INSTALLER", by=company_admin)
    pending = Partnership.invite(fleet=other_fleet, email=company.email, by=outside_manager)
    about = {"what": "SUSPEND", "subject": "Ina Installer", "reason": "Asked by phone."}
    company.operator_acts.model.objects.record(by=operator, tenants=[{"company": company}], **about)
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
    page: Page, look, sign_in, company_admin, installers_pages, assert_accessible
):
    sign_in(company_admin)
    for path in installers_pages:
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert_accessible(page)


def test_every_turn_of_an_invitation_is_accessible_in_every_look(
    page: Page, look, sign_in, viewer, company, company_admin, assert_accessible, console_errors
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
