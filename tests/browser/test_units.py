"""The stock of units by hand: enter by typing and by file, choose, print labels, retire; wide and on a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from telematics.models import Custody, Unit
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory, VehicleFactory

A = "00000000000000A1"
B = "00000000000000A2"


@pytest.fixture
def units(fleet, manager, sign_in, partnership):
    """The list with something of everything, with the manager signed in."""
    planned, held, _free = UnitFactory.create_batch(
        3, fleet=fleet, model="CloudBoxx 4", firmware="4.2.0"
    )
    JobFactory(by=manager, fleet=fleet, planned_unit=planned, license_plate="B QX 2041")
    Custody.objects.hand_over(held.pk, partnership.company, fleet=fleet, by=manager)
    VehicleFactory(fleet=fleet, license_plate="B QX 9")
    UnitFactory(fleet=fleet).retire(by=manager)
    sign_in(manager)
    return f"/fleetcontrol/{fleet.pk}/units/"


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_page_of_the_stock_is_accessible(
    page: Page, units, fleet, manager, assert_accessible, language
):
    type(manager).objects.filter(pk=manager.pk).update(language=language)
    unit = Unit.objects.in_stock().filter(fleet=fleet).last()
    tabs = ("", "?status=held", "?status=mounted", "?status=retired", "?model=CloudBoxx 4")
    paths = (f"{unit.pk}/", f"{unit.pk}/retire/", "enter/", "filter/", f"labels/?select={unit.pk}")
    for path in (*tabs, *paths):
        page.goto(units + path)
        assert_accessible(page)


@pytest.mark.parametrize("width", [1440, 390])
def test_units_are_typed_with_a_scanner_and_every_problem_is_shown(
    page: Page, units, fleet, assert_accessible, width
):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(units)
    page.get_by_role("link", name="Enter units").click()
    lines = page.get_by_label("QNRs")
    lines.click()
    for code in (A, B, "12"):
        page.keyboard.type(code)
        page.keyboard.press("Enter")
    page.get_by_role("button", name="Enter units").click()
    expect(page.get_by_text("Row 3, “12”").first).to_be_visible()
    assert_accessible(page)
    assert not Unit.objects.filter(pk=A).exists()
    lines.fill(f"{A}\n{B}\n")
    page.get_by_role("button", name="Enter units").click()
    expect(page.get_by_text("2 units were entered.")).to_be_visible()
    expect(page.get_by_role("link", name=A)).to_be_visible()


def test_units_are_imported_from_a_file(page: Page, units):
    page.goto(f"{units}enter/")
    file = {"name": "units.csv", "mimeType": "text/csv", "buffer": f"QNR\n{A}\n{B}\n".encode()}
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Enter units").click()
    expect(page.get_by_text("2 units were entered.")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_chosen_units_become_a_sheet_of_labels(page: Page, units, fleet, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(units)
    boxes = page.locator('[name="select"]')
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.get_by_role("button", name="Print labels").click()
    expect(page).to_have_url(re.compile("labels/"))
    expect(page.locator(".labels li")).to_have_count(2)
    page.emulate_media(media="print")
    label = page.locator(".labels li").first.bounding_box()
    assert label is not None
    assert round(label["width"] / label["height"], 1) == 1.9
    expect(page.get_by_role("heading", name="Labels")).to_be_hidden()


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_everything_works_without_scripts(page: Page, units, fleet):
    page.goto(f"{units}enter/")
    expect(page.get_by_role("button", name="Scan with the camera")).to_be_hidden()
    page.get_by_label("QNRs").fill(A)
    page.get_by_role("button", name="Enter units").click()
    page.get_by_role("link", name=A).click()
    page.get_by_role("link", name="Retire").click()
    page.get_by_role("button", name="Retire").click()
    expect(page.get_by_text(f"Unit {A} is retired.")).to_be_visible()
    page.get_by_role("link", name="Bring back").click()
    page.get_by_role("button", name="Bring back").click()
    expect(page.get_by_text(f"Unit {A} is in stock again.")).to_be_visible()
    page.get_by_role("link", name="Print label").click()
    expect(page.locator(".labels svg")).to_have_count(1)
