"""*Mobility provider (older)*: partners, jobs and their access, as the older guide tells a manager."""

import re
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Partnership
from jobs.models import Job, VehicleAccess
from tests.factories.accounts import FleetMembershipFactory
from tests.factories.jobs import JobFactory
from tests.factories.telematics import VehicleFactory
from tests.guides.steps import (
    dialog_of,
    link_to,
    open_menu_of,
    open_row,
    register_company,
)

VIN = "WVWZZZ1KZAW000001"


def test_063_setup_and_configuration_tasks_are_assigned(desk, pending_job, partnership):
    page = desk()
    open_menu_of(page, "Blue One").get_by_role("link", name="Assign").click()
    dialog_of(page).get_by_label("Service Partner").select_option(label="QuickInstall")
    dialog_of(page).get_by_role("button", name="Assign").click()
    expect(page.get_by_text("Blue One was assigned.")).to_be_visible()
    pending_job.refresh_from_db()
    assert (pending_job.status, pending_job.company) == ("ASSIGNED", partnership.company)


def test_064_access_is_temporary_only_as_long_as_needed(desk, linked_job, installer):
    access = VehicleAccess.objects.get(job=linked_job)
    lasts = access.ends_at - timezone.now()
    assert timedelta(hours=7) < lasts <= timedelta(hours=8)

    linked_job.fail(by=installer, comment="No power.")
    ended = desk(f"jobs/{linked_job.pk}/").locator(".access")
    expect(ended).to_contain_text("Ended")
    expect(ended).to_contain_text("Installer")


def test_065_a_job_is_monitored_and_its_configuration_specified_without_sharing_credentials(
    desk, fleet, manager, vehicle_model, partnership, installer, unit
):
    job = JobFactory(
        by=manager, fleet=fleet, vehicle_model=vehicle_model, custom_name="Red", tracking=True
    )
    job.assign(partnership.company, by=manager)
    job.take(by=installer)
    job.link_unit(unit.pk, by=installer)
    page = desk(f"jobs/{job.pk}/")
    page.get_by_text("without a difference").click()
    expect(page.get_by_role("row", name="Tracking")).to_contain_text("on")
    # Access is a right of the installer's own account.
    expect(page.locator(".access")).to_contain_text(installer.name)
    assert VehicleAccess.objects.get(job=job).key.holder == installer


def test_066_each_fleet_invites_separately_and_a_company_only_once(
    desk, partnership, second_fleet, manager, company
):
    page = desk("partners/")
    page.get_by_role("link", name="Invite").first.click()
    dialog_of(page).get_by_label("E-mail of the partner").fill(company.email)
    dialog_of(page).get_by_role("button", name="Send Invitation").click()
    expect(dialog_of(page).locator(".error-summary")).to_be_visible()
    assert Partnership.objects.count() == 1

    FleetMembershipFactory(fleet=second_fleet, user=manager)
    Partnership.invite(fleet=second_fleet, email=company.email, by=manager)
    page.goto(f"/fleetcontrol/{second_fleet.pk}/partners/")
    expect(page.locator("#rows [data-status=PENDING]")).to_be_visible()


def test_067_pending_until_the_registration_is_completed_then_accepted(
    desk, fleet, manager, agreement
):
    Partnership.invite(fleet=fleet, email="office@newco.example", by=manager)
    page = desk("partners/")
    expect(page.locator("#rows [data-status=PENDING]")).to_be_visible()

    page.context.clear_cookies()
    register_company(page, link_to("office@newco.example"), "NewCo")
    page.get_by_role("link", name="Accept").click()
    dialog_of(page).get_by_role("button", name="Accept").click()
    page.wait_for_url(re.compile("/installers/$"))
    row = desk("partners/").locator("#rows tr").filter(has_text="NewCo")
    expect(row.locator("[data-status=ACCEPTED]")).to_be_visible()


def test_068_a_job_installs_a_cloudboxx_or_reconfigures_the_one_of_a_vehicle(
    desk, fleet, partnership, manager, installer
):
    car = VehicleFactory(fleet=fleet, license_plate="B AD 77")
    page = desk("jobs/new/")
    page.get_by_label("Existing vehicle").fill("B AD 77")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("B AD 77 was saved.")).to_be_visible()
    job = Job.objects.get()
    job.assign(partnership.company, by=manager)
    job.take(by=installer)
    job.proof.latest_configuration.push()
    assert (job.vehicle, job.fitting.qnr) == (car, car.unit_id)
    applied = desk(f"jobs/{job.pk}/").locator(".panel [data-status=APPLIED]")
    expect(applied).to_be_visible()


def test_069_without_a_company_a_job_is_pending_and_edited_or_deleted_at_any_time(desk):
    page = desk("jobs/new/")
    page.get_by_label("Custom name").fill("Blue")
    page.get_by_role("button", name="Save", exact=True).click()
    row = page.locator("#rows tr")
    expect(row.locator("[data-status=PENDING]")).to_be_visible()
    menu = open_menu_of(page, "Blue")
    expect(menu.get_by_role("link", name="Edit")).to_be_visible()
    menu.get_by_role("link", name="Delete").click()
    dialog_of(page).get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Blue was deleted.")).to_be_visible()


def test_070_the_form_has_the_sections_setup_and_master_data(desk):
    page = desk("jobs/new/")
    sections = {
        "Setup": ["Vehicle model", "Installation variant", "Central lock connection type"],
        "Master data": ["Brand", "Model", "Year of production", "Fuel type"],
    }
    for title, labels in sections.items():
        section = page.get_by_role("group", name=title, exact=True)
        for label in labels:
            expect(section.get_by_label(label, exact=True)).to_be_visible()


def test_071_all_fields_are_optional_a_value_locks_and_blank_is_open(
    desk, partnership, installer, installer_phone
):
    page = desk("jobs/new/")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was saved.")).to_be_visible()

    page = desk("jobs/new/")
    page.get_by_label("Custom name").fill("Blue")
    page.get_by_label("Service Partner").select_option(label="QuickInstall")
    page.get_by_role("button", name="Save & Assign").click()
    dialog_of(page).get_by_role("button", name="Save & Assign").click()
    expect(page.get_by_text("was saved and assigned to QuickInstall.")).to_be_visible()
    fields = installer_phone.get(f"jobs/{Job.objects.get(status='ASSIGNED').pk}/").json()["fields"]
    locked = {field["name"]: field["locked"] for field in fields}
    assert (locked["custom_name"], locked["vin"]) == (True, False)


def test_072_with_a_company_save_and_assign_prompts(desk, partnership):
    page = desk("jobs/new/")
    expect(page.get_by_role("button", name="Save & Assign")).to_be_hidden()
    page.get_by_label("Service Partner").select_option(label="QuickInstall")
    page.get_by_role("button", name="Save & Assign").click()
    expect(dialog_of(page)).to_contain_text("Assign to QuickInstall?")
    assert not Job.objects.exists()
    dialog_of(page).get_by_role("button", name="Save & Assign").click()
    expect(page.get_by_text("was saved and assigned to QuickInstall.")).to_be_visible()


def test_073_a_job_can_neither_be_edited_nor_cancelled_after_assigning(
    desk, assigned_job, manager_client, fleet
):
    menu = open_menu_of(desk(), "Blue One")
    expect(menu.get_by_role("link", name="Duplicate")).to_be_visible()
    for action in ("Edit", "Delete"):
        expect(menu.get_by_role("link", name=action)).to_have_count(0)
    posted = manager_client.post(f"/fleetcontrol/{fleet.pk}/jobs/{assigned_job.pk}/delete/")
    assert posted.status_code == 409
    assert Job.objects.get(pk=assigned_job.pk).status == "ASSIGNED"


def test_074_statuses_are_indicated_and_failed_has_the_explanation(desk, running_job, installer):
    running_job.fail(by=installer, comment="The car is in Leipzig.")
    page = desk()
    expect(page.locator("#rows [data-status=FAILED]")).to_have_text("Failed")
    open_row(page, "Blue One")
    expect(page.locator("#panel")).to_contain_text("The car is in Leipzig.")


def test_075_failed_jobs_only_are_shown(desk, fleet, manager, running_job, installer):
    running_job.fail(by=installer, comment="No power.")
    JobFactory(by=manager, fleet=fleet, custom_name="Red Two")
    page = desk()
    expect(page.locator("#rows tr")).to_have_count(2)
    page.locator("#status-tabs").get_by_role("link", name="Failed").click()
    expect(page.locator("#rows tr")).to_have_count(1)
    expect(page.locator("#rows tr")).to_contain_text("Blue One")


def test_076_the_dot_menu_has_edit_duplicate_and_delete(desk, pending_job):
    page = desk()
    menu = open_menu_of(page, "Blue One")
    for action in ("Edit", "Delete"):
        expect(menu.get_by_role("link", name=action)).to_be_visible()
    menu.get_by_role("link", name="Duplicate").click()
    expect(page.get_by_role("heading", name="Duplicate Blue One")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was saved.")).to_be_visible()
    copy = Job.objects.exclude(pk=pending_job.pk).get()
    assert copy.vehicle_model == pending_job.vehicle_model


def test_077_access_ends_automatically_without_a_further_step(
    desk, proven_job, installer, installer_phone
):
    expect(desk(f"jobs/{proven_job.pk}/").locator(".access")).to_contain_text("Open")
    installer_phone.post(f"jobs/{proven_job.pk}/outcome/", {"outcome": "SUCCEEDED"})
    expect(desk(f"jobs/{proven_job.pk}/").locator(".access")).to_contain_text("Ended")
