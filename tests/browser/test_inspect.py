"""*Inspect* in a browser: what changes at the vehicle appears while the page is open, and nothing that is being read
or typed is lost.
"""

import os
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from telematics.models import VehicleState
from tests.factories.telematics import VehicleFactory

SOON = 10_000  # ms; a check every two seconds, and the time that it takes
WORDS = {"en": ("Health", "probably outdated"), "de": ("Erreichbarkeit", "vermutlich veraltet")}


@pytest.fixture
def vehicle(fleet, vehicle_model):
    return VehicleFactory(fleet=fleet, vehicle_model=vehicle_model, license_plate="B QX 2041")


@pytest.fixture
def opened(page: Page, sign_in, manager, fleet, vehicle):
    sign_in(manager)

    def show() -> Page:
        page.goto(f"/fleetcontrol/{fleet.pk}/vehicles/{vehicle.pk}/")
        return page

    return show


def send(vehicle, ago=timedelta(0), **values) -> None:
    at = timezone.now() - ago
    found = timezone.now().isoformat()
    place = {"latitude": 52.51234, "longitude": 13.40567, "satellites": 9, "time": found}
    values = {
        "central_lock": "locked",
        "ignition": False,
        "doors": "closed",
        "cellular_signal_quality": 4,
        "position": place,
        "mileage_in_kilometers": 48_210,
        "board_voltage": 12.6,
        **values,
    }
    signals = {
        name: {"value": value, "timestamp": at.isoformat()} for name, value in values.items()
    }
    VehicleState.receive(vehicle.unit_id, signals, at)


def tile(page: Page, name: str):
    return page.locator(f"[data-changes={name}]")


def test_a_value_that_changes_appears_while_the_page_is_open(opened, vehicle):
    send(vehicle, ago=timedelta(minutes=40))
    page = opened()
    expect(tile(page, "central_lock")).to_have_text("locked")
    expect(page.locator("#health [data-status=SILENT]")).to_be_visible()
    send(vehicle, central_lock="unlocked")
    expect(tile(page, "central_lock")).to_have_text("unlocked", timeout=SOON)
    expect(tile(page, "central_lock")).to_have_class("fresh")
    expect(tile(page, "ignition")).not_to_have_class("fresh")
    expect(page.locator("#health [data-status=ONLINE]")).to_be_visible()
    expect(page.get_by_text("probably outdated")).to_have_count(0)


def test_an_age_goes_on_without_a_request(opened, vehicle):
    send(vehicle, ago=timedelta(seconds=57))
    page = opened()
    expect(page.locator("#health time")).to_have_text(re.compile("5[789] s ago"))
    expect(page.locator("#health time")).to_have_text("1 min ago", timeout=SOON)


def test_what_is_folded_open_and_where_the_keyboard_is_stay(opened, vehicle):
    send(vehicle)
    page = opened()
    page.locator("#raw-state summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#raw-state pre")).to_be_visible()
    send(vehicle, ignition=True)
    expect(tile(page, "ignition")).to_have_text("on", timeout=SOON)
    expect(page.locator("#raw-state pre")).to_be_visible()
    expect(page.locator("#raw-state summary")).to_be_focused()
    expect(page.locator("#raw-state pre")).to_contain_text('"value": true')


def test_a_command_is_sent_with_the_keyboard_alone(opened, vehicle):
    send(vehicle)
    page = opened()
    page.get_by_role("link", name="Draw attention").focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog[open]")
    expect(dialog.get_by_label("Draw attention")).to_be_checked()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("link", name="Draw attention")).to_be_focused()


def test_the_map_opens_beside_the_page(opened, vehicle):
    send(vehicle)
    link = opened().get_by_role("link", name="Show on the map")
    expect(link).to_have_attribute("href", re.compile(r"^https://www\.openstreetmap\.org/\?mlat="))
    expect(link).to_have_attribute("rel", "noreferrer noopener")


@pytest.mark.parametrize("language", WORDS)
def test_it_is_accessible_in_both_languages(
    language, opened, vehicle, manager, assert_accessible, configured_job
):
    heading, doubt = WORDS[language]
    manager.language = language
    manager.save()
    send(vehicle, ago=timedelta(hours=5))
    page = opened()
    expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    expect(page.get_by_text(doubt).first).to_be_visible()
    for each in page.locator("details > summary").all():
        each.click()
    assert_accessible(page)
    if folder := os.environ.get("LOOK"):
        page.screenshot(path=f"{folder}/inspect-{language}.png", full_page=True)


def test_without_scripts_it_shows_the_values(browser, live_server, context, opened, vehicle):
    send(vehicle)
    opened()
    plain = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    plain.add_cookies(context.cookies())
    bare = plain.new_page()
    bare.goto(f"/fleetcontrol/{vehicle.fleet_id}/vehicles/{vehicle.pk}/")
    expect(bare.locator("[data-changes=central_lock]")).to_have_text("locked")
    expect(bare.locator("[data-updated]")).to_be_hidden()
    bare.get_by_text("Setup and features").click()
    expect(bare.locator("#setup p")).to_be_visible()
    plain.close()
