"""FleetControl's pages beside those of jobs, and everybody's notifications: by eye, by hand, by
keyboard, without scripts.
"""

import re

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import FleetMembership, Partnership
from jobs.models import JobTemplate, Notification
from jobs.notifications.preference import unsubscribe_path
from tests.factories.accounts import FleetMembershipFactory
from tests.factories.jobs import ConfigurationPresetFactory, JobTemplateFactory

PAGES = [
    "partners/",
    "partners/invite/",
    "partners/available/",
    "templates/",
    "templates/new/",
    "presets/",
    "presets/new/",
    "vehicles/",
    "settings/fleet/",
    "settings/users/",
    "settings/users/invite/",
    "settings/api-clients/",
    "settings/api-clients/new/",
    "settings/event-consumers/",
    "settings/event-consumers/new/",
    "settings/event-consumers/new/feed/",
]
OWN = ["/accounts/notices/", "/accounts/notices/settings/"]


@pytest.fixture
def home(live_server, fleet):
    return f"/fleetcontrol/{fleet.pk}/"


@pytest.fixture
def furnished(fleet, configured_job, manager, fleet_admin, installer):
    """Something of everything, so that no page is looked at empty."""
    template = JobTemplateFactory(fleet=fleet, name="Sharing", tracking=True)
    ConfigurationPresetFactory(fleet=fleet, name="Delivery")
    Partnership.invite(fleet=fleet, email="new@partner.example", by=manager)
    fleet.invite(email="nora@example.com", role="VIEWER", by=fleet_admin)
    Notification.objects.create(user=fleet_admin, verb="fail", job=configured_job, actor=installer)
    return template


@pytest.mark.parametrize("path", PAGES)
def test_each_page_is_accessible_in_every_look(
    page: Page, home, furnished, fleet_admin, sign_in, path, assert_accessible
):
    sign_in(fleet_admin)
    page.goto(home + path)
    expect(page.get_by_role("heading", level=1).first).to_be_attached()
    assert_accessible(page)


def test_the_pages_of_one_thing_are_accessible(
    page: Page,
    home,
    furnished,
    fleet_admin,
    sign_in,
    configured_job,
    partnership,
    assert_accessible,
):
    sign_in(fleet_admin)
    for path in (
        f"vehicles/{configured_job.vehicle_id}/",
        f"partners/{partnership.pk}/",
        f"templates/{furnished.pk}/",
        f"templates/?template={furnished.pk}&sort=-tracking",
        "templates/views/",
        "presets/?preset=gone",
    ):
        page.goto(home + path)
        assert_accessible(page)


@pytest.mark.parametrize("path", OWN)
def test_the_pages_of_notifications_are_accessible(
    page: Page, furnished, fleet_admin, sign_in, path, assert_accessible
):
    sign_in(fleet_admin)
    page.goto(path)
    assert_accessible(page)


def test_the_empty_pages_say_what_to_do(page: Page, home, manager, sign_in, assert_accessible):
    sign_in(manager)
    for path in ("partners/", "templates/", "presets/", "vehicles/"):
        page.goto(home + path)
        expect(page.locator(".empty .title")).to_be_visible()
        assert_accessible(page)


def test_a_partner_is_invited_and_withdrawn_by_keyboard(
    page: Page, home, manager, sign_in, assert_accessible
):
    sign_in(manager)
    page.goto(f"{home}partners/")
    page.get_by_role("link", name="Invite").first.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("E-mail of the partner")).to_be_focused()
    assert_accessible(page)
    page.keyboard.type("new@partner.example")
    page.keyboard.press("Enter")
    expect(page.get_by_text("An invitation is being sent")).to_be_visible()
    row = page.locator("#rows tr").first
    expect(row).to_contain_text("Pending")
    page.wait_for_load_state()
    row.locator(".dots").focus()
    page.keyboard.press("Enter")
    withdraw = page.get_by_role("link", name="Withdraw Invitation")
    expect(withdraw).to_be_visible()
    withdraw.focus()
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Withdraw Invitation").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("The invitation of new@partner.example was withdrawn.")).to_be_visible()


def test_a_partner_id_is_copied_from_the_dialog(
    page: Page, context, home, manager, partnership, sign_in
):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(manager)
    page.goto(f"{home}jobs/installation/")
    page.locator(".page-header").get_by_role("link", name="Partner & Teams").click()
    page.get_by_role("dialog").get_by_role("button", name=partnership.company_id).click()
    assert page.evaluate("navigator.clipboard.readText()") == partnership.company_id


def test_an_answer_is_seen_without_reloading(page: Page, home, manager, company_admin, sign_in):
    link = Partnership.invite(
        fleet=FleetMembership.objects.get(user=manager).fleet, email=company_admin.email, by=manager
    )
    sign_in(manager)
    page.goto(f"{home}partners/")
    expect(page.locator("#rows tr").first).to_contain_text("Pending")
    link.refresh_from_db()
    link.accept(by=company_admin)
    expect(page.locator("#rows tr").first).to_contain_text("QuickInstall", timeout=10_000)


def test_templates_have_details_beside_them_and_views_by_keyboard(
    page: Page, home, furnished, fleet, manager, sign_in
):
    JobTemplateFactory(fleet=fleet, name="Delivery")
    sign_in(manager)
    page.goto(f"{home}templates/?sort=-name")
    page.get_by_role("link", name="Sharing").press("Enter")
    title = page.locator("#panel h2")
    expect(title).to_have_text("Sharing")
    expect(title).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(title).to_have_text("Delivery")
    expect(title).to_be_focused()
    page.reload()
    expect(title).to_have_text("Delivery")
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_empty()
    expect(page).to_have_url(re.compile(r"sort=-name$"))

    page.get_by_role("link", name="View", exact=True).press("Enter")
    expect(page.locator("#shared-menu a").first).to_be_focused()
    page.keyboard.press("Enter")  # the first entry: save
    page.get_by_label("Name*").fill("Backwards")
    page.get_by_label("Share in this fleet").press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The view “Backwards” was saved.")).to_be_visible()
    page.goto(f"{home}templates/")
    page.get_by_role("link", name="View", exact=True).press("Enter")
    expect(page.locator("#shared-menu").get_by_role("link", name="Backwards")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#rows a.row-link").first).to_have_text("Sharing")


def test_a_template_follows_the_vehicle_model_and_becomes_a_job(
    page: Page, home, manager, vehicle_model, sign_in
):
    sign_in(manager)
    page.goto(f"{home}templates/new/")
    page.locator("#id_name").fill("Sharing")
    page.get_by_label("Vehicle model").select_option(vehicle_model.pk)
    expect(page.get_by_label("Brand", exact=True)).to_have_value(vehicle_model.brand)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("“Sharing” was saved")).to_be_visible()
    assert JobTemplate.objects.get().vehicle_model == vehicle_model
    page.wait_for_load_state()
    page.locator("#rows .dots").click()
    page.get_by_role("link", name="Create Job", exact=True).click()
    expect(page.get_by_label("Brand", exact=True)).to_have_value(vehicle_model.brand)


def test_a_maintenance_job_begins_at_the_vehicle(
    page: Page, home, manager, configured_job, sign_in
):
    sign_in(manager)
    page.goto(f"{home}vehicles/")
    page.locator("#rows a.row-link").first.click()
    page.get_by_role("button", name="More").click()
    page.get_by_role("link", name="Create Maintenance Job").click()
    expect(page.get_by_label("Vehicle", exact=True)).to_have_value(
        f"Blue One ({configured_job.vehicle_id})"
    )


def test_an_admin_changes_a_role_in_a_dialog(page: Page, home, fleet, fleet_admin, sign_in):
    colleague = FleetMembershipFactory(fleet=fleet, user__last_name="Colleague")
    sign_in(fleet_admin)
    page.goto(f"{home}settings/users/")
    page.get_by_role("link", name=f"Role of {colleague.user.name}").click()
    page.get_by_role("dialog").get_by_label("Viewer").check()
    page.get_by_role("button", name="Change the role").click()
    expect(page.get_by_text(re.compile("The role of .+ was changed"))).to_be_visible()
    colleague.refresh_from_db()
    assert colleague.role == "VIEWER"


def test_the_bell_leads_to_the_notification_and_from_there_to_the_job(
    page: Page, home, running_job, installer, manager, sign_in
):
    running_job.fail(by=installer, comment="No car there")
    sign_in(manager)
    page.goto(f"{home}vehicles/")
    page.get_by_role("link", name="1 new notification").click()
    page.get_by_role("link", name=re.compile("marked Blue One as failed")).click()
    expect(page.get_by_role("heading", name="Blue One")).to_be_visible()
    expect(page.get_by_role("link", name="Notifications", exact=True).first).to_be_visible()


def test_the_bell_counts_on_without_reloading(
    page: Page, home, running_job, installer, manager, sign_in
):
    sign_in(manager)
    page.goto(f"{home}partners/")
    bell = page.get_by_role("link", name="Notifications", exact=True)
    bell.focus()
    running_job.fail(by=installer, comment="No car there")
    counting = page.get_by_role("link", name="1 new notification")
    expect(counting).to_be_visible(timeout=10_000)
    expect(counting).to_be_focused()


def test_a_choice_of_news_is_kept(page: Page, manager, fleet, sign_in):
    sign_in(manager)
    page.goto("/accounts/notices/settings/")
    page.get_by_role("checkbox", name="Mail A job has failed").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your notification settings were saved")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Mail A job has failed")).not_to_be_checked()
    expect(page.get_by_role("checkbox", name="Bell A job has failed")).to_be_checked()


def test_mails_are_stopped_without_signing_in(page: Page, manager, live_server, assert_accessible):
    page.goto(unsubscribe_path(manager, "FAILED"))
    assert_accessible(page)
    page.get_by_role("button", name="Stop mails of this kind").click()
    expect(page.get_by_role("heading", name="Done")).to_be_visible()
    assert_accessible(page)


def test_everything_works_without_scripts(
    browser, browser_context_args, live_server, home, manager, partnership
):
    client = Client()
    client.force_login(manager)
    context = browser.new_context(
        **browser_context_args | {"java_script_enabled": False, "base_url": live_server.url}
    )
    key = client.session.session_key
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}]
    )
    page = context.new_page()
    page.goto(f"{home}partners/")
    page.get_by_role("link", name="Invite").click()
    page.get_by_label("E-mail of the partner").fill("new@partner.example")
    page.get_by_role("button", name="Send Invitation").click()
    expect(page.get_by_text("An invitation is being sent")).to_be_visible()
    page.get_by_role("link", name="QuickInstall").click()
    page.get_by_role("link", name="Partner Settings").click()
    page.get_by_label("Allow partner to override").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Override Enabled").first).to_be_visible()
    context.close()
