"""*Installer Jobs, overview*, as a mobility provider reads it: inviting a company, creating jobs, watching them."""

import re

from playwright.sync_api import Page, expect

from accounts.models import Invitation, Partnership
from core.models import Mail
from jobs.models import HandbackRequest, Job, VehicleAccess
from telematics.simulator.models import SimulatedUnit
from tests.factories.accounts import (
    CompanyFactory,
    CompanyMembershipFactory,
    PartnershipFactory,
)
from tests.factories.jobs import JobFactory, JobTemplateFactory
from tests.factories.telematics import VehicleFactory, VehicleModelFactory
from tests.guides.steps import choose_new_job, dialog_of, link_to, open_row, register_company

VIN = "WVWZZZ1KZAW000001"
NEW = "office@newco.example"


# --- how the parts play together --------------------------------------------------------------------------------------
def test_001_installers_use_the_desired_configuration_per_vehicle(
    desk, fleet, manager, vehicle_model, partnership, installer, unit
):
    job = JobFactory(
        by=manager, fleet=fleet, vehicle_model=vehicle_model, tracking=True, damage_detection=False
    )
    job.assign(partnership.company, by=manager)
    job.take(by=installer)
    job.link_unit(unit.pk, by=installer)
    job.proof.latest_configuration.push()

    expect(desk(f"jobs/{job.pk}/").locator(".panel [data-status=APPLIED]")).to_be_visible()
    setup = SimulatedUnit.objects.get(pk=unit.pk).setup
    assert setup["vehicle_model"] == vehicle_model.pk
    assert (setup["tracking"], setup["damage_detection"]) == (True, False)


def test_002_access_is_only_temporary_and_only_to_the_vehicles_of_the_job(
    running_job, unit, fleet, installer, installer_phone
):
    other = VehicleFactory(fleet=fleet)
    installer_phone.put(f"jobs/{running_job.pk}/unit/", {"qnr": unit.pk})
    running_job.refresh_from_db()
    own = f"vehicles/{running_job.vehicle_id}/state/"
    assert installer_phone.get(own).status_code == 200
    assert installer_phone.get(f"vehicles/{other.pk}/state/").status_code == 404

    running_job.fail(by=installer, comment="No power.")
    assert installer_phone.get(own).status_code == 404


def test_003_an_installer_company_may_be_one_person_or_the_providers_own_department(
    page: Page, sign_in, manager, fleet, pending_job
):
    one = CompanyMembershipFactory(company__name="AppDrive Garage", user=manager, role="ADMIN")
    PartnershipFactory(fleet=fleet, company=one.company)
    pending_job.assign(one.company, by=manager)
    pending_job.take(by=manager)

    sign_in(manager)
    page.goto("/")
    expect(page.get_by_role("link", name="FleetControl")).to_be_visible()
    expect(page.get_by_role("link", name="AppDrive Garage")).to_be_visible()
    assert pending_job.status == Job.Status.RUNNING


def test_004_appdrive_invites_quickinstall_via_fleetcontrol(desk):
    page = desk("partners/")
    page.get_by_role("link", name="Invite").first.click()
    dialog_of(page).get_by_label("E-mail of the partner").fill("office@quickinstall.example")
    dialog_of(page).get_by_role("button", name="Send Invitation").click()
    expect(page.locator("#rows")).to_contain_text("office@quickinstall.example")
    mail = Mail.objects.get(to="office@quickinstall.example")
    assert mail.context["provider"] == "AppDrive"


def test_005_quickinstall_sets_up_its_company(page: Page, fleet, manager, agreement):
    Partnership.invite(fleet=fleet, email=NEW, by=manager)
    register_company(page, link_to(NEW), "NewCo")
    page.get_by_role("link", name="Accept").click()
    dialog_of(page).get_by_role("button", name="Accept").click()
    page.wait_for_url(re.compile("/installers/$"))
    link = Partnership.objects.get()
    assert (link.status, link.company.name) == ("ACCEPTED", "NewCo")


def test_006_the_manager_creates_and_assigns_100_jobs(desk, fleet, partnership, vehicle_model):
    JobTemplateFactory(fleet=fleet, name="City", vehicle_model=vehicle_model)
    page = desk()
    choose_new_job(page, "Create Multiple Jobs")
    dialog = dialog_of(page)
    dialog.get_by_label("Template").select_option(label="City")
    dialog.get_by_label("Number of Jobs to Create").fill("100")
    dialog.get_by_label("Service Partner").select_option(label="QuickInstall")
    dialog.get_by_role("button", name="Save & Assign").click()
    dialog.get_by_role("button", name="Save & Assign (100)").click()
    expect(page.get_by_text("100 jobs were created and assigned to QuickInstall.")).to_be_visible()
    assert Job.objects.filter(status="ASSIGNED", company=partnership.company).count() == 100


def test_007_the_manager_provides_the_cloudboxxes_to_the_installer(
    desk, office, unit, fleet, partnership, installer_phone
):
    """Hands one over, plans it for a job, and receives it again; the company sees what it holds."""
    page = desk("units/")
    page.locator("#rows").get_by_role("link", name=unit.pk).click()
    page.get_by_role("link", name="Hand Over").click()
    dialog_of(page).get_by_label("Service Partner").select_option(label="QuickInstall")
    dialog_of(page).get_by_role("button", name="Hand Over").click()
    expect(page.get_by_text(f"QuickInstall holds unit {unit.pk} now.")).to_be_visible()
    held = office("units/").get_by_role("row").filter(has_text=unit.pk)
    expect(held).to_contain_text(fleet.name)

    page = desk("jobs/new/")
    page.get_by_label("Planned unit (QNR)").fill(unit.pk)
    page.get_by_label("Service Partner").select_option(label="QuickInstall")
    page.get_by_role("button", name="Save & Assign").click()
    dialog_of(page).get_by_role("button", name="Save & Assign").click()
    expect(page.get_by_text("was saved and assigned to QuickInstall.")).to_be_visible()
    planned = installer_phone.get(f"jobs/{Job.objects.get().pk}/").json()["planned_unit"]
    assert planned == {"qnr": unit.pk}

    page = desk("units/?status=HELD")
    page.locator("#rows").get_by_role("link", name=unit.pk).click()
    page.get_by_role("link", name="Received").click()
    dialog_of(page).get_by_role("button", name="Received").click()
    expect(page.get_by_text(f"Unit {unit.pk} is back.")).to_be_visible()
    expect(office("units/").get_by_text("No units here")).to_be_visible()


def test_009_the_manager_monitors_the_progress_in_fleetcontrol(desk, proven_job, installer):
    page = desk()
    expect(page.locator("#status-tabs")).to_contain_text("Running 1")
    open_row(page, "Blue One")
    panel = page.locator("#panel")
    expect(panel).to_contain_text("Installer")
    passed = panel.locator(".tests [data-status=PASSED]")
    expect(passed).to_have_count(proven_job.tests.count())


def test_010_afterwards_the_installer_loses_access_and_the_vehicle_is_ready_in_the_fleet(
    desk, proven_job, installer, installer_phone
):
    state = f"vehicles/{proven_job.vehicle_id}/state/"
    assert installer_phone.get(state).status_code == 200
    proven_job.succeed(by=installer)
    assert installer_phone.get(state).status_code == 404
    expect(desk("vehicles/").get_by_role("link", name="Blue One")).to_be_visible()


def test_011_no_credentials_are_shared(
    page: Page, sign_in, installer, fleet, linked_job, console_errors
):
    access = VehicleAccess.objects.get(job=linked_job)
    assert access.key.holder == installer
    sign_in(installer)
    answer = page.goto(f"/fleetcontrol/{fleet.pk}/vehicles/{linked_job.vehicle_id}/")
    assert answer.status == 404
    console_errors.clear()


def test_012_the_head_of_an_internal_team_is_invited_as_company_admin(
    page: Page, fleet, manager, agreement
):
    Partnership.invite(fleet=fleet, email="head@appdrive.example", by=manager)
    register_company(page, link_to("head@appdrive.example"), "AppDrive Garage")
    page.goto("/installers/users/")
    row = page.get_by_role("row").filter(has_text="head@appdrive.example")
    expect(row.get_by_role("cell", name="Admin", exact=True)).to_be_visible()


def test_013_the_installer_gets_job_specifications_and_details(
    desk, partnership, vehicle_model, installer_phone
):
    page = desk("jobs/new/")
    page.get_by_label("Vehicle model").select_option(vehicle_model.pk)
    expect(page.get_by_label("Brand")).to_have_value(vehicle_model.brand)
    page.get_by_label("Location", exact=True).fill("Yard 3")
    page.get_by_label("Instructions").fill("Ring the bell.")
    page.get_by_label("Service Partner").select_option(label="QuickInstall")
    page.get_by_role("button", name="Save & Assign").click()
    dialog_of(page).get_by_role("button", name="Save & Assign").click()
    expect(page.get_by_text("was saved and assigned to QuickInstall.")).to_be_visible()
    job = installer_phone.get(f"jobs/{Job.objects.get().pk}/").json()
    assert (job["location"], job["instructions"]) == ("Yard 3", "Ring the bell.")
    assert job["vehicle_model"]["id"] == vehicle_model.pk


def test_014_the_company_needs_not_call_for_what_the_job_says(office, fleet, manager, partnership):
    told = {"location": "Yard 3", "contact": "Front desk, 030 1234", "instructions": "Ring."}
    job = JobFactory(by=manager, fleet=fleet, planned_service_date="2030-03-01", **told)
    job.assign(partnership.company, by=manager)
    page = office(f"jobs/{job.pk}/")
    for text in told.values():
        expect(page.get_by_role("definition").filter(has_text=text)).to_be_visible()


def test_015_a_dedicated_website_manages_company_and_clients(office):
    page = office()
    for label in ("Company", "Users", "Clients"):
        page.get_by_role("navigation").get_by_role("link", name=label).click()
        expect(page.get_by_role("heading", level=1, name=label)).to_be_visible()


def test_017_the_installer_gives_feedback_on_jobs(desk, running_job, installer_phone):
    said = {"outcome": "FAILED", "reason": "VEHICLE_ABSENT", "comment": "The car is in Leipzig."}
    assert installer_phone.post(f"jobs/{running_job.pk}/outcome/", said).status_code == 200
    panel = desk(f"jobs/{running_job.pk}/").locator(".panel")
    expect(panel).to_contain_text("The car is in Leipzig.")
    expect(panel).to_contain_text("Vehicle absent")


# --- companies --------------------------------------------------------------------------------------------------------
def test_018_partner_and_teams_invite_partner_e_mail_confirm(desk):
    page = desk()
    page.get_by_role("navigation").get_by_role("link", name="Partner & Teams").click()
    page.get_by_role("link", name="Invite").first.click()
    dialog_of(page).get_by_label("E-mail of the partner").fill(NEW)
    dialog_of(page).get_by_role("button", name="Send Invitation").click()
    expect(page.get_by_text(f"An invitation is being sent to {NEW}")).to_be_visible()
    assert Invitation.objects.get().email == NEW


def test_019_a_link_is_pending_until_it_is_accepted_and_only_then_assignable(
    desk, fleet, manager, company_admin
):
    link = Partnership.invite(fleet=fleet, email=company_admin.email, by=manager)
    expect(desk("partners/").locator("#rows [data-status=PENDING]")).to_be_visible()
    choices = desk("jobs/new/").get_by_label("Service Partner").get_by_role("option")
    expect(choices).to_have_text(["not assigned yet"])

    link.accept(by=company_admin)
    expect(desk("partners/").locator("#rows [data-status=ACCEPTED]")).to_be_visible()
    choices = desk("jobs/new/").get_by_label("Service Partner").get_by_role("option")
    expect(choices).to_have_text(["not assigned yet", "QuickInstall"])


def test_020_several_companies_are_possible(desk, fleet, partnership):
    PartnershipFactory(fleet=fleet, company=CompanyFactory(name="FitNow"))
    rows = desk("partners/").locator("#rows tr")
    expect(rows.filter(has_text="QuickInstall")).to_have_count(1)
    expect(rows.filter(has_text="FitNow")).to_have_count(1)


# --- creating jobs ----------------------------------------------------------------------------------------------------
def test_021_new_job_opens_a_dialog_for_all_details(desk):
    page = desk()
    choose_new_job(page, "Create Job")
    for title in ("Vehicle", "Setup", "Master data", "Schedule", "Partner"):
        expect(page.get_by_role("group", name=title, exact=True)).to_be_visible()
    for title in ("Features", "Tests and photos"):
        expect(page.locator("summary", has_text=title)).to_be_visible()
    for label in (
        "Service Partner",
        "Vehicle model",
        "VIN",
        "Licence plate",
        "Planned service date",
    ):
        expect(page.get_by_label(label, exact=True)).to_be_editable()


def test_022_the_vehicle_model_comes_from_a_dropdown(desk):
    models = [VehicleModelFactory(brand="Fiat", model="500"), VehicleModelFactory(brand="Opel")]
    page = desk("jobs/new/")
    dropdown = page.get_by_label("Vehicle model")
    expect(dropdown.get_by_role("option")).to_have_count(1 + len(models))
    dropdown.select_option(models[0].pk)
    expect(page.get_by_label("Brand", exact=True)).to_have_value("Fiat")


def test_023_the_central_lock_may_be_connected_by_skm_if_the_model_supports_it(desk):
    able = VehicleModelFactory(brand="Audi")
    unable = VehicleModelFactory(brand="Fiat", central_lock_connection_types=["DIRECT"])
    page = desk("jobs/new/")
    skm = page.get_by_label("Central lock connection type").locator("option[value=SKM]")
    page.get_by_label("Vehicle model").select_option(able.pk)
    expect(page.get_by_label("Brand", exact=True)).to_have_value("Audi")
    expect(skm).to_have_count(1)
    page.get_by_label("Vehicle model").select_option(unable.pk)
    expect(page.get_by_label("Brand", exact=True)).to_have_value("Fiat")
    expect(skm).to_have_count(0)


def test_024_a_job_has_master_data_for_the_new_vehicle(desk):
    page = desk("jobs/new/")
    typed = {
        "Licence plate": "B QX 2041",
        "VIN": VIN,
        "Brand": "Opel",
        "Model": "Corsa",
        "Year of production": "2024",
    }
    for label, value in typed.items():
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_label("Fuel type").select_option("DIESEL")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("B QX 2041 was saved.")).to_be_visible()
    job = Job.objects.get()
    assert (job.vin, job.brand, job.model) == (VIN, "Opel", "Corsa")
    assert (job.year_of_production, job.fuel_type) == (2024, "DIESEL")


def test_025_the_installer_must_follow_what_is_preset(running_job, installer_phone, desk):
    refused = installer_phone.patch(f"jobs/{running_job.pk}/fields/", {"custom_name": "Red"})
    assert (refused.status_code, refused.json()["code"]) == (409, "field_locked")
    title = desk(f"jobs/{running_job.pk}/").get_by_role("heading", name="Blue One")
    expect(title).to_be_visible()


def test_026_what_is_not_preset_the_installer_decides(running_job, installer_phone, desk):
    left_open = desk(f"jobs/{running_job.pk}/").locator(".left-open")
    expect(left_open).to_contain_text("VIN")
    filled = installer_phone.patch(f"jobs/{running_job.pk}/fields/", {"vin": VIN})
    assert filled.status_code == 200
    expect(desk(f"jobs/{running_job.pk}/").get_by_role("button", name=VIN)).to_be_visible()


def test_027_a_job_is_saved_without_a_company_and_edited_or_deleted_later(desk):
    page = desk("jobs/new/")
    page.get_by_label("Custom name").fill("Blue")
    page.get_by_role("button", name="Save", exact=True).click()
    panel = page.locator("#panel")
    panel.get_by_role("link", name="Edit").click()
    page.get_by_label("Custom name").fill("Green")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("link", name="Green")).to_be_visible()
    panel.get_by_role("link", name="Delete").click()
    dialog_of(page).get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Green was deleted.")).to_be_visible()
    assert not Job.objects.shown().exists()


def test_028_work_begins_only_after_the_assignment(
    pending_job, partnership, manager, installer_phone
):
    take = f"jobs/{pending_job.pk}/assignment/"
    assert installer_phone.post(take).status_code == 404
    pending_job.assign(partnership.company, by=manager)
    assert installer_phone.post(take).json()["status"] == "RUNNING"


def test_029_once_assigned_a_job_cannot_be_edited(desk, assigned_job, console_errors):
    panel = desk(f"jobs/{assigned_job.pk}/").locator(".panel")
    expect(panel.get_by_role("link", name="Duplicate")).to_be_visible()
    expect(panel.get_by_role("link", name="Edit")).to_have_count(0)
    page = desk(f"jobs/{assigned_job.pk}/edit/")
    expect(page.get_by_text("Blue One is assigned to QuickInstall")).to_be_visible()
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    console_errors.clear()  # the page says 409, which Chromium complains of


def test_030_in_case_of_an_error_the_company_is_contacted(desk, office, assigned_job):
    page = desk(f"jobs/{assigned_job.pk}/")
    page.get_by_role("link", name="Ask the partner to hand it back").click()
    dialog_of(page).get_by_label("Reason").fill("It is the wrong car.")
    dialog_of(page).get_by_role("button", name="Ask the partner").click()
    expect(page.get_by_text("The partner was asked to hand back Blue One.")).to_be_visible()
    asked = office(f"jobs/{assigned_job.pk}/").locator(".notice")
    expect(asked).to_contain_text("It is the wrong car.")
    assert HandbackRequest.objects.open().get().job == assigned_job


# --- watching jobs ----------------------------------------------------------------------------------------------------
def test_031_all_jobs_linked_to_the_fleet_are_seen(
    desk, running_job, manager, fleet, other_fleet, outside_manager
):
    JobFactory(by=manager, fleet=fleet, custom_name="Red Two")
    JobFactory(by=outside_manager, fleet=other_fleet, custom_name="Not ours")
    rows = desk().locator("#rows tr")
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text="Blue One")).to_have_count(1)
    expect(rows.filter(has_text="Red Two")).to_have_count(1)


def test_032_a_job_is_selected_to_see_its_details(desk, pending_job, vehicle_model):
    page = desk()
    open_row(page, "Blue One")
    expect(page.locator("#panel h2").first).to_have_text("Blue One")
    expect(page.locator("#panel")).to_contain_text(vehicle_model.model)


def test_033_there_are_five_statuses_each_with_its_meaning(desk):
    meanings = {
        "Pending": "Create a job to plan the next one.",
        "Assigned": "They stay here until an installer takes them.",
        "Running": "while an installer works on it",
        "Succeeded": "once its installer has finished it",
        "Failed": "if its installer could not finish it",
    }
    page = desk()
    for label, meaning in meanings.items():
        page.locator("#status-tabs").get_by_role("link", name=label).click()
        expect(page.locator(".empty")).to_contain_text(meaning)


def test_034_a_job_is_running_once_an_installer_has_started(desk, assigned_job, installer_phone):
    installer_phone.post(f"jobs/{assigned_job.pk}/assignment/")
    row = desk().locator("#rows tr")
    expect(row.locator("[data-status=RUNNING]")).to_be_visible()
    expect(row).to_contain_text("Installer")


def test_035_failed_needs_a_comment(running_job, installer_phone):
    url = f"jobs/{running_job.pk}/outcome/"
    refused = installer_phone.post(url, {"outcome": "FAILED", "comment": " "})
    assert (refused.status_code, set(refused.json()["errors"])) == (400, {"comment"})
    failed = installer_phone.post(url, {"outcome": "FAILED", "comment": "No power."})
    assert failed.json()["status"] == "FAILED"


def test_036_from_the_details_to_the_vehicles_inspect_page(desk, linked_job, unit):
    page = desk()
    open_row(page, "Blue One")
    page.locator("#panel").get_by_role("link", name="Inspect").click()
    expect(page).to_have_url(re.compile(f"/vehicles/{linked_job.vehicle_id}/$"))
    expect(page.get_by_role("button", name=unit.pk)).to_be_visible()


def test_037_the_table_is_customized_by_the_gear_icon(desk, pending_job):
    page = desk()
    column = page.get_by_role("columnheader", name="VIN", exact=True)
    expect(column).to_have_count(0)
    gear = page.get_by_label("Configure Table Columns")
    expect(gear.locator("svg use")).to_have_attribute("href", re.compile("#gear$"))
    gear.click()
    dialog_of(page).get_by_label("VIN", exact=True).check()
    dialog_of(page).get_by_role("button", name="Save").click()
    expect(column).to_have_count(1)
    page.reload()
    expect(column).to_have_count(1)


def test_038_jobs_are_filtered_by_status_and_company_using_filter(
    desk, fleet, manager, assigned_job
):
    other = PartnershipFactory(fleet=fleet, company=CompanyFactory(name="FitNow"))
    job = JobFactory(by=manager, fleet=fleet, custom_name="Red Two")
    job.assign(other.company, by=manager)
    JobFactory(by=manager, fleet=fleet, custom_name="Green Three")
    page = desk()
    rows = page.locator("#rows tr")
    expect(rows).to_have_count(3)
    page.get_by_role("link", name="Filter").click()
    statuses = dialog_of(page).get_by_role("group", name="Status")
    statuses.get_by_label("Assigned").check()
    statuses.get_by_label("Running").check()
    dialog_of(page).get_by_role("button", name="Show").click()
    expect(rows).to_have_count(2)
    page.get_by_role("link", name="Filter", exact=True).click()
    expect(statuses.get_by_label("Assigned")).to_be_checked()
    dialog_of(page).get_by_label("FitNow").check()
    dialog_of(page).get_by_role("button", name="Show").click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Red Two")
