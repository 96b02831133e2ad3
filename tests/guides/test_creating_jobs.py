"""*Creating installer jobs*: drafts, templates and presets, and the way out of a mistake."""

import re

import pytest
from playwright.sync_api import expect

from accounts.models import Partnership
from jobs.models import Job, JobTemplate
from tests.factories.accounts import FleetMembershipFactory
from tests.factories.jobs import ConfigurationPresetFactory, JobFactory, JobTemplateFactory
from tests.guides.steps import choose_new_job, dialog_of, open_menu_of

VIN = "WVWZZZ1KZAW000001"
DONE = {"outcome": "SUCCEEDED"}
FAILED = {"outcome": "FAILED", "comment": "The plate is wrong.", "reason": "WRONG_JOB_DATA"}


@pytest.fixture
def template(fleet, vehicle_model) -> JobTemplate:
    return JobTemplateFactory(fleet=fleet, name="City", vehicle_model=vehicle_model, brand="Audi")


def test_078_administrative_access_is_needed_to_create_jobs(
    desk, page, sign_in, viewer, fleet, console_errors
):
    expect(desk().get_by_role("button", name="New Job")).to_be_visible()
    sign_in(viewer)
    page.reload()
    expect(page.get_by_role("link", name="Filter")).to_be_visible()
    expect(page.get_by_role("button", name="New Job")).to_have_count(0)
    assert page.goto(f"/fleetcontrol/{fleet.pk}/jobs/new/").status == 403
    console_errors.clear()


def test_079_a_new_job_is_created_or_a_template_used(desk, template):
    page = desk()
    page.get_by_role("button", name="New Job").click()
    menu = page.locator("#new-job")
    expect(menu.get_by_role("link", name="Create Job")).to_be_visible()
    menu.get_by_role("link", name="Select from Templates").click()
    dialog_of(page).get_by_role("link", name="City").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("New installation job")
    expect(page.get_by_label("Vehicle model")).to_have_value(template.vehicle_model_id)


def test_080_vin_plate_planned_date_preset_and_notes_become_read_only(
    desk, fleet, manager, partnership, installer, installer_phone
):
    told = {"instructions": "Ring.", "planned_service_date": "2030-03-01"}
    job = JobFactory(by=manager, fleet=fleet, vin=VIN, license_plate="B 1", tracking=True, **told)
    job.assign(partnership.company, by=manager)
    job.take(by=installer)
    url = f"jobs/{job.pk}/"
    read = installer_phone.get(url).json()
    locked = {field["name"] for field in read["fields"] if field["locked"]}
    assert {"vin", "license_plate", "tracking"} <= locked
    assert {name: read[name] for name in told} == told
    assert installer_phone.patch(f"{url}fields/", {"vin": VIN[::-1]}).status_code in (400, 409)
    assert installer_phone.patch(f"{url}fields/", told).status_code == 400
    panel = desk(f"jobs/{job.pk}/").locator(".panel")
    expect(panel).to_contain_text("Ring.")
    expect(panel.get_by_role("link", name="Edit")).to_have_count(0)


def test_081_a_cloudboxx_configuration_preset_is_optional(desk, fleet):
    ConfigurationPresetFactory(fleet=fleet, name="Sharing", tracking=True)
    page = desk("jobs/new/")
    preset = page.get_by_label("Configuration preset")
    expect(preset.get_by_role("option")).to_have_text(["none", "Sharing"])
    preset.select_option(label="Sharing")
    expect(page.locator("[name=tracking][value=true]")).to_be_checked()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was saved.")).to_be_visible()
    assert Job.objects.get().tracking is True


def test_082_save_keeps_a_job_editable_save_and_assign_locks_it(desk, pending_job, partnership):
    page = desk(f"jobs/{pending_job.pk}/edit/")
    page.get_by_label("Location", exact=True).fill("Yard")
    page.get_by_role("button", name="Save", exact=True).click()
    edit = page.locator("#panel, .panel").first.get_by_role("link", name="Edit")
    expect(edit).to_be_visible()
    assert Job.objects.get().status == "PENDING"

    edit.click()
    page.get_by_label("Service Partner").select_option(label="QuickInstall")
    page.get_by_role("button", name="Save & Assign").click()
    dialog_of(page).get_by_role("button", name="Save & Assign").click()
    expect(page.get_by_text("was saved and assigned to QuickInstall.")).to_be_visible()
    expect(edit).to_have_count(0)
    assert Job.objects.get().status == "ASSIGNED"


def test_083_after_a_mistake_the_job_ends_failed_and_a_new_one_is_created(
    desk, running_job, installer_phone
):
    installer_phone.post(f"jobs/{running_job.pk}/outcome/", FAILED)
    page = desk()
    open_menu_of(page, "Blue One").get_by_role("link", name="Duplicate").click()
    page.get_by_label("Licence plate").fill("B QX 2041")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("B QX 2041 was saved.")).to_be_visible()
    statuses = Job.objects.order_by("id").values_list("status", flat=True)
    assert list(statuses) == ["FAILED", "PENDING"]


def test_084_a_job_is_saved_as_a_template_with_a_name_while_saving(desk, vehicle_model):
    page = desk("jobs/new/")
    page.get_by_label("Vehicle model").select_option(vehicle_model.pk)
    expect(page.get_by_label("Brand", exact=True)).to_have_value(vehicle_model.brand)
    page.get_by_label("Save as Template").check()
    page.get_by_label("Name of the template").fill("City")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was saved.")).to_be_visible()
    saved = JobTemplate.objects.get()
    assert (saved.name, saved.vehicle_model) == ("City", vehicle_model)


def test_085_the_template_is_chosen_later(desk, template):
    page = desk()
    choose_new_job(page, "Select from Templates")
    dialog_of(page).get_by_role("link", name="City").click()
    page.get_by_label("Custom name").fill("Blue")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Blue was saved.")).to_be_visible()
    assert Job.objects.get().vehicle_model == template.vehicle_model


def test_086_jobs_are_filtered_by_status_from_pending_to_failed(
    desk, proven_job, fleet, manager, partnership, installer
):
    jobs = [JobFactory(by=manager, fleet=fleet, custom_name=f"Car {n}") for n in range(4)]
    for job in jobs[1:]:
        job.assign(partnership.company, by=manager)
    for job in jobs[2:]:
        job.take(by=installer)
    jobs[3].fail(by=installer, comment="No power.")
    proven_job.succeed(by=installer)
    names = {
        "Pending": "Car 0",
        "Assigned": "Car 1",
        "Running": "Car 2",
        "Succeeded": "Blue One",
        "Failed": "Car 3",
    }
    page = desk()
    for label, name in names.items():
        page.locator("#status-tabs").get_by_role("link", name=label).click()
        expect(page.locator("#rows tr")).to_have_count(1)
        expect(page.locator("#rows tr")).to_contain_text(name)


@pytest.mark.parametrize("outcome", [DONE, FAILED], ids=lambda body: body["outcome"])
def test_087_access_ends_by_itself_when_succeeded_or_failed(
    outcome, desk, proven_job, installer_phone
):
    installer_phone.post(f"jobs/{proven_job.pk}/outcome/", outcome)
    access = desk(f"jobs/{proven_job.pk}/").locator(".access")
    expect(access.locator("[data-status=ENDED]")).to_be_visible()
    assert installer_phone.get(f"vehicles/{proven_job.vehicle_id}/state/").status_code == 404


def test_088_drafts_are_duplicated_or_deleted_by_the_dot_menu(desk, pending_job):
    page = desk()
    open_menu_of(page, "Blue One").get_by_role("link", name="Duplicate").click()
    page.get_by_label("Custom name").fill("Red Two")
    page.get_by_role("button", name="Save", exact=True).click()
    open_menu_of(page, "Blue One").get_by_role("link", name="Delete").click()
    dialog_of(page).get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Blue One was deleted.")).to_be_visible()
    assert [job.custom_name for job in Job.objects.shown()] == ["Red Two"]


def test_089_templates_are_edited_or_removed_any_time_and_existing_jobs_unchanged(
    desk, template, fleet, manager
):
    job = JobFactory(by=manager, fleet=fleet, brand="Audi")
    page = desk("templates/")
    open_menu_of(page, "City").get_by_role("link", name="Edit").click()
    page.get_by_label("Brand", exact=True).fill("Seat")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("“City” was saved.")).to_be_visible()
    open_menu_of(page, "City").get_by_role("link", name="Delete").click()
    dialog_of(page).get_by_role("button", name="Delete").click()
    expect(page.get_by_text("“City” was deleted.")).to_be_visible()
    job.refresh_from_db()
    assert job.brand == "Audi"


def test_090_an_installer_on_several_fleets_gets_one_invitation_each(
    desk, office, manager, second_fleet, company
):
    FleetMembershipFactory(fleet=second_fleet, user=manager)
    page = desk("partners/invite/")
    page.get_by_label("E-mail of the partner").fill(company.email)
    for name in ("Berlin", "Leipzig"):
        page.get_by_label(name).check()
    page.get_by_role("button", name="Send Invitation").click()
    expect(page.locator("#rows [data-status=PENDING]")).to_be_visible()
    invited = office("clients/").get_by_role("region", name="Pending clients")
    for name in ("Berlin", "Leipzig"):
        row = invited.get_by_role("row").filter(has_text=name)
        expect(row.get_by_role("link", name="Accept")).to_be_visible()
    assert Partnership.objects.count() == 2


def test_091_a_locked_job_says_why_and_its_installer_may_fail_it(
    desk, running_job, installer_phone, console_errors
):
    page = desk(f"jobs/{running_job.pk}/edit/")
    expect(page.get_by_text("Blue One is in work at QuickInstall")).to_be_visible()
    console_errors.clear()  # the page says 409, which Chromium complains of
    installer_phone.post(f"jobs/{running_job.pk}/outcome/", FAILED)
    again = desk(f"jobs/{running_job.pk}/").get_by_role(
        "link", name="Create again for this vehicle"
    )
    expect(again).to_be_visible()


def test_092_a_job_says_who_can_see_it_and_why_nobody_does(
    desk, assigned_job, installer, company_admin
):
    audience = desk(f"jobs/{assigned_job.pk}/").locator(".panel")
    expect(audience).to_contain_text("Assigned")
    expect(audience).to_contain_text("Visible to 2 installers of QuickInstall")
    company = assigned_job.company
    company.remove_member(installer.company_membership, by=company_admin)
    expect(desk(f"jobs/{assigned_job.pk}/").locator(".panel")).to_contain_text(
        re.compile(r"Visible to 1\s+installer of QuickInstall")
    )
    company.suspend()
    warned = desk(f"jobs/{assigned_job.pk}/").locator(".panel .notice")
    expect(warned).to_contain_text("Visible to 0 installers of QuickInstall.")
    expect(warned).to_contain_text("The company is suspended.")
