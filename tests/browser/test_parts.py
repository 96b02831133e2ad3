"""What the scripts add to pages, by mouse and by keyboard; and that pages do without them."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from jobs.models import Job
from tests.factories.accounts import PASSWORD


@pytest.fixture(autouse=True)
def _parts(settings):
    settings.ROOT_URLCONF = "tests.browser.parts"
    ours = Path(__file__).parent / "templates"
    settings.TEMPLATES = [
        {**engine, "DIRS": [*engine["DIRS"], ours]} for engine in settings.TEMPLATES
    ]


@pytest.fixture
def cars(fleet):
    Job.objects.bulk_create(
        [Job(fleet=fleet, custom_name=f"Car {i}", vin=f"WVWZZZ1KZ6W00000{i}") for i in range(6)]
    )
    return Job.objects.order_by("-pk")


@pytest.fixture
def without_scripts(browser, browser_context_args):
    with browser.new_context(**browser_context_args, java_script_enabled=False) as context:
        yield context.new_page()


@pytest.mark.parametrize("address", ["/parts/", "/parts/list/", "/accounts/login/"])
def test_every_part_is_accessible_in_every_look(page: Page, cars, address, assert_accessible):
    page.goto(address)
    assert_accessible(page)


def test_a_theme_is_there_at_once_and_stays(page: Page, manager, sign_in):
    sign_in(manager)
    page.goto("/parts/")
    html = page.locator("html")
    expect(html).not_to_have_attribute("data-bs-theme", re.compile(".*"))
    page.get_by_role("button", name="Your account").click()
    with page.expect_response("**/theme/"):
        page.get_by_role("button", name="Dark").click()
    expect(html).to_have_attribute("data-bs-theme", "dark")
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(html).to_have_attribute("data-bs-theme", "dark")


def test_a_question_opens_over_the_page_and_goes_with_escape(page: Page, db):
    page.goto("/parts/")
    page.get_by_role("link", name="Ask here").press("Enter")
    expect(page.get_by_role("dialog", name="Sure?")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("link", name="Ask here")).to_be_focused()


def test_a_question_of_its_own_page_opens_over_this_one(page: Page, db):
    page.goto("/parts/")
    page.get_by_role("link", name="Ask there").click()
    expect(page.get_by_role("dialog")).to_contain_text("There")
    page.get_by_role("dialog").get_by_role("link", name="Cancel").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).to_have_url(re.compile("/parts/$"))


def test_a_menu_is_walked_by_arrows(page: Page, db):
    page.goto("/parts/")
    page.get_by_role("button", name="New").press("ArrowDown")
    expect(page.get_by_role("link", name="List")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Form")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Form")).to_be_hidden()


def test_a_code_is_copied_by_a_click(page: Page, context, db):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/parts/")
    page.get_by_role("button", name="WVWZZZ1KZ6W000001").click()
    expect(page.locator("#toasts")).to_contain_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "WVWZZZ1KZ6W000001"


def test_trouble_is_told_with_an_id_to_quote(page: Page, console_errors, db):
    page.goto("/parts/")
    with page.expect_response("**/refused/") as answer:
        page.get_by_role("button", name="Refused").click()
    expect(page.locator("#toasts")).to_contain_text("It is running.")
    expect(page.locator("#toasts")).to_contain_text(answer.value.headers["x-flow-id"])
    console_errors.clear()


def test_the_panel_opens_moves_and_closes_by_keyboard(page: Page, cars):
    page.goto("/parts/list/")
    first, second = cars[:2]
    page.get_by_role("link", name=first.custom_name).press("Enter")
    panel = page.locator("#panel")
    expect(panel.locator("h2").first).to_be_focused()
    expect(page).to_have_url(re.compile(f"job={first.pk}"))
    page.keyboard.press("ArrowDown")
    expect(panel).to_contain_text(second.custom_name)
    expect(page).to_have_url(re.compile(f"job={second.pk}"))
    page.keyboard.press("Escape")
    expect(panel).to_be_empty()
    expect(page).not_to_have_url(re.compile("job="))
    expect(page.get_by_role("link", name=second.custom_name)).to_be_focused()


def test_the_panel_has_an_address_and_a_way_back(page: Page, cars):
    page.goto("/parts/list/")
    page.get_by_role("cell", name=cars[2].vin).locator("xpath=..").locator("td").nth(1).click()
    expect(page.locator("#panel")).to_contain_text(cars[2].custom_name)
    page.reload()
    expect(page.locator("#panel")).to_contain_text(cars[2].custom_name)
    page.go_back()
    expect(page.locator("#panel")).to_be_empty()


def test_on_a_phone_the_details_are_a_page(page: Page, cars):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/parts/list/")
    page.get_by_role("link", name=cars[0].custom_name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(cars[0].custom_name)
    expect(page).to_have_url(re.compile(f"/{cars[0].pk}/$"))


def test_on_a_phone_a_row_is_touched_anywhere_but_where_it_has_an_act_of_its_own(page: Page, cars):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/parts/list/")
    row = page.locator(f"[id='{cars[1].pk}']")
    row.get_by_role("checkbox").click()
    expect(row.get_by_role("checkbox")).to_be_checked()
    row.locator(".dots").click()
    expect(page.locator("#shared-menu")).to_be_visible()
    page.keyboard.press("Escape")
    size = row.bounding_box()
    row.click(position={"x": size["width"] / 2, "y": size["height"] - 4})
    expect(page.get_by_role("heading", level=1)).to_have_text(cars[1].custom_name)


def test_heads_stay_in_sight_where_the_table_fits(page: Page, cars):
    page.set_viewport_size({"width": 1000, "height": 260})
    page.goto("/parts/list/")
    head = page.get_by_role("columnheader", name="Car")
    expect(page.locator(".table-scroll")).to_have_class(re.compile("fits"))
    page.evaluate("scrollTo(0, 160)")
    assert head.bounding_box()["y"] == page.locator(".topbar").bounding_box()["height"]
    page.locator("table").evaluate("table => { table.style.minWidth = '1200px' }")
    expect(page.locator(".table-scroll")).not_to_have_class(re.compile("fits"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_row_has_a_menu(page: Page, cars):
    page.goto("/parts/list/")
    page.get_by_role("button", name=f"More about {cars[1].custom_name}").press("Enter")
    expect(page.get_by_role("link", name="Edit")).to_be_focused()
    expect(page.locator("#panel")).to_be_empty()


@pytest.mark.usefixtures("interception")
@pytest.mark.parametrize(
    "answer", [{"status": 404, "body": "<main><p>It is gone.</p></main>"}, None]
)
def test_a_menu_or_a_question_that_does_not_come_is_not_that_of_before(
    answer, page: Page, cars, console_errors
):
    page.goto("/parts/list/")
    page.get_by_role("button", name=f"More about {cars[1].custom_name}").click()
    expect(page.locator("#shared-menu")).to_be_visible()
    page.keyboard.press("Escape")
    page.route("**/menu/", lambda route: route.fulfill(**answer) if answer else route.abort())
    page.get_by_role("button", name=f"More about {cars[2].custom_name}").click()
    expect(page.locator("#toasts")).to_contain_text(
        "It is gone." if answer else "cannot be reached"
    )
    expect(page.locator("#shared-menu")).to_be_hidden()

    page.goto("/parts/")
    page.get_by_role("link", name="Ask there").click()
    expect(page.get_by_role("dialog")).to_contain_text("There")
    page.keyboard.press("Escape")
    page.route("**/question/", lambda route: route.fulfill(**answer) if answer else route.abort())
    page.get_by_role("link", name="Ask there").click()
    expect(page.locator("#toasts")).to_contain_text(
        "It is gone." if answer else "cannot be reached"
    )
    expect(page.get_by_role("dialog")).to_have_count(0)
    console_errors.clear()


@pytest.mark.usefixtures("interception")
def test_details_on_their_way_have_the_name_of_their_row_and_an_outline(page: Page, cars):
    page.clock.install()
    page.goto("/parts/list/")
    held = []
    page.route(f"**/{cars[2].pk}/", lambda route: held.append(route))  # never answered
    page.get_by_role("link", name=cars[1].custom_name).press("Enter")
    panel = page.locator("#panel")
    expect(panel).to_contain_text("History")
    page.clock.pause_at(
        datetime.now(UTC) + timedelta(minutes=1)
    )  # a busy machine must not make the row late
    page.keyboard.press("ArrowDown")
    page.clock.run_for(250)
    expect(panel.locator("h2").first).to_have_text(cars[1].custom_name)
    page.clock.run_for(100)
    expect(panel.locator("h2")).to_have_text(cars[2].custom_name)
    expect(panel.locator(".skeleton")).to_be_visible()
    page.keyboard.press("ArrowDown")  # whoever goes on waits for nobody
    expect(panel).to_contain_text("History")
    expect(panel.locator("h2").first).to_have_text(cars[3].custom_name)
    assert len(held) == 1


@pytest.mark.usefixtures("interception")
@pytest.mark.parametrize("answer", [{"status": 500, "body": "<main><p>It broke.</p></main>"}, None])
def test_details_that_do_not_come_are_said_to_be_missing_and_asked_for_again(
    answer, page: Page, cars, console_errors, assert_accessible
):
    page.goto("/parts/list/")
    page.get_by_role("link", name=cars[1].custom_name).press("Enter")
    expect(page.locator("#panel")).to_contain_text("History")
    page.route(
        f"**/{cars[2].pk}/", lambda route: route.fulfill(**answer) if answer else route.abort()
    )
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("alert")).to_contain_text(
        "It broke." if answer else "cannot be reached"
    )
    expect(page.locator("#panel h2")).to_have_text(cars[2].custom_name)
    expect(page.locator("#panel h2")).to_be_focused()
    assert_accessible(page)
    page.unroute_all()
    page.get_by_role("button", name="Try again").press("Enter")
    expect(page.locator("#panel")).to_contain_text("History")
    expect(page.locator("#panel h2").first).to_be_focused()
    console_errors.clear()


def test_rows_are_selected_one_by_one_all_and_in_a_stretch(page: Page, cars):
    page.goto("/parts/list/")
    boxes, everything = page.locator("[name=select]"), page.get_by_label("Select all rows")
    expect(page.locator(".bulk-bar")).to_be_hidden()
    boxes.nth(1).check()
    expect(page.locator("[data-selected]")).to_have_text("1 selected")
    expect(everything).to_have_js_property("indeterminate", True)
    boxes.nth(4).click(modifiers=["Shift"])
    expect(page.locator("[data-selected]")).to_have_text("4 selected")
    everything.check()
    expect(page.locator("[name=select]:checked")).to_have_count(6)
    page.get_by_role("button", name="None").click()
    expect(page.locator(".bulk-bar")).to_be_hidden()


def test_a_changed_row_changes_where_it_stands_and_keeps_what_somebody_did_with_it(
    page: Page, cars, fleet
):
    page.goto("/parts/list/")
    changed, gone = cars[1], cars[3]
    row = page.locator(f"[id='{changed.pk}']")
    row.get_by_role("checkbox").check()
    row.get_by_role("link").focus()
    Job.objects.filter(pk=changed.pk).update(vin="WVWZZZ1KZ6W999999", version=2)
    Job.objects.filter(pk=gone.pk).update(status="DELETED", version=2)
    Job.objects.create(fleet=fleet, custom_name="Newcomer")
    expect(row).to_contain_text("WVWZZZ1KZ6W999999", timeout=8000)
    expect(row.get_by_role("checkbox")).to_be_checked()
    expect(row.get_by_role("link")).to_be_focused()
    expect(page.locator(f"[id='{gone.pk}']")).to_have_class("gone")
    expect(page.locator("#rows")).not_to_contain_text("Newcomer")
    expect(page.locator("#status-tabs")).to_contain_text("6")
    page.get_by_role("link", name="1 new").click()
    expect(page.locator("#rows")).to_contain_text("Newcomer")


def test_the_open_panel_follows_its_row(page: Page, cars):
    page.goto("/parts/list/")
    page.get_by_role("link", name=cars[1].custom_name).press("Enter")
    expect(page.locator("#panel")).to_contain_text("Pending")
    Job.objects.filter(pk=cars[1].pk).update(status="SUCCEEDED", version=3)
    expect(page.locator("#panel")).to_contain_text("Succeeded", timeout=8000)
    expect(page.locator("#panel h2").first).to_be_focused()


def test_what_is_typed_is_not_lost_by_a_click(page: Page, manager, sign_in):
    sign_in(manager)
    page.goto("/parts/form/")
    page.get_by_label("Name").fill("Blue")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_label("Name")).to_have_value("Blue")
    assert asked == ["beforeunload"]
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Saved")
    assert len(asked) == 1


def test_what_is_typed_survives_that_the_session_ends(page: Page, manager, sign_in):
    sign_in(manager)
    page.goto("/parts/form/")
    page.get_by_label("Name").fill("Blue")
    page.get_by_text("off", exact=True).click()
    Session.objects.all().delete()
    page.get_by_role("button", name="Save").click()
    page.get_by_label("E-mail").fill(manager.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_label("Name")).to_have_value("Blue")
    expect(page.get_by_label("off")).to_be_checked()


def test_errors_are_counted_at_the_top_and_lead_to_their_fields(
    page: Page, manager, sign_in, assert_accessible
):
    sign_in(manager)
    page.goto("/parts/form/")
    page.get_by_role("button", name="Save").click()
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("There is 1 problem")
    expect(summary).to_be_focused()
    assert_accessible(page)
    summary.get_by_role("link", name="Name").click()
    expect(page.get_by_label("Name")).to_be_focused()


def test_without_scripts_pages_do_the_same_a_page_at_a_time(without_scripts: Page, cars):
    page = without_scripts
    page.goto("/parts/")
    page.get_by_role("link", name="Ask here").click()
    expect(page.get_by_role("button", name="Yes")).to_be_visible()
    page.goto("/parts/")
    page.get_by_role("button", name="New").click()
    page.get_by_role("link", name="List").click()
    expect(page.locator(".bulk-bar")).to_be_visible()
    page.get_by_role("link", name="Car", exact=True).click()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Car")
    page.get_by_role("link", name=cars[0].custom_name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(cars[0].custom_name)
