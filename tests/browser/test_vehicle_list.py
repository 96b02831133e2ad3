"""The table of vehicles: filtered, selected and changed at once, also by touch and without scripts."""

import pytest
from playwright.sync_api import Page, expect

from telematics.models import Vehicle
from tests.factories.telematics import VehicleFactory


@pytest.fixture
def vehicles(fleet, vehicle_model):
    return [
        VehicleFactory(
            fleet=fleet,
            vehicle_model=vehicle_model,
            license_plate=f"B QX {n}",
            tags=["winter"] if n % 2 else ["summer"],
        )
        for n in range(1, 6)
    ]


@pytest.fixture
def list_url(sign_in, manager, fleet, vehicles):
    """The URL of the list, with its manager signed in."""
    sign_in(manager)
    return f"/fleetcontrol/{fleet.pk}/vehicles/"


def test_the_list_is_filtered_and_what_matches_is_changed_at_once(
    page: Page, list_url, assert_accessible
):
    page.goto(list_url)
    assert_accessible(page)
    page.get_by_role("link", name="Filter", exact=True).click()
    dialog = page.locator("dialog[open]")
    assert_accessible(page)
    dialog.get_by_label("Tag 1").fill("winter")
    dialog.get_by_role("button", name="Show").click()
    expect(page.locator("#chips")).to_contain_text("Tag: winter")
    expect(page.locator("#rows tr")).to_have_count(3)
    assert "brand" not in page.url

    page.get_by_label("Select all rows of this page").check()
    expect(page.locator("[data-selected]")).to_have_text("3 selected")
    assert_accessible(page)
    page.get_by_role("button", name="Tags", exact=True).click()
    assert_accessible(page)
    page.get_by_label("Add tags").fill("city\npool")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("3 of 3 selected vehicles change.")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Change (3)").click()
    expect(page.get_by_text("3 vehicles were changed.")).to_be_visible()
    assert "tag=winter" in page.url
    changed = Vehicle.objects.filter(search__contains="QX").values_list("tags", flat=True)
    assert sum("city" in tags for tags in changed) == 3


def test_archiving_shows_what_is_kept_on_a_phone_in_the_dark(
    page: Page, list_url, vehicles, assigned_job, assert_accessible
):
    type(assigned_job).objects.filter(pk=assigned_job.pk).update(vehicle=vehicles[0])
    page.set_viewport_size({"width": 390, "height": 800})
    page.emulate_media(color_scheme="dark")
    page.goto(list_url)
    for vehicle in vehicles[:2]:
        page.get_by_role("checkbox", name=vehicle.license_plate).check()
    page.locator(".bulk-bar").get_by_role("button", name="Archive").click()
    page.get_by_label("Reason").fill("Sold")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("1 of 2 selected vehicles change.")).to_be_visible()
    expect(page.get_by_text("An assigned or running job is about this vehicle")).to_be_visible()
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Archive (1)").click()
    expect(page.get_by_text("1 vehicle was archived.")).to_be_visible()
    assert [one.pk for one in Vehicle.objects.archived()] == [vehicles[1].pk]


def test_a_selection_is_changed_without_scripts(
    browser, live_server, context, list_url, page: Page
):
    plain = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    plain.add_cookies(context.cookies())
    bare = plain.new_page()
    bare.goto(list_url)
    bare.get_by_role("checkbox", name="B QX 1").check()
    bare.locator(".bulk-bar").get_by_role("button", name="Operation status").click()
    bare.get_by_label("Operation status").select_option("GARAGE")
    bare.get_by_label("Remark").fill("Tyres")
    bare.get_by_role("button", name="Preview").click()
    expect(bare.get_by_text("Operating → In the garage")).to_be_visible()
    bare.get_by_role("button", name="Change (1)").click()
    changed = Vehicle.objects.get(license_plate="B QX 1")
    assert (changed.operation_status, changed.operation_status_remark) == ("GARAGE", "Tyres")
    plain.close()
