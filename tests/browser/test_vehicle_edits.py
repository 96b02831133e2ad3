"""A vehicle is corrected in a dialog, on a page of its own, and without scripts."""

import pytest
from playwright.sync_api import Page, expect

from telematics.models import Vehicle
from tests.factories.telematics import VehicleFactory

EDITS = ("edit/data", "edit/model", "edit/custom-fields", "edit/tags", "edit/status", "archive")


@pytest.fixture
def vehicle(fleet, vehicle_model, manager):
    made = VehicleFactory(fleet=fleet, vehicle_model=vehicle_model, license_plate="B QX 2041")
    edits = made.edits(manager)
    edits.set_custom_fields({"Depot": "Mitte", "Cost centre": "4711"})
    edits.set_tags(["winter", "city", "A long one that has to break in a narrow card"])
    edits.set_operation_status("GARAGE", remark="Gearbox, until Friday")
    return made


@pytest.fixture
def inspect(sign_in, manager, fleet, vehicle):
    """The URL of the vehicle's page, with its manager signed in."""
    sign_in(manager)
    return f"/fleetcontrol/{fleet.pk}/vehicles/{vehicle.pk}/"


@pytest.mark.parametrize(("width", "language"), [(1440, "en"), (390, "de")])
def test_the_pages_of_each_edit_are_accessible(
    page: Page, inspect, vehicle, manager, assert_accessible, width, language
):
    page.set_viewport_size({"width": width, "height": 850})
    type(manager).objects.filter(pk=manager.pk).update(language=language)
    for path in ("", "../", *(f"{edit}/" for edit in EDITS)):
        page.goto(inspect + path)
        assert_accessible(page)
        assert page.locator("html").get_attribute("lang") == language
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    vehicle.archive()
    page.goto(f"{inspect}restore/")
    assert_accessible(page)


def test_a_dialog_keeps_what_is_typed_when_others_were_faster(page: Page, inspect, manager):
    page.goto(inspect)
    page.get_by_role("link", name="Edit vehicle data").first.click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Licence plate").fill("B SECOND 2")
    Vehicle.objects.get().edits(manager).set_master_data(license_plate="B FIRST 1")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("This has changed in the meantime.")
    expect(dialog.get_by_role("cell", name="B FIRST 1")).to_be_visible()
    expect(dialog.get_by_label("Licence plate")).to_have_value("B SECOND 2")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("B SECOND 2")


def test_custom_fields_are_written_without_scripts(
    browser, live_server, context, inspect, page: Page
):
    plain = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    plain.add_cookies(context.cookies())
    bare = plain.new_page()
    bare.goto(f"{inspect}edit/custom-fields/")
    bare.get_by_label("Value 1").fill("")
    bare.get_by_label("Name 3").fill("Colour")
    bare.get_by_label("Value 3").fill("Blue")
    bare.get_by_role("button", name="Save").click()
    expect(bare.locator("#custom-fields")).to_contain_text("Colour")
    assert Vehicle.objects.get().custom_fields == {"Depot": "Mitte", "Colour": "Blue"}
    plain.close()
