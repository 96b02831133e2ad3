"""The search at the top, the command palette and the keys, by keyboard; and without scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.factories.telematics import VehicleFactory


@pytest.fixture
def home(fleet):
    return f"/fleetcontrol/{fleet.pk}/"


@pytest.fixture
def car(fleet):
    return VehicleFactory(fleet=fleet, license_plate="B CA 3", unit=None)


@pytest.fixture
def field(opened: Page, car):
    return opened.locator(".topbar input[type=search]")


def chosen(page: Page):
    return page.locator("[role=option][aria-selected=true]")


def test_results_are_suggested_and_opened_by_arrow_keys(opened: Page, field, home, car):
    field.focus()
    opened.keyboard.type("b ca")
    expect(opened.locator("#found [role=group]")).to_have_count(1)
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(chosen(opened)).to_have_count(0)
    opened.keyboard.press("ArrowDown")
    expect(chosen(opened)).to_contain_text("B CA 3")
    marked = chosen(opened).get_attribute("id")
    expect(field).to_have_attribute("aria-activedescendant", marked)
    expect(field).to_be_focused()
    opened.keyboard.press("ArrowUp")
    expect(chosen(opened)).to_have_text("All results")
    opened.keyboard.press("ArrowDown")
    opened.keyboard.press("Enter")
    expect(opened).to_have_url(re.compile(f"/vehicles/{car.pk}/"))


def test_escape_closes_the_suggestions_and_keeps_what_was_typed(opened: Page, field):
    field.focus()
    opened.keyboard.type("car")
    expect(opened.locator("#found [role=option]").first).to_be_visible()
    opened.keyboard.press("Escape")
    expect(opened.locator("#found")).to_be_hidden()
    expect(field).to_have_value("car")
    expect(field).to_have_attribute("aria-expanded", "false")
    opened.keyboard.press("ArrowDown")
    expect(opened.locator("#found [role=option]").first).to_be_visible()
    opened.keyboard.press("Tab")
    expect(opened.locator("#found")).to_be_hidden()


def test_enter_opens_the_page_of_the_results(opened: Page, field, home):
    field.focus()
    opened.keyboard.type("car 1")
    opened.keyboard.press("Enter")
    expect(opened).to_have_url(re.compile(r"/search/\?q=car"))
    expect(opened.get_by_role("link", name=re.compile("All results: Installation"))).to_be_visible()
    expect(field).to_have_value("car 1")


def test_the_palette_finds_rows_and_pages_and_opens_the_first(opened: Page, car, home):
    opened.keyboard.press("Control+k")
    dialog = opened.locator("dialog[open]")
    field = dialog.get_by_role("combobox")
    expect(field).to_be_focused()
    expect(chosen(opened)).to_have_count(1)
    opened.keyboard.type("b ca 3")
    expect(chosen(opened)).to_contain_text("B CA 3")
    field.fill("roll-outs")
    expect(chosen(opened)).to_have_text("Roll-outs")
    opened.keyboard.press("Enter")
    expect(opened).to_have_url(re.compile("/roll-outs/$"))


def test_the_palette_opens_while_somebody_types_and_gives_the_focus_back(opened: Page, field):
    field.focus()
    opened.keyboard.press("Meta+k")
    dialog = opened.locator("dialog[open]")
    expect(dialog.get_by_role("combobox")).to_be_focused()
    opened.keyboard.type("x")
    opened.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(field).to_be_focused()
    expect(opened.locator("#shared-dialog")).not_to_have_attribute("data-typed", "")


def test_enter_takes_nothing_that_was_found_for_an_earlier_text(opened: Page):
    opened.keyboard.press("Control+k")
    expect(chosen(opened)).to_have_count(1)
    opened.evaluate("() => { globalThis.fetch = () => new Promise(() => {}) }")  # never answers
    opened.keyboard.type("car 1")
    opened.keyboard.press("Enter")
    expect(opened).to_have_url(re.compile(r"/search/\?q=car"))


def test_slash_goes_to_the_search_of_the_list_and_elsewhere_to_that_at_the_top(
    opened: Page, field, home
):
    opened.keyboard.press("/")
    expect(opened.locator(".list-bar input[type=search]")).to_be_focused()
    opened.goto(f"{home}overview/")
    opened.keyboard.press("/")
    expect(opened.locator(".topbar input[type=search]")).to_be_focused()


def test_the_keys_are_shown_by_their_key_and_not_while_somebody_types(opened: Page, field):
    field.focus()
    opened.keyboard.type("?")
    expect(field).to_have_value("?")
    expect(opened.locator("dialog[open]")).to_have_count(0)
    field.evaluate("field => field.blur()")
    opened.keyboard.press("?")
    dialog = opened.locator("dialog[open]")
    expect(dialog.get_by_role("heading", name="Keyboard shortcuts")).to_be_visible()
    opened.keyboard.press("Control+k")
    expect(dialog.get_by_role("heading", name="Keyboard shortcuts")).to_be_visible()
    opened.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


# --- how it looks --------------------------------------------------------------------------------
def test_suggestions_palette_and_keys_are_accessible(opened: Page, field, home, assert_accessible):
    opened.keyboard.press("Control+k")
    expect(chosen(opened)).to_have_count(1)
    assert_accessible(opened)
    opened.keyboard.press("Escape")
    opened.keyboard.press("?")
    expect(opened.get_by_role("heading", name="Keyboard shortcuts")).to_be_visible()
    assert_accessible(opened)
    for path in ("search/?q=car", "search/?q=nothing", "palette/", "keys/"):
        opened.goto(home + path)
        assert_accessible(opened)


def test_open_suggestions_are_accessible(opened: Page, field):
    from tests.browser.axe import violations

    field.focus()
    opened.keyboard.type("car")
    opened.locator("#found [role=option]").first.wait_for()
    opened.keyboard.press("ArrowDown")
    for scheme in ("light", "dark"):
        opened.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert not violations(opened)


def test_on_a_phone_the_palette_has_a_button(opened: Page, home):
    opened.set_viewport_size({"width": 390, "height": 850})
    opened.get_by_role("link", name="Search and commands").click()
    expect(opened.locator("dialog[open]").get_by_role("combobox")).to_be_focused()


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_scripts_enter_opens_the_results(page: Page, sign_in, manager, jobs, home):
    sign_in(manager)
    page.goto(f"{home}overview/")
    page.locator(".topbar input[type=search]").fill("car 1")
    page.locator(".topbar input[type=search]").press("Enter")
    expect(page.get_by_role("link", name="Car 1", exact=False).first).to_be_visible()
