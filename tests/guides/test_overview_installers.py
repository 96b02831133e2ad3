"""*Installer Jobs, overview*, as an installer company reads it: its website."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Company, Invitation, Partnership, User
from core.models import Mail
from jobs.models import Job
from tests.factories.accounts import PartnershipFactory
from tests.guides.steps import dialog_of, link_to, register_company

NEW = "office@newco.example"


@pytest.fixture
def invited(fleet, manager, company_admin) -> Partnership:
    """A client that waits for the company's answer."""
    return Partnership.invite(fleet=fleet, email=company_admin.email, by=manager)


# --- the company ------------------------------------------------------------------------------------------------------
def test_039_complete_registration_leads_to_the_account_and_the_company(
    page: Page, fleet, manager, agreement, mailoutbox
):
    Partnership.invite(fleet=fleet, email=NEW, by=manager)
    Mail.objects.get(to=NEW).send()
    letter = mailoutbox[0].body
    assert "Complete Registration" in letter
    register_company(page, re.search(r"/invitations/\S+", letter)[0], "NewCo")
    boss = User.objects.get(email=NEW)
    assert (boss.company.name, boss.name) == ("NewCo", "Berta Boss")


@pytest.mark.parametrize("whose", ["company", "installer"])
def test_040_later_invitations_to_any_of_its_addresses_appear_as_pending_client(
    office, whose, request, other_fleet, outside_manager, partnership
):
    email = request.getfixturevalue(whose).email
    Partnership.invite(fleet=other_fleet, email=email, by=outside_manager)
    pending = office("clients/").get_by_role("region", name="Pending clients")
    expect(pending.get_by_role("row").filter(has_text="OtherFleet")).to_be_visible()


def test_041_a_client_is_accepted_or_declined(
    office, invited, other_fleet, outside_manager, company
):
    other = Partnership.invite(fleet=other_fleet, email=company.email, by=outside_manager)
    page = office("clients/")
    for provider, answer in (("AppDrive", "Accept"), ("OtherFleet", "Decline")):
        row = page.get_by_role("row").filter(has_text=provider)
        row.get_by_role("link", name=answer).click()
        dialog_of(page).get_by_role("button", name=answer).click()
        expect(dialog_of(page)).to_have_count(0)
        expect(row.get_by_role("link", name=answer)).to_have_count(0)
    invited.refresh_from_db()
    other.refresh_from_db()
    assert (invited.status, other.status) == ("ACCEPTED", "DECLINED")


def test_042_behind_the_gear_icon_are_the_company_and_the_own_name(office, company, company_admin):
    page = office()
    gear = page.get_by_role("navigation").get_by_role("link", name="Company")
    expect(gear.locator("svg use")).to_have_attribute("href", re.compile("#gear$"))
    gear.click()
    expect(page.get_by_label("Company e-mail")).to_have_value(company.email)
    page.get_by_label("Company name").fill("QuickFit")
    page.get_by_label("First name").fill("Petra")
    page.get_by_label("Last name").fill("Sommer")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".brand")).to_contain_text("QuickFit")
    company_admin.refresh_from_db()
    assert company_admin.name == "Petra Sommer"


def test_043_providers_invite_by_the_companys_e_mail(page: Page, office, company, fleet, manager):
    page = office("company/")
    page.get_by_label("Company e-mail").fill("new@quickinstall.example")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("new@quickinstall.example is not confirmed yet.")).to_be_visible()
    page.goto(link_to("new@quickinstall.example"))
    page.get_by_role("button").filter(has_text=re.compile("^Confirm")).click()
    expect(page.get_by_text("The e-mail was confirmed.")).to_be_visible()
    invited = Partnership.invite(fleet=fleet, email="new@quickinstall.example", by=manager)
    assert invited.company == company


def test_044_the_trash_can_deletes_the_company_with_all_accounts_and_collaborations(
    office, company, installer, partnership, page: Page
):
    page = office("company/")
    bin_icon = page.get_by_role("link", name="Delete the company")
    expect(bin_icon.locator("svg use")).to_have_attribute("href", re.compile("#trash$"))
    bin_icon.click()
    page.get_by_label("Type the company's name").fill(company.name)
    page.get_by_role("button", name="Delete").click()
    page.wait_for_url("**/accounts/login/**")
    assert Company.objects.get(pk=company.pk).closed_at
    assert not Partnership.objects.live().exists()
    assert not User.objects.get(pk=installer.pk).is_active


def test_045_users_are_managed_and_invited_with_a_role_by_e_mail(office, company, installer):
    page = office("users/")
    page.get_by_role("link", name="Invite User").click()
    dialog = dialog_of(page)
    dialog.get_by_label("E-mail").fill("nora@quickinstall.example")
    dialog.get_by_label("Installer: does jobs").check()
    dialog.get_by_role("button", name="Send").click()
    invited = page.get_by_role("region", name="Invited").get_by_role("row")
    expect(invited.filter(has_text="nora@quickinstall.example")).to_contain_text("Installer")
    page.get_by_role("link", name=f"Role of {installer.name}").click()
    dialog.get_by_label("Admin: does jobs").check()
    dialog.get_by_role("button", name="Change the role").click()
    expect(page.get_by_text(re.compile("The role of .+ was changed"))).to_be_visible()
    assert installer.company_memberships.get().role == "ADMIN"
    assert Invitation.objects.get().role == "INSTALLER"


def test_046_the_role_installer_only_works_on_jobs_in_smartcontrol(
    page: Page, sign_in, installer, assigned_job, app, console_errors
):
    expect(app().get_by_role("link", name="Blue One")).to_be_visible()
    sign_in(installer)
    page.goto("/installers/")
    expect(page.get_by_role("heading", name="SmartControl")).to_be_visible()
    expect(page.get_by_role("navigation").get_by_role("link", name="Users")).to_have_count(0)
    assert page.goto("/installers/users/").status == 403
    console_errors.clear()


def test_047_the_role_company_admin_may_do_everything_also_deleting(
    office, company_admin_phone, assigned_job
):
    page = office("company/delete/")
    expect(page.get_by_role("button", name="Delete")).to_be_visible()
    taken = company_admin_phone.post(f"jobs/{assigned_job.pk}/assignment/")
    assert taken.json()["status"] == "RUNNING"


def test_048_clients_are_pending_or_accepted(office, invited, company, other_fleet):
    PartnershipFactory(fleet=other_fleet, company=company)
    page = office("clients/")
    pending = page.get_by_role("region", name="Pending clients")
    accepted = page.get_by_role("region", name="Accepted clients")
    expect(pending.get_by_role("row").filter(has_text="AppDrive")).to_have_count(1)
    expect(accepted.get_by_role("row").filter(has_text="OtherFleet")).to_have_count(1)


def test_049_the_link_is_deleted_to_stop_working_with_a_client(office, partnership, assigned_job):
    page = office("clients/")
    page.get_by_role("link", name="Delete Link").click()
    dialog_of(page).get_by_role("button", name="Delete Link").click()
    expect(page.get_by_text("No clients yet")).to_be_visible()
    assert Job.objects.get(pk=assigned_job.pk).status == "PENDING"
    assert not Partnership.objects.live().exists()
