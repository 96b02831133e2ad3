"""Writing jobs, one and many, as a manager does it; and that nothing typed is lost on the way."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from jobs.models import BulkRun, ConfigurationPreset, Job, JobTemplate
from telematics.models import Vehicle
from tests.factories.accounts import PASSWORD
from tests.factories.jobs import JobFactory, JobTemplateFactory
from tests.factories.telematics import UnitFactory, VehicleFactory


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


# --- the form ---------------------------------------------------------------------------------------------------------
def test_what_becomes_locked_is_told_while_the_form_is_filled_in(form: Page, vehicle_model):
    told = form.locator("#will-be-locked [data-locked]")
    expect(told).to_have_text("Nothing yet")
    form.get_by_label("Custom name").fill("Blue")
    expect(told).to_have_text("Custom name")
    form.get_by_label("Vehicle model").select_option(label=str(vehicle_model))
    expect(told).to_contain_text("Custom name, Vehicle model")
    form.get_by_label("Custom name").fill("")
    expect(told).not_to_contain_text("Custom name")


def test_one_job_after_the_other_is_assigned_with_what_they_share(form: Page):
    for name in ("Blue", "Red"):
        form.get_by_label("Service Partner").select_option(label="QuickInstall")
        form.get_by_label("Custom name").fill(name)
        form.get_by_label("Location").fill("Yard")
        form.get_by_role("button", name="Save and add another").click()
        form.locator("dialog[open]").get_by_role("button", name="Save & Assign").click()
        expect(form.get_by_text(f"{name} was saved and assigned to QuickInstall.")).to_be_visible()
        expect(form.get_by_role("heading", name="New installation job")).to_be_visible()
        expect(form.get_by_label("Custom name")).to_have_value("")
        expect(form.get_by_label("Location")).to_have_value("Yard")
        expect(form.get_by_label("Service Partner")).not_to_have_value("")
    assert set(Job.objects.values_list("custom_name", "status")) == {
        ("Blue", "ASSIGNED"), ("Red", "ASSIGNED"),
    }  # fmt: skip


# --- nothing typed is lost ------------------------------------------------------------------------------------------
def test_enter_saves_nothing_and_the_button_asks_in_a_dialog(form: Page):
    form.get_by_label("Service Partner").select_option(label="QuickInstall")
    form.get_by_label("Custom name").fill("Blue")
    form.keyboard.press("Enter")
    expect(form.locator("dialog[open]")).to_have_count(0)
    form.get_by_role("button", name="Save & Assign").press("Enter")
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
    page.get_by_label("Service Partner").select_option(label="QuickInstall")
    page.locator("summary", has_text="Tests and photos").click()
    page.get_by_label("GNSS").check()
    page.get_by_label("Custom name").fill("Blue")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Custom name")).to_have_value("Blue")
    assert not Job.objects.exists()
    page.get_by_role("button", name="Save & Assign").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_label("Custom name")).to_have_value("Blue")
    expect(page.get_by_label("GNSS")).to_be_checked()
    expect(page.get_by_label("Service Partner")).not_to_have_value("")
    plain.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_plate_that_no_vehicle_has_asks_for_the_similar_one(
    browser, live_server, context, at, fleet, scripts, assert_accessible
):
    car = VehicleFactory(fleet=fleet, license_plate="BN-O 1234", brand="Opel", model="Corsa")
    page = browser.new_context(java_script_enabled=scripts).new_page()
    page.context.add_cookies(context.cookies())
    page.goto(f"{live_server.url}{at('jobs/new/')}?kind=MAINTENANCE")
    page.get_by_label("Task").select_option("INSPECTION")
    page.get_by_label("Vehicle", exact=True).fill("B-NO 1234")
    page.get_by_role("button", name="Save", exact=True).click()
    choice = page.get_by_role("group", name="Do you mean one of these?").get_by_role("radio")
    assert not Job.objects.exists()
    if scripts:
        assert_accessible(page)
    choice.check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was saved.")).to_be_visible()
    assert Job.objects.get().vehicle == car
    page.context.close()


def test_ticks_are_still_there_after_the_session_had_expired(form: Page, sign_in_again):
    form.locator("summary", has_text="Tests and photos").click()
    form.get_by_label("Ignition").check()
    form.get_by_label("Odometer").check()
    form.locator("summary", has_text="Features").click()
    form.locator("[name=tracking][value=true]").check()
    sign_in_again(form, lambda: form.get_by_role("button", name="Save", exact=True).click())
    expect(form.get_by_label("Ignition")).to_be_checked()
    expect(form.get_by_label("Odometer")).to_be_checked()
    expect(form.get_by_label("GNSS")).not_to_be_checked()
    expect(form.locator("[name=tracking][value=true]")).to_be_checked()


def test_a_bulk_edit_goes_on_after_the_session_had_expired(
    page: Page, at, manager, fleet, sign_in_again
):
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
    expect(page.get_by_text("2 jobs were changed.")).to_be_visible()


def test_a_selection_is_still_there_after_signing_in_again_and_an_old_one_is_not(
    page: Page, at, manager, fleet, sign_in_again
):
    for n in range(3):
        JobFactory(by=manager, fleet=fleet, custom_name=f"Car {n}")
    page.goto(at("jobs/installation/"))
    bar, boxes = page.locator(".bulk-bar"), page.locator('[name="select"]')
    boxes.nth(0).check()
    bar.get_by_role("button", name="Bulk Delete").click()
    page.get_by_role("button", name="Delete (1)").click()
    expect(page.get_by_text("1 job was deleted.")).to_be_visible()
    for n in range(2):
        boxes.nth(n).check()
    sign_in_again(page, lambda: bar.get_by_role("button", name="Bulk Delete").click())
    expect(page.get_by_text("2 of 2 selected jobs")).to_be_visible()
    assert Job.objects.shown().count() == 2


def test_a_click_beside_a_dialog_throws_nothing_away(page: Page, at):
    page.goto(at("partners/"))
    page.get_by_role("link", name="Invite").click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_be_visible()
    page.mouse.click(5, 5)
    expect(dialog).to_have_count(0)
    page.get_by_role("link", name="Invite").click()
    dialog.get_by_label("E-mail of the partner").fill("somebody@example.com")
    page.mouse.click(5, 5)
    expect(dialog.get_by_label("E-mail of the partner")).to_have_value("somebody@example.com")
    dialog.get_by_role("link", name=re.compile("Cancel")).click()
    expect(dialog).to_have_count(0)


# --- one job --------------------------------------------------------------------------------------------------------
def test_a_job_is_saved_and_kept_as_a_template_by_keyboard(form: Page):
    form.get_by_label("Custom name").fill("Blue")
    form.get_by_label("Save as Template").press("Space")
    form.get_by_label("Name of the template").fill("City")
    form.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(form.get_by_text("was saved.")).to_be_visible()
    assert Job.objects.get().status == Job.Status.PENDING
    assert JobTemplate.objects.get().name == "City"


def test_a_template_fills_the_form_and_many_jobs_come_of_one(page: Page, at, fleet, vehicle_model):
    JobTemplateFactory(fleet=fleet, name="City", vehicle_model=vehicle_model)
    page.goto(at("jobs/installation/"))
    page.get_by_role("button", name="New Job").press("Enter")
    page.get_by_role("link", name="Select from Templates").press("Enter")
    page.locator("dialog[open]").get_by_role("link", name=re.compile("City")).press("Enter")
    expect(page.get_by_label("Vehicle model")).to_have_value(vehicle_model.pk)
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.get_by_text("was saved.")).to_be_visible()
    page.wait_for_load_state()

    page.get_by_role("button", name="New Job").press("Enter")
    page.get_by_role("link", name="Create Multiple Jobs").press("Enter")
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Template").select_option(label="City")
    dialog.get_by_label("Number of Jobs to Create").fill("3")
    dialog.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.get_by_text("3 jobs were created.")).to_be_visible()
    assert set(Job.objects.values_list("vehicle_model", flat=True)) == {vehicle_model.pk}
    assert Job.objects.count() == 4


@pytest.mark.parametrize("width", [1440, 390])
def test_many_jobs_are_assigned_only_after_a_question_that_counts_them(
    width, page: Page, at, fleet, vehicle_model, partnership
):
    JobTemplateFactory(fleet=fleet, name="City", vehicle_model=vehicle_model)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(at("jobs/installation/"))
    page.get_by_role("button", name="New Job").press("Enter")
    page.get_by_role("link", name="Create Multiple Jobs").press("Enter")
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Template").select_option(label="City")
    dialog.get_by_label("Number of Jobs to Create").fill("3")
    dialog.get_by_label("Service Partner").select_option(label="QuickInstall")
    dialog.get_by_role("button", name="Save & Assign").press("Enter")
    expect(dialog.get_by_text("Assign 3 jobs to QuickInstall?")).to_be_visible()
    assert not Job.objects.exists()

    dialog.get_by_role("button", name="Back").press("Enter")
    expect(dialog.get_by_label("Number of Jobs to Create")).to_have_value("3")
    assert not Job.objects.exists()

    dialog.get_by_role("button", name="Save & Assign").press("Enter")
    dialog.get_by_role("button", name="Save & Assign (3)").press("Enter")
    expect(page.get_by_text("3 jobs were created and assigned to QuickInstall.")).to_be_visible()
    assert list(Job.objects.values_list("status", flat=True)) == ["ASSIGNED"] * 3


def test_without_scripts_many_jobs_are_assigned_only_after_the_same_question(
    browser, live_server, context, at, fleet, partnership
):
    JobTemplateFactory(fleet=fleet, name="City")
    plain = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    plain.add_cookies(context.cookies())
    page = plain.new_page()
    page.goto(at("jobs/new/many/"))
    page.get_by_label("Template").select_option(label="City")
    page.get_by_label("Service Partner").select_option(label="QuickInstall")
    page.get_by_role("button", name="Save & Assign").click()
    expect(page.get_by_role("heading", name="Assign 10 jobs to QuickInstall?")).to_be_visible()
    assert not Job.objects.exists()
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_label("Number of Jobs to Create")).to_have_value("10")
    page.get_by_role("button", name="Save & Assign").click()
    page.get_by_role("button", name="Save & Assign (10)").click()
    expect(page.get_by_text("10 jobs were created and assigned to QuickInstall.")).to_be_visible()
    assert Job.objects.filter(status="ASSIGNED").count() == 10


def test_among_many_templates_one_is_found_by_typing_its_name(page: Page, at, fleet):
    for n in range(12):
        JobTemplateFactory(fleet=fleet, name=f"Template {n}")
    page.goto(at("jobs/installation/"))
    page.get_by_role("button", name="New Job").click()
    page.get_by_role("link", name="Select from Templates").click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Name").press_sequentially("template 11")
    expect(dialog.locator(".choices li:visible")).to_have_count(1)
    dialog.get_by_label("Name").fill("none of them")
    expect(dialog.get_by_text("No template has this name")).to_be_visible()
    dialog.get_by_label("Name").fill("11")
    dialog.get_by_label("Name").press("Enter")
    expect(page).to_have_url(re.compile("template="))


def test_a_job_is_duplicated_and_a_failed_one_created_again(page: Page, at, running_job, installer):
    running_job.fail(by=installer, comment="No car there")
    for act, opened in (
        ("Duplicate", "Duplicate Blue One"),
        ("Create again", "Create again for this vehicle: Blue One"),
    ):
        page.goto(at(f"jobs/{running_job.pk}/"))
        page.get_by_role("link", name=re.compile(act)).press("Enter")
        expect(page.get_by_role("heading", name=opened)).to_be_visible()
        page.get_by_role("button", name="Save", exact=True).press("Enter")
        expect(page.get_by_text("was saved.")).to_be_visible()
    assert list(Job.objects.order_by("-pk").values_list("custom_name", flat=True)) == [
        "Blue One",
        "",
        "Blue One",
    ]


def test_the_form_of_a_maintenance_job_asks_for_a_unit_only_to_replace_one(page: Page, at):
    page.goto(at("jobs/new/?kind=MAINTENANCE"))
    expect(page.get_by_label("Planned unit (QNR)")).to_be_hidden()
    page.get_by_label("Task").select_option("REPLACE_UNIT")
    expect(page.get_by_label("Planned unit (QNR)")).to_be_visible()


# --- many jobs ------------------------------------------------------------------------------------------------------
def test_a_bulk_edit_of_a_mixed_selection_changes_those_that_can(
    page: Page, at, manager, fleet, assigned_job
):
    JobFactory(by=manager, fleet=fleet, custom_name="Green")
    page.goto(at("jobs/installation/"))
    page.locator("[data-select-all]").check()
    page.locator(".bulk-bar").get_by_role("button", name="Bulk Edit").press("Enter")
    expect(page.get_by_text("1 of 2 selected jobs can be changed.")).to_be_visible()
    page.wait_for_load_state()
    page.get_by_label("Location", exact=True).fill("Yard")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Set for all of them (1)").press("Enter")
    expect(page.get_by_text("1 job was changed. Not changed: Assigned: 1.")).to_be_visible()
    assert set(Job.objects.values_list("status", "location")) == {
        ("ASSIGNED", ""),
        ("PENDING", "Yard"),
    }


def test_a_large_bulk_act_is_followed_from_the_list(page: Page, at, manager, fleet):
    jobs = [JobFactory(by=manager, fleet=fleet, custom_name=f"Car {n}") for n in range(3)]
    run = BulkRun.objects.begin(
        "DELETE",
        Job.objects.filter(pk__in=[job.pk for job in jobs]),
        fleet=fleet,
        by=manager,
        total=3,
    )
    page.goto(at(f"jobs/bulk/{run.pk}/"))
    expect(page.get_by_text("0 of 3")).to_be_visible()
    run.go()
    expect(page.get_by_text("3 jobs were deleted.")).to_be_visible()
    page.get_by_role("link", name="To the list").click()
    expect(page).to_have_url(re.compile("jobs/installation/$"))


# --- templates and presets ------------------------------------------------------------------------------------------
def test_a_template_is_duplicated_and_deleted(page: Page, at, fleet):
    JobTemplateFactory(fleet=fleet, name="City")
    page.goto(at("templates/"))
    page.get_by_role("button", name="More about City").press("Enter")
    page.locator("#shared-menu").get_by_role("link", name="Duplicate").press("Enter")
    expect(page.locator("[name=name]")).to_have_value("City (copy)")
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.get_by_text("“City (copy)” was saved.")).to_be_visible()
    page.goto(at("templates/"))
    page.get_by_role("button", name="More about City", exact=True).press("Enter")
    page.locator("#shared-menu").get_by_role("link", name="Delete").press("Enter")
    page.locator("dialog[open]").get_by_role("button", name="Delete").press("Enter")
    expect(page.get_by_text("“City” was deleted.")).to_be_visible()
    assert [template.name for template in JobTemplate.objects.all()] == ["City (copy)"]


def test_the_columns_of_templates_are_chosen_and_moved(page: Page, at, fleet):
    JobTemplateFactory(fleet=fleet, name="City")
    page.goto(at("templates/"))
    page.get_by_label("Configure Table Columns").press("Enter")
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Transmission", exact=True).check()
    for _n in range(20):
        dialog.get_by_role("button", name="Transmission: further left", exact=True).press("Enter")
    dialog.get_by_role("button", name="Save").press("Enter")
    expect(page.locator("thead th").nth(0)).to_have_text("Transmission")


def test_a_preset_is_created_and_edited(page: Page, at, fleet):
    page.goto(at("presets/new/"))
    page.locator("[name=name]").fill("City")
    page.locator("[name=tracking][value=true]").check()
    page.get_by_role("button", name="Save").press("Enter")
    page.wait_for_load_state()
    page.get_by_role("button", name="More about City").press("Enter")
    page.locator("#shared-menu").get_by_role("link", name="Edit").press("Enter")
    page.locator("[name=smoke_detection][value=false]").check()
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_text("“City” was saved.")).to_be_visible()
    preset = ConfigurationPreset.objects.get()
    assert (preset.name, preset.tracking, preset.smoke_detection) == ("City", True, False)


# --- vehicles -------------------------------------------------------------------------------------------------------
def test_a_vehicle_is_created_and_its_unit_swapped(page: Page, at, fleet, vehicle_model):
    first, second = UnitFactory(fleet=fleet), UnitFactory(fleet=fleet)
    page.goto(at("vehicles/"))
    page.get_by_role("link", name="New Vehicle").press("Enter")
    page.wait_for_load_state()
    page.get_by_label("Licence plate").fill("B NEW 1")
    page.get_by_label("Vehicle model").select_option(vehicle_model.pk)
    expect(page.get_by_label("Brand")).to_have_value(vehicle_model.brand)
    page.get_by_label("Unit (QNR)").fill(first.pk)
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.get_by_text("B NEW 1 was created.")).to_be_visible()
    page.wait_for_load_state()
    page.get_by_role("button", name="More").press("Enter")
    page.get_by_role("link", name="Swap unit").press("Enter")
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Unit (QNR)").fill(second.pk)
    dialog.get_by_role("button", name="Swap").press("Enter")
    expect(page.get_by_text(f"Unit {second.pk} is now in B NEW 1.")).to_be_visible()
    assert Vehicle.objects.get().unit == second


# --- every look -----------------------------------------------------------------------------------------------------
def test_a_form_with_errors_is_accessible(form: Page, assert_accessible):
    form.get_by_label("VIN", exact=True).fill("SHORT")
    form.get_by_role("button", name="Save", exact=True).click()
    expect(form.locator(".error-summary")).to_be_visible()
    assert_accessible(form)


def test_the_question_before_assigning_is_accessible(form: Page, assert_accessible):
    form.get_by_label("Service Partner").select_option(label="QuickInstall")
    form.get_by_role("button", name="Save & Assign").click()
    expect(form.locator("dialog[open]")).to_be_visible()
    assert_accessible(form)


@pytest.mark.parametrize(
    "path",
    ["jobs/{job}/edit/", "jobs/new/from-template/", "templates/", "presets/", "vehicles/new/"],
)
def test_pages_about_writing_are_accessible(
    path, page: Page, at, fleet, pending_job, assert_accessible
):
    JobTemplateFactory(fleet=fleet, name="City")
    page.goto(at(path.format(job=pending_job.pk)))
    assert_accessible(page)


def test_bulk_preview_and_progress_are_accessible(
    page: Page, at, fleet, manager, pending_job, assert_accessible
):
    page.goto(at("jobs/installation/"))
    page.locator("[data-select-all]").check()
    page.locator(".bulk-bar").get_by_role("button", name="Bulk Edit").click()
    assert_accessible(page)
    run = BulkRun.objects.begin("DELETE", Job.objects.all(), fleet=fleet, by=manager, total=1)
    page.goto(at(f"jobs/bulk/{run.pk}/"))
    assert_accessible(page)
