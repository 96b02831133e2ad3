"""A manager's day at the job list without a mouse: whatever is tried here is reached by Tab and done by keys."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import SavedView
from jobs.models import Job

# How many Tabs away it is at least; from the start of a menu or a dialog one after another.
AHEAD = """target => {
  if (target.closest(":popover-open, dialog")) return 0
  const stops = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
    .filter((each) => each.checkVisibility() && !each.disabled && each.tabIndex >= 0)
  return Math.max(0, stops.indexOf(target) - stops.indexOf(document.activeElement) - 3)
}"""


def reach(target: Locator) -> Locator:
    """Tab after Tab until it has the focus. A page that has just been opened gets its scripts first."""
    target.page.wait_for_load_state()
    keyboard = target.page.keyboard
    for _press in range(target.evaluate(AHEAD)):
        keyboard.press("Tab")
    for _press in range(100):
        keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return target
    raise AssertionError(f"{target} is not reached by Tab")


def press(target: Locator, key: str = "Enter") -> None:
    reach(target)
    target.page.keyboard.press(key)


def names(page: Page) -> list[str]:
    return page.locator("#rows a.row-link").all_inner_texts()


def test_the_details_open_move_and_close(opened: Page):
    press(opened.get_by_role("link", name="Car 11"))
    title = opened.locator("#panel h2").first
    expect(title).to_have_text("Car 11")
    expect(title).to_be_focused()
    opened.keyboard.press("ArrowDown")
    expect(title).to_have_text("Car 10")
    opened.keyboard.press("k")
    expect(title).to_have_text("Car 11")
    press(opened.locator("#panel").get_by_role("link", name="Close"))
    expect(opened.locator("#panel")).to_be_empty()
    expect(opened.get_by_role("link", name="Car 11")).to_be_focused()


def test_letters_go_through_the_rows_and_select_them(opened: Page):
    keyboard = opened.keyboard
    keyboard.press("j")
    expect(opened.get_by_role("link", name="Car 11")).to_be_focused()
    keyboard.press("j")
    keyboard.press("x")
    expect(opened.get_by_role("checkbox", name="Car 10")).to_be_checked()
    expect(opened.get_by_role("link", name="Car 10")).to_be_focused()
    expect(opened.locator("#panel")).to_be_empty()
    keyboard.press("Enter")
    expect(opened.locator("#panel h2").first).to_have_text("Car 10")
    keyboard.press("j")
    keyboard.press("x")
    expect(opened.locator("[data-selected]")).to_have_text("2 selected")
    keyboard.press("Escape")
    expect(opened.get_by_role("link", name="Car 9")).to_be_focused()
    keyboard.press("k")
    expect(opened.get_by_role("link", name="Car 10")).to_be_focused()


def test_a_filter_is_set_and_its_chip_taken_out(opened: Page, vehicle_model):
    press(opened.get_by_role("link", name="Filter"))
    model = opened.locator("dialog[open]").get_by_label(str(vehicle_model))
    reach(model)
    opened.keyboard.press("Space")
    press(opened.locator("dialog[open]").get_by_role("button", name="Show"))
    expect(opened.locator(".chip")).to_contain_text("Vehicle model")
    expect(opened).to_have_url(re.compile("page_size=10"))
    press(opened.get_by_label("Remove filter Vehicle model"))
    expect(opened.locator(".chip")).to_have_count(0)


def test_tabs_order_page_size_and_pages(opened: Page, jobs):
    press(opened.locator("#status-tabs").get_by_role("link", name="Pending"))
    expect(opened.locator("#status-tabs [aria-current]")).to_contain_text("Pending")
    press(opened.get_by_role("columnheader", name="Changed").get_by_role("link"))
    expect(opened.locator("th[aria-sort=ascending]")).to_contain_text("Changed")
    assert names(opened)[0] == "Car 0"
    press(opened.get_by_role("link", name="Next page"))
    expect(opened.locator(".list-foot")).to_contain_text("11–12 of 12")
    assert names(opened) == ["Car 10", "Car 11"]
    press(opened.locator(".list-foot").get_by_role("link", name="25"))
    expect(opened.locator("#rows tr")).to_have_count(12)
    expect(opened).to_have_url(
        re.compile("status=PENDING.*sort=updated_at|sort=updated_at.*status=PENDING")
    )


def test_a_view_is_saved_opened_and_removed(opened: Page):
    opened.keyboard.press("/")
    opened.keyboard.type("car 3")
    opened.keyboard.press("Enter")
    expect(opened.locator("#rows tr")).to_have_count(1)
    press(opened.get_by_role("link", name="View", exact=True))
    expect(opened.locator("#shared-menu a").first).to_be_focused()
    press(opened.get_by_role("link", name="Save or remove views"))
    reach(opened.get_by_label("Name*"))
    opened.keyboard.type("Threes")
    opened.keyboard.press("Enter")
    expect(opened.get_by_text("The view “Threes” was saved.")).to_be_visible()

    opened.goto(opened.url.partition("?")[0])
    press(opened.get_by_role("link", name="View", exact=True))
    expect(opened.locator("#shared-menu").get_by_role("link", name="Threes")).to_be_focused()
    opened.keyboard.press("Enter")
    expect(opened.locator("#rows tr")).to_have_count(1)

    press(opened.get_by_role("link", name="View", exact=True))
    expect(opened.locator("#shared-menu a").first).to_be_focused()
    press(opened.get_by_role("link", name="Save or remove views"))
    press(opened.get_by_role("button", name="Remove Threes"))
    expect(opened.get_by_text("Threes")).to_have_count(0)
    assert not SavedView.objects.exists()


def test_a_copied_link_shows_a_colleague_the_same_columns_too(
    opened: Page, context, sign_in, viewer
):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened.goto(f"{opened.url}&search=car&sort=-job&columns=vin,job")
    press(opened.get_by_role("link", name="View", exact=True))
    press(opened.get_by_role("button", name="Copy link with columns"))
    expect(opened.locator("#toasts")).to_contain_text("Copied")
    expect(opened.locator("#shared-menu")).to_be_hidden()
    shown = names(opened)
    sign_in(viewer)
    opened.goto(opened.evaluate("navigator.clipboard.readText()"))
    assert names(opened) == shown
    assert opened.locator("thead th a, thead th:not(.pick, .more)").all_inner_texts()[:1] == ["VIN"]


def test_columns_are_saved_and_seen_also_where_the_address_said_others(opened: Page):
    opened.goto(f"{opened.url}&columns=job,status")
    press(opened.get_by_label("Configure Table Columns"))
    dialog = opened.locator("dialog[open]")
    press(dialog.get_by_label("VIN", exact=True), "Space")
    press(dialog.get_by_role("button", name="Save"))
    expect(opened.get_by_role("columnheader", name="VIN", exact=True)).to_be_visible()
    expect(opened).to_have_url(re.compile(r"page_size=10$"))


def test_enter_saves_the_columns_and_the_mouse_draws_them(opened: Page):
    heads = opened.locator("thead th a")
    opened.get_by_label("Configure Table Columns").press("Enter")
    dialog = opened.locator("dialog[open]")
    expect(dialog).to_be_visible()
    dialog.evaluate("dialog => Promise.all(dialog.getAnimations().map((each) => each.finished))")
    drawn, first = (
        row.bounding_box()
        for row in (dialog.locator("li", has_text="Changed"), dialog.locator("li").first)
    )
    opened.mouse.move(drawn["x"] + 200, drawn["y"] + 10)
    opened.mouse.down()
    opened.mouse.move(drawn["x"] + 200, drawn["y"] - 20, steps=4)
    opened.mouse.move(first["x"] + 200, first["y"] + 4, steps=4)
    opened.mouse.up()
    expect(dialog.locator("li").first).to_have_text("Changed")
    dialog.get_by_label("VIN", exact=True).check()
    dialog.get_by_label("VIN", exact=True).press("Enter")
    expect(heads.first).to_have_text("Changed")
    expect(opened.get_by_role("columnheader", name="VIN", exact=True)).to_be_visible()


def test_a_pasted_list_finds_each_of_its_entries_and_one_too_long_is_refused_at_the_field(
    opened: Page, context
):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    search = opened.locator(".list-bar input[type=search]")
    before = opened.url
    opened.keyboard.press("/")
    opened.evaluate(
        "text => navigator.clipboard.writeText(text)",
        "\n".join(f"WVWZZZ1KZAW{n:06}" for n in range(400)),
    )
    opened.keyboard.press("ControlOrMeta+v")
    expect(search).to_have_value(re.compile("WVWZZZ1KZAW000399"))
    assert "too long for one search" in search.evaluate("field => field.validationMessage")
    assert opened.url == before

    opened.keyboard.press("ControlOrMeta+a")
    opened.evaluate("text => navigator.clipboard.writeText(text)", "Car 3\nCar 5\r\nab")
    opened.keyboard.press("ControlOrMeta+v")
    expect(opened.locator("#rows tr")).to_have_count(2)
    expect(opened.get_by_text("left out: ab")).to_be_visible()


def test_rows_are_selected_and_deleted_and_the_list_stands_as_it_was(opened: Page, jobs):
    press(opened.get_by_role("link", name="Next page"))
    expect(opened.locator("#rows tr")).to_have_count(2)
    press(opened.get_by_role("checkbox", name="Car 1", exact=True), "Space")
    expect(opened.locator("[data-selected]")).to_have_text("1 selected")
    press(opened.locator(".bulk-bar").get_by_role("button", name="Bulk Delete"))
    expect(opened.get_by_text("1 of 1 selected job can be deleted.")).to_be_visible()
    press(opened.get_by_role("button", name="Delete (1)"))
    expect(opened.get_by_text("1 job was deleted.")).to_be_visible()
    expect(opened).to_have_url(re.compile("cursor="))
    assert names(opened) == ["Car 0"]


def test_all_that_match_are_meant_only_beside_a_selection(opened: Page, jobs):
    every = opened.locator("[data-select-all]")
    press(every, "Space")
    press(opened.get_by_label("all 12 that match"), "Space")
    expect(opened.locator("[data-selected]")).to_have_text("12 selected")
    press(opened.get_by_role("button", name="Clear selection"))
    expect(opened.locator(".bulk-bar")).to_be_hidden()

    opened.get_by_role("checkbox", name="Car 11").press("Space")
    expect(opened.locator("[data-selected]")).to_have_text("1 selected")
    expect(opened.get_by_label("all 12 that match")).not_to_be_checked()
    opened.get_by_label("all 12 that match").press("Space")
    every.press("Space")  # all of the page, and no more all that match
    expect(opened.locator("[data-selected]")).to_have_text("10 selected")
    opened.get_by_label("all 12 that match").press("Space")
    opened.get_by_role("checkbox", name="Car 11").press("Space")
    expect(opened.locator("[data-selected]")).to_have_text("9 selected")

    press(opened.get_by_role("button", name="More", exact=True))
    opened.keyboard.press("Tab")
    press(opened.locator("#more-jobs").get_by_role("button", name="Bulk Delete"))
    expect(opened.get_by_text("9 of 9 selected jobs can be deleted.")).to_be_visible()


def test_what_is_shown_is_exported(opened: Page):
    press(opened.get_by_role("button", name="More", exact=True))
    with opened.expect_download() as download:
        press(opened.locator("#more-jobs").get_by_role("link", name="Export as CSV"))
    assert download.value.suggested_filename.endswith(".csv")


def test_an_act_from_a_row_leaves_the_list_and_its_details_as_they_were(
    opened: Page, jobs, partnership
):
    press(opened.get_by_role("link", name="Car 11"))
    expect(opened.locator("#panel h2").first).to_have_text("Car 11")
    shown = opened.url
    opened.get_by_role("button", name="More about Car 10").press("Enter")
    expect(opened.locator("#shared-menu a").first).to_be_focused()
    press(opened.locator("#shared-menu").get_by_role("link", name="Assign"))
    dialog = opened.locator("dialog[open]")
    reach(dialog.get_by_label("Service Partner"))
    opened.keyboard.type("Quick")
    press(dialog.get_by_role("button", name="Assign"))
    expect(opened.get_by_text("Car 10 was assigned.")).to_be_visible()
    assert opened.url == shown
    expect(opened.locator("#panel h2").first).to_have_text("Car 11")
    assert Job.objects.get(pk=jobs[1].pk).status == Job.Status.ASSIGNED


# --- how it looks ---------------------------------------------------------------------------------------------------
def test_the_list_is_accessible_with_a_selection_and_with_a_menu(opened: Page, assert_accessible):
    opened.locator("[data-select-all]").check()
    opened.get_by_role("button", name="More about Car 11").press("Enter")
    expect(opened.locator("#shared-menu")).to_be_visible()
    assert_accessible(opened)


@pytest.mark.parametrize(
    "path", ["delete/", "assign/", "../maintenance/", "../installation/?company=X"]
)
def test_questions_and_empty_lists_are_accessible(
    path, opened: Page, fleet, jobs, assert_accessible
):
    opened.goto(f"/fleetcontrol/{fleet.pk}/jobs/{jobs[0].pk}/{path}")
    assert_accessible(opened)
