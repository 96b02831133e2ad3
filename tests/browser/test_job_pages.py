"""The job pages as a manager uses them: by mouse, by keyboard alone, on a phone, in light and dark."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from jobs.models import Job
from tests.factories.accounts import PASSWORD
from tests.factories.jobs import ConfigurationPresetFactory, JobFactory
from tests.factories.telematics import VehicleModelFactory


def details(page: Page):
    return page.locator("#panel h2").first


# --- every look -----------------------------------------------------------------------------------------------------
def test_list_details_and_form_are_accessible_in_every_look(
    page: Page, sign_in, manager, fleet, configured_job, assert_accessible
):
    sign_in(manager)
    for path in (
        "jobs/installation/",
        f"jobs/installation/?job={configured_job.pk}",
        "jobs/installation/?search=nothing",
        f"jobs/{configured_job.pk}/",
        "jobs/new/",
        "jobs/new/?kind=MAINTENANCE",
        "jobs/installation/columns/",
        "jobs/installation/filter/",
        "jobs/installation/views/",
        "jobs/new/many/",
    ):
        page.goto(f"/fleetcontrol/{fleet.pk}/{path}")
        assert_accessible(page)


# --- the panel ------------------------------------------------------------------------------------------------------
def test_the_panel_opens_beside_the_list_moves_with_the_arrows_and_closes_with_escape(
    opened: Page, jobs
):
    opened.get_by_role("link", name="Car 11").click()
    expect(details(opened)).to_have_text("Car 11")
    expect(opened).to_have_url(re.compile(f"job={jobs[0].pk}"))

    opened.keyboard.press("ArrowDown")
    expect(details(opened)).to_have_text("Car 10")
    opened.keyboard.press("ArrowUp")
    expect(details(opened)).to_have_text("Car 11")

    opened.keyboard.press("Escape")
    expect(opened.locator("#panel h2")).to_have_count(0)
    expect(opened).not_to_have_url(re.compile("job="))


def test_its_address_shows_a_colleague_the_same(opened: Page, jobs):
    opened.get_by_role("link", name="Car 11").click()
    expect(details(opened)).to_have_text("Car 11")
    opened.reload()
    expect(details(opened)).to_have_text("Car 11")
    expect(opened.locator(f'[id="{jobs[0].pk}"]')).to_have_attribute("aria-current", "true")


def test_on_a_phone_the_details_are_a_page(opened: Page, jobs):
    opened.set_viewport_size({"width": 390, "height": 844})
    opened.get_by_role("link", name="Car 11").click()
    expect(opened).to_have_url(re.compile(f"jobs/{jobs[0].pk}/$"))


def test_on_a_phone_plan_and_as_built_stand_side_by_side_also_in_german(
    page: Page, sign_in, manager, fleet, configured_job, installer
):
    configured_job.fill_in(by=installer, vin="WVWZZZ1KZAW000001")
    manager.language = "de"
    manager.save()
    sign_in(manager)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/fleetcontrol/{fleet.pk}/jobs/{configured_job.pk}/")
    page.get_by_text("ohne Abweichung").click()
    heads = page.get_by_role("columnheader", name="Ausgeführt")  # of what was decided, of the rest
    expect(heads).to_have_count(2)
    for built in heads.all():
        built.scroll_into_view_if_needed()
        expect(built).to_be_in_viewport(ratio=1)
    assert page.locator(".panel").evaluate("panel => panel.scrollWidth <= panel.clientWidth")


def test_on_a_phone_the_first_job_is_in_the_upper_third(opened: Page):
    opened.set_viewport_size({"width": 390, "height": 844})
    first = opened.locator("#rows tr").first.bounding_box()
    assert first
    assert first["y"] < 844 / 3
    for name in ("Filter", "View", "Configure Table Columns", "New Job"):
        button = opened.get_by_role("link", name=name).or_(opened.get_by_role("button", name=name))
        box = button.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44


def test_no_column_is_cut_while_the_details_are_open(opened: Page, jobs):
    opened.set_viewport_size({"width": 1280, "height": 800})
    heads = opened.locator("th[scope=col]:visible")
    before = heads.count()
    opened.get_by_role("link", name="Car 11").click()
    expect(details(opened)).to_have_text("Car 11")
    expect(opened.locator(".table-scroll")).to_have_class(re.compile("fits"))
    assert 3 < heads.count() < before
    expect(opened.get_by_role("columnheader", name="Status")).to_be_visible()
    opened.keyboard.press("Escape")
    expect(heads).to_have_count(before)


# --- by keyboard alone ----------------------------------------------------------------------------------------------
def test_a_job_is_deleted_by_keyboard_alone(opened: Page, jobs):
    opened.get_by_role("button", name="More about Car 11").focus()
    opened.keyboard.press("Enter")
    expect(opened.locator("#shared-menu")).to_be_visible()
    opened.keyboard.press("ArrowUp")  # from the first to the last: Delete
    opened.keyboard.press("Enter")
    dialog = opened.locator("dialog[open]")
    expect(dialog).to_contain_text(f"Delete {jobs[0].custom_name}?")
    dialog.get_by_role("button", name="Delete").press("Enter")
    expect(opened.get_by_text(f"{jobs[0].custom_name} was deleted.")).to_be_visible()
    assert Job.objects.get(pk=jobs[0].pk).status == Job.Status.DELETED


def test_slash_goes_to_the_search_and_enter_narrows(opened: Page):
    opened.keyboard.press("/")
    opened.keyboard.type("car 3")
    opened.keyboard.press("Enter")
    expect(opened).to_have_url(re.compile(r"search=car\+3"))
    expect(opened.locator("#rows tr")).to_have_count(1)


def test_a_filter_is_a_chip_that_is_taken_out_again(opened: Page, vehicle_model):
    opened.get_by_role("link", name="Filter").click()
    opened.locator("dialog[open]").get_by_label(str(vehicle_model)).check()
    opened.get_by_role("button", name="Show").click()
    expect(opened.locator(".chip")).to_contain_text("Vehicle model")
    expect(opened).not_to_have_url(re.compile("company="))
    opened.get_by_label("Remove filter Vehicle model").click()
    expect(opened.locator(".chip")).to_have_count(0)


def test_columns_are_chosen_and_moved_in_a_dialog(opened: Page):
    opened.get_by_label("Configure Table Columns").click()
    dialog = opened.locator("dialog[open]")
    dialog.get_by_label("VIN", exact=True).check()
    for _n in range(10):
        dialog.get_by_role("button", name="VIN: further left", exact=True).press("Enter")
    dialog.get_by_role("button", name="Save").click()
    expect(opened.locator("thead th").nth(1)).to_have_text("VIN")


# --- bulk -----------------------------------------------------------------------------------------------------------
def test_a_selection_opens_the_bar_and_shift_takes_all_between(opened: Page):
    boxes = opened.locator('[name="select"]')
    expect(opened.locator(".bulk-bar")).to_be_hidden()
    boxes.nth(0).click()
    boxes.nth(3).click(modifiers=["Shift"])
    expect(opened.locator("[data-selected]")).to_have_text("4 selected")
    opened.get_by_label("Clear selection").click()
    expect(opened.locator(".bulk-bar")).to_be_hidden()


def test_all_that_match_are_assigned_over_all_pages(opened: Page, partnership, fleet):
    opened.locator("[data-select-all]").check()
    opened.get_by_label("all 12 that match").check()
    opened.locator(".bulk-bar").get_by_role("button", name="Bulk Assign").click()
    expect(opened.get_by_text("12 of 12 selected jobs can be assigned.")).to_be_visible()
    opened.get_by_label("Service Partner").select_option(label="QuickInstall")
    opened.get_by_role("button", name="Assign (12)").click()
    expect(opened.get_by_text("12 jobs were assigned to QuickInstall.")).to_be_visible()
    assert set(Job.objects.values_list("status", flat=True)) == {"ASSIGNED"}


def test_bulk_edit_ticks_what_is_filled_in(opened: Page):
    opened.locator('[name="select"]').nth(0).check()
    opened.locator(".bulk-bar").get_by_role("button", name="Bulk Edit").click()
    opened.wait_for_load_state()
    opened.get_by_label("Location", exact=True).fill("Yard")
    expect(opened.get_by_label("Set Location")).to_be_checked()
    opened.get_by_role("button", name="Preview").click()
    opened.get_by_role("button", name="Set for all of them (1)").click()
    expect(opened.get_by_text("1 job was changed.")).to_be_visible()


def test_a_vehicle_model_that_is_set_in_many_brings_what_it_knows(opened: Page, vehicle_model):
    opened.locator('[name="select"]').nth(0).check()
    opened.locator(".bulk-bar").get_by_role("button", name="Bulk Edit").click()
    opened.wait_for_load_state()
    opened.get_by_label("Vehicle model", exact=True).select_option(vehicle_model.pk)
    expect(opened.get_by_label("Brand", exact=True)).to_have_value(vehicle_model.brand)
    expect(opened.get_by_label("Set Brand")).to_be_checked()
    expect(opened.get_by_label("Set Vehicle model")).to_be_checked()
    expect(opened.get_by_label("Set Location")).not_to_be_checked()


# --- the form -------------------------------------------------------------------------------------------------------
@pytest.fixture
def form(page: Page, sign_in, manager, fleet, partnership, vehicle_model):
    sign_in(manager)
    page.goto(f"/fleetcontrol/{fleet.pk}/jobs/new/")
    return page


def test_the_form_follows_the_model_and_the_preset(form: Page, fleet):
    model = VehicleModelFactory(brand="Fiat", model="500", features=["tracking"])
    ConfigurationPresetFactory(fleet=fleet, name="City", tracking=True)
    form.reload()
    form.get_by_label("Vehicle model").select_option(model.pk)
    expect(form.get_by_label("Brand")).to_have_value("Fiat")
    expect(form.locator("[name=smoke_detection][value=true]")).to_be_disabled()
    form.get_by_label("Configuration preset").select_option(label="City")
    expect(form.locator("[name=tracking][value=true]")).to_be_checked()


def test_save_and_assign_asks_in_a_dialog(form: Page):
    form.get_by_label("Custom name").fill("Blue")
    expect(form.get_by_role("button", name="Save & Assign")).to_be_hidden()
    form.get_by_label("Service Partner").select_option(label="QuickInstall")
    form.get_by_role("button", name="Save & Assign").click()
    dialog = form.locator("dialog[open]")
    expect(dialog).to_contain_text("Assign to QuickInstall?")
    expect(dialog).to_contain_text("Blue")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    assert not Job.objects.exists()

    form.get_by_role("button", name="Save & Assign").click()
    form.locator("dialog[open]").get_by_role("button", name="Save & Assign").click()
    expect(form.get_by_text("was saved and assigned to QuickInstall.")).to_be_visible()
    assert Job.objects.get().status == Job.Status.ASSIGNED


def test_errors_of_a_form_that_was_to_be_assigned_stand_in_the_page(form: Page):
    form.get_by_label("VIN", exact=True).fill("SHORT")
    form.get_by_label("Service Partner").select_option(label="QuickInstall")
    form.get_by_role("button", name="Save & Assign").click()
    expect(form.locator(".error-summary")).to_contain_text("There is 1 problem")
    expect(form.get_by_label("VIN", exact=True)).to_have_value("SHORT")


def test_what_was_typed_is_still_there_after_the_session_had_expired(form: Page, manager):
    form.get_by_label("Custom name").fill("Blue")
    form.get_by_label("Service Partner").select_option(label="QuickInstall")
    form.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    form.on("dialog", lambda dialog: dialog.accept())
    form.get_by_role("button", name="Save & Assign").click()
    form.locator("input[name=login]").fill(manager.email)
    form.locator("input[name=password]").fill(PASSWORD)
    form.locator("input[name=password]").press("Enter")
    expect(form.get_by_label("Custom name")).to_have_value("Blue")


def test_a_vin_already_in_work_warns_while_typing(form: Page, manager, fleet):
    JobFactory(by=manager, fleet=fleet, vin="WVWZZZ1KZAW000001")
    form.get_by_label("VIN", exact=True).fill("WVWZZZ1KZAW000001")
    form.get_by_label("VIN", exact=True).blur()
    expect(form.locator("#vin-warning")).to_contain_text("An open job (")


# --- live -----------------------------------------------------------------------------------------------------------
def test_a_change_shows_within_three_seconds_where_the_row_stands_and_keeps_the_focus(
    opened: Page, jobs, partnership, manager
):
    row = opened.locator(f'[id="{jobs[2].pk}"]')
    row.get_by_role("link").focus()
    row.locator('[name="select"]').check()
    row.get_by_role("link").focus()
    jobs[2].assign(partnership.company, by=manager)
    expect(row.locator('[data-status="ASSIGNED"]')).to_be_visible(timeout=5000)
    expect(row.locator('[name="select"]')).to_be_checked()
    expect(row.get_by_role("link")).to_be_focused()
    expect(opened.locator("#status-tabs")).to_contain_text("Assigned 1")


def test_new_rows_are_announced_and_come_when_asked_for(opened: Page, manager, fleet):
    JobFactory(by=manager, fleet=fleet, custom_name="Brand new")
    announced = opened.locator(".new-rows")
    expect(announced).to_have_text("1 new", timeout=5000)
    expect(opened.get_by_role("link", name="Brand new")).to_have_count(0)
    announced.click()
    expect(opened.get_by_role("link", name="Brand new")).to_be_visible()


# --- without scripts ------------------------------------------------------------------------------------------------
def test_everything_is_reached_without_scripts(
    browser, live_server, sign_in, context, manager, fleet, jobs, partnership
):
    sign_in(manager)
    plain = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    plain.add_cookies(context.cookies())
    page = plain.new_page()
    page.goto(f"/fleetcontrol/{fleet.pk}/jobs/{jobs[0].pk}/")
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Service Partner").select_option(label="QuickInstall")
    page.get_by_role("button", name="Save & Assign").click()
    expect(page.get_by_role("heading", name="Assign to QuickInstall?")).to_be_visible()
    page.get_by_role("button", name="Save & Assign").click()
    expect(page.get_by_text("was saved and assigned to QuickInstall.")).to_be_visible()
    plain.close()
