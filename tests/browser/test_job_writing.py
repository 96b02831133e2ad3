"""Writing jobs, one and many, as a manager does it; and that nothing typed is lost on the way."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from jobs.models import Job
from tests.factories.accounts import PASSWORD
from tests.factories.jobs import JobFactory


@pytest.fixture
def at(sign_in, manager, fleet, partnership, vehicle_model):
    """The address of a page of the fleet, with its manager signed in."""
    sign_in(manager)
    return lambda path: f"/fleetcontrol/{fleet.pk}/{path}"


@pytest.fixture
def form(page: Page, at):
    page.goto(at("jobs/new/"))
    return page


@pytest.fixture
def sign_in_again(manager):
    """The session has ended meanwhile: what is pressed next leads to signing in."""

    def leave(page: Page, press) -> None:
        page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
        page.on("dialog", lambda dialog: dialog.accept())
        press()
        page.locator("input[name=login]").fill(manager.email)
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("input[name=password]").press("Enter")

    return leave


# --- nothing typed is lost ------------------------------------------------------------------------------------------
def test_enter_asks_in_a_dialog_as_the_button_does_and_cancel_leaves_the_form(form: Page):
    form.get_by_label("Company").select_option(label="QuickInstall")
    form.get_by_label("Custom name").fill("Blue")
    form.keyboard.press("Enter")
    dialog = form.locator("dialog[open]")
    expect(dialog).to_contain_text("Assign to QuickInstall?")
    form.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(form.get_by_label("Custom name")).to_have_value("Blue")
    assert not Job.objects.exists()


def test_without_scripts_cancel_leads_back_to_the_filled_in_form(browser, live_server, context, at):
    plain = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    plain.add_cookies(context.cookies())
    page = plain.new_page()
    page.goto(at("jobs/new/"))
    page.get_by_label("Company").select_option(label="QuickInstall")
    page.get_by_label("GNSS").check()
    page.get_by_label("Custom name").fill("Blue")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_label("Custom name")).to_have_value("Blue")
    expect(page.get_by_label("GNSS")).to_be_checked()
    expect(page.get_by_label("Company")).not_to_have_value("")
    plain.close()


def test_ticks_are_still_there_after_the_session_had_expired(form: Page, sign_in_again):
    form.get_by_label("Ignition").check()
    form.get_by_label("Odometer").check()
    form.locator("[name=tracking][value=true]").check()
    sign_in_again(form, lambda: form.get_by_role("button", name="Save", exact=True).click())
    expect(form.get_by_label("Ignition")).to_be_checked()
    expect(form.get_by_label("Odometer")).to_be_checked()
    expect(form.get_by_label("GNSS")).not_to_be_checked()
    expect(form.locator("[name=tracking][value=true]")).to_be_checked()


def test_a_bulk_edit_goes_on_after_the_session_had_expired(page: Page, at, manager, fleet, sign_in_again):
    for n in range(2):
        JobFactory(by=manager, fleet=fleet, custom_name=f"Car {n}")
    page.goto(at("jobs/installation/"))
    page.locator("[data-select-all]").check()
    page.locator(".bulk-bar").get_by_role("button", name="Bulk Edit").click()
    page.get_by_label("Location", exact=True).fill("Yard")
    sign_in_again(page, lambda: page.get_by_role("button", name="Preview").click())
    expect(page.get_by_text("2 of 2 selected jobs")).to_be_visible()
    expect(page.get_by_label("Location", exact=True)).to_have_value("Yard")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Set for all of them (2)").click()
    expect(page.get_by_text("2 jobs are changed.")).to_be_visible()


def test_a_click_beside_a_dialog_throws_nothing_away(page: Page, at):
    page.goto(at("partners/"))
    page.get_by_role("link", name="Invite Partner").click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_be_visible()
    page.mouse.click(5, 5)
    expect(dialog).to_have_count(0)
    page.get_by_role("link", name="Invite Partner").click()
    dialog.get_by_label("E-mail of the partner").fill("somebody@example.com")
    page.mouse.click(5, 5)
    expect(dialog.get_by_label("E-mail of the partner")).to_have_value("somebody@example.com")
    dialog.get_by_role("link", name=re.compile("Cancel")).click()
    expect(dialog).to_have_count(0)
