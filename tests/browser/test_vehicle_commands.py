"""A command is sent in a dialog that names who has access, and is followed on the page until it has ended."""

import os

import pytest
from playwright.sync_api import Page, expect

from telematics.models import Command
from telematics.tasks import run_command


@pytest.fixture
def inspect(sign_in, manager, fleet, configured_job, monkeypatch):
    """The URL of the page of a vehicle that an installer works on, with a manager signed in."""
    monkeypatch.setattr("fleetcontrol.views.vehicle_commands.WAIT", 0)
    sign_in(manager)
    return f"/fleetcontrol/{fleet.pk}/vehicles/{configured_job.vehicle_id}/"


def test_a_command_is_sent_and_followed_to_its_result(
    page: Page, inspect, installer, assert_accessible
):
    page.goto(inspect)
    page.get_by_role("button", name="More", exact=True).press("Enter")
    page.get_by_role("link", name="Send command").press("Enter")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text(installer.name)
    assert_accessible(page)
    if folder := os.environ.get("LOOK"):
        page.screenshot(path=f"{folder}/command.png")
    dialog.get_by_label("Unlock central lock").check()
    dialog.get_by_role("button", name="Send").press("Enter")
    expect(page.get_by_text("“Unlock central lock” is being sent")).to_be_visible()
    commands = page.locator("#commands")
    expect(commands).to_contain_text("Queued")
    run_command(Command.objects.get().pk)
    expect(commands).to_contain_text("Done", timeout=10_000)
    if folder:
        commands.screenshot(path=f"{folder}/commands.png")


def test_the_dialog_is_a_page_of_its_own_without_scripts(
    browser, live_server, context, inspect, page: Page, assert_accessible
):
    page.goto(f"{inspect}command/")
    assert_accessible(page)
    plain = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    plain.add_cookies(context.cookies())
    bare = plain.new_page()
    bare.goto(f"{inspect}command/")
    bare.get_by_label("Draw attention").check()
    bare.get_by_role("button", name="Send").click()
    expect(bare.locator("#commands")).to_contain_text("Draw attention")
    plain.close()
