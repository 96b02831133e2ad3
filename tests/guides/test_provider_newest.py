"""*Mobility provider guide (newest)*: the labels of today, partners with override, imports and maintenance."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Company, Partnership
from jobs.models import BulkRun, Job, JobTemplate, VehicleAccess
from tests.factories.accounts import CompanyFactory, PartnershipFactory
from tests.factories.jobs import JobFactory, JobTemplateFactory
from tests.factories.telematics import VehicleFactory
from tests.guides.steps import choose_new_job, dialog_of, open_menu_of, open_row

VIN = "WVWZZZ1KZAW000001"
OVERRIDE = "Allow partner to override job configuration and data"


@pytest.fixture
def template(fleet, vehicle_model) -> JobTemplate:
    return JobTemplateFactory(fleet=fleet, name="City", vehicle_model=vehicle_model, brand="Audi")


@pytest.fixture
def car(fleet):
    return VehicleFactory(fleet=fleet, license_plate="B AD 77")


@pytest.fixture
def maintenance(fleet, manager, partnership, car) -> Job:
    """A maintenance job that the partner has, with its vehicle."""
    job = JobFactory(by=manager, fleet=fleet, kind="MAINTENANCE", task="REPAIR", vehicle=car)
    job.assign(partnership.company, by=manager)
    return job


@pytest.fixture
def overridable(partnership) -> Partnership:
    partnership.allow_override = True
    partnership.save()
    return partnership


@pytest.fixture
def upload(desk, tmp_path: Path):
    """`upload("custom_name", "One")`: the preview of a file with these lines."""

    def lines(*lines: str, template: str = "", company: str = "") -> Page:
        file = tmp_path / "jobs.csv"
        file.write_text("\n".join(lines))
        page = desk("jobs/import/")
        page.get_by_label("File").set_input_files(file)
        if template:
            page.get_by_label("Template", exact=True).select_option(label=template)
        if company:
            page.get_by_label("Service Partner").select_option(label=company)
        page.get_by_role("button", name="Upload and preview").click()
        return page

    return lines


def import_all(page: Page) -> None:
    page.get_by_role("button", name="Import Installation Jobs").click()


def confirm_import(page: Page) -> None:
    """What is assigned asks once more."""
    import_all(page)
    expect(page.get_by_text("nobody in the fleet can change or cancel")).to_be_visible()
    import_all(page)


# --- partners and teams -----------------------------------------------------------------------------------------------
def test_093_installation_and_maintenance_are_done_by_partners_or_the_own_team(
    desk, fleet, partnership
):
    team = CompanyFactory(name="AppDrive Garage")
    PartnershipFactory(fleet=fleet, company=team)
    for kind in ("INSTALLATION", "MAINTENANCE"):
        company = desk(f"jobs/new/?kind={kind}").get_by_label("Service Partner")
        names = ["not assigned yet", "AppDrive Garage", "QuickInstall"]
        expect(company.get_by_role("option")).to_have_text(names)


def test_094_installation_and_maintenance_installation_jobs_partner_and_teams(desk):
    page = desk("vehicles/")
    page.get_by_role("link", name="Installation & Maintenance").click()
    tabs = page.get_by_role("navigation", name="Installation & Maintenance")
    tabs.get_by_role("link", name="Installation Jobs").click()
    page.locator(".page-header").get_by_role("link", name="Partner & Teams").click()
    expect(dialog_of(page).get_by_text("Available Service Partners")).to_be_visible()


def test_095_a_partner_is_allowed_to_override(desk, partnership):
    page = desk(f"partners/{partnership.pk}/")
    page.get_by_role("link", name="Partner Settings").click()
    dialog_of(page).get_by_label(OVERRIDE).check()
    dialog_of(page).get_by_role("button", name="Save").click()
    expect(page.get_by_text("Override Enabled").first).to_be_visible()
    partnership.refresh_from_db()
    assert partnership.allow_override


def test_096_partner_and_teams_opens_the_dialog_available_service_partners(desk, partnership):
    page = desk()
    page.locator(".page-header").get_by_role("link", name="Partner & Teams").click()
    expect(dialog_of(page).get_by_role("heading")).to_have_text("Available Service Partners")
    expect(dialog_of(page).get_by_text("QuickInstall")).to_be_visible()
    dialog_of(page).get_by_role("link", name="Invite").click()
    expect(dialog_of(page).get_by_role("group", name="Partner Settings")).to_be_visible()
    page.keyboard.press("Escape")

    page.get_by_role("navigation").get_by_role("link", name="Partner & Teams").click()
    heading = page.get_by_role("heading", level=1, name="Available Service Partners")
    expect(heading).to_be_visible()
    expect(page.locator("#rows")).to_contain_text("QuickInstall")


def test_097_partners_have_the_tags_pending_accepted_and_declined(
    desk, fleet, partnership, manager, outside_admin
):
    Partnership.invite(fleet=fleet, email="new@partner.example", by=manager)
    declined = Partnership.invite(fleet=fleet, email=outside_admin.email, by=manager)
    declined.decline(by=outside_admin)
    page = desk("partners/available/")
    for status in ("Pending", "Accepted", "Declined"):
        tag = page.locator(f".offers [data-status={status.upper()}]")
        expect(tag).to_have_text(status)


def test_098_a_declined_company_is_removed_and_invited_again_in_one_step(
    desk, fleet, manager, outside_admin
):
    declined = Partnership.invite(fleet=fleet, email=outside_admin.email, by=manager)
    declined.decline(by=outside_admin)
    page = desk("partners/")
    row = page.locator("#rows tr")
    expect(row.locator("[data-status=DECLINED]")).to_be_visible()
    menu = open_menu_of(page, outside_admin.email)
    expect(menu.get_by_role("link", name="Remove")).to_be_visible()
    menu.get_by_role("button", name="Invite Again").click()
    expect(row.locator("[data-status=PENDING]")).to_be_visible()
    assert Partnership.objects.live().get().status == "PENDING"


def test_099_the_partner_id_is_shown_and_copied(desk, partnership, context):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = desk("partners/available/")
    page.get_by_role("button", name=partnership.company_id).click()
    assert page.evaluate("navigator.clipboard.readText()") == partnership.company_id


def test_100_an_override_is_marked_by_the_tag_override_enabled(desk, fleet, overridable):
    PartnershipFactory(fleet=fleet, company=CompanyFactory(name="FitNow"))
    offers = desk("partners/available/").locator(".offers li")
    tag = "[data-status=OVERRIDE]"
    expect(offers.filter(has_text="QuickInstall").locator(tag)).to_have_text("Override Enabled")
    expect(offers.filter(has_text="FitNow").locator(tag)).to_have_count(0)


def test_101_with_override_the_partner_may_change_presets(
    overridable, running_job, installer_phone, desk
):
    changed = installer_phone.patch(f"jobs/{running_job.pk}/fields/", {"custom_name": "Red"})
    assert changed.status_code == 200
    differing = desk(f"jobs/{running_job.pk}/").locator("tr.differs")
    expect(differing).to_contain_text("Blue One")
    expect(differing).to_contain_text("Red")


def test_102_without_override_the_partner_keeps_the_exact_configuration(
    fleet, manager, partnership, vehicle_model, installer, installer_phone
):
    job = JobFactory(by=manager, fleet=fleet, vehicle_model=vehicle_model, tracking=True)
    job.assign(partnership.company, by=manager)
    job.take(by=installer)
    other = {"tracking": False}
    refused = installer_phone.patch(f"jobs/{job.pk}/fields/", other)
    assert (refused.status_code, refused.json()["code"]) == (409, "field_locked")
    job.refresh_from_db()
    assert (job.tracking, job.differs) == (True, False)


# --- templates, many jobs, imports ------------------------------------------------------------------------------------
def test_103_the_column_assigned_installer_company_id_assigns_at_once(upload, partnership):
    page = upload(
        "custom_name,assigned_installer_company_id", f"One,{partnership.company_id}", "Two,"
    )
    confirm_import(page)
    expect(page.get_by_text("2 installation jobs were imported.")).to_be_visible()
    statuses = dict(Job.objects.values_list("custom_name", "status"))
    assert statuses == {"One": "ASSIGNED", "Two": "PENDING"}


def test_104_templates_hold_master_data_setup_and_features(desk, vehicle_model):
    page = desk("templates/new/")
    page.locator("#id_name").fill("City")
    page.get_by_label("Vehicle model").select_option(vehicle_model.pk)
    expect(page.get_by_label("Brand", exact=True)).to_have_value(vehicle_model.brand)
    page.get_by_label("Installation variant").select_option("OBD")
    page.get_by_label("Transmission").select_option("MANUAL")
    page.locator("summary", has_text="Features").click()
    page.locator("[name=tracking][value=true]").check()
    for identity in ("VIN", "Licence plate"):
        expect(page.get_by_label(identity, exact=True)).to_have_count(0)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("“City” was saved")).to_be_visible()
    saved = JobTemplate.objects.get()
    assert (saved.installation_variant, saved.transmission) == ("OBD", "MANUAL")
    assert saved.tracking is True


def test_105_a_new_template_from_the_templates_tab(desk):
    page = desk()
    tabs = page.get_by_role("navigation", name="Installation & Maintenance")
    tabs.get_by_role("link", name="Templates").click()
    page.locator(".page-header").get_by_role("link", name="New Template").click()
    page.locator("#id_name").fill("City")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="City")).to_be_visible()


def test_106_templates_work_with_single_jobs_multiple_jobs_and_csv(desk, template, upload):
    page = desk()
    choose_new_job(page, "Select from Templates")
    dialog_of(page).get_by_role("link", name="City").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was saved.")).to_be_visible()

    choose_new_job(page, "Create Multiple Jobs")
    dialog_of(page).get_by_label("Template").select_option(label="City")
    dialog_of(page).get_by_label("Number of Jobs to Create").fill("2")
    dialog_of(page).get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("2 jobs were created.")).to_be_visible()

    page = upload("custom_name", "One", template="City")
    import_all(page)
    expect(page.get_by_text("1 installation job was imported.")).to_be_visible()
    models = Job.objects.values_list("vehicle_model", flat=True)
    assert list(models) == [template.vehicle_model_id] * 4


def test_107_create_multiple_jobs_asks_for_template_company_and_number(desk, template, partnership):
    page = desk()
    choose_new_job(page, "Create Multiple Jobs")
    dialog = dialog_of(page)
    dialog.get_by_label("Template").select_option(label="City")
    dialog.get_by_label("Service Partner").select_option(label="QuickInstall")
    dialog.get_by_label("Number of Jobs to Create").fill("3")
    dialog.get_by_role("button", name="Save & Assign").click()
    expect(dialog.get_by_text("Assign 3 jobs to QuickInstall?")).to_be_visible()
    dialog.get_by_role("button", name="Save & Assign (3)").click()
    expect(page.get_by_text("3 jobs were created and assigned to QuickInstall.")).to_be_visible()
    assert {job.brand for job in Job.objects.all()} == {"Audi"}


def test_108_single_ones_are_edited_afterwards(desk, template, fleet, manager):
    jobs = [JobFactory(by=manager, fleet=fleet, custom_name="", brand="Audi") for _n in range(2)]
    page = desk(f"jobs/{jobs[0].pk}/")
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Licence plate").fill("B QX 2041")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("B QX 2041 was saved.")).to_be_visible()
    plates = Job.objects.order_by("id").values_list("license_plate", flat=True)
    assert list(plates) == ["B QX 2041", ""]


def test_109_any_quantity_is_created_from_a_single_job_to_thousands(desk, template):
    page = desk()
    choose_new_job(page, "Create Multiple Jobs")
    number = dialog_of(page).get_by_label("Number of Jobs to Create")
    expect(number).to_have_attribute("min", "1")
    expect(number).to_have_attribute("max", "10000")
    dialog_of(page).get_by_label("Template").select_option(label="City")
    number.fill("1001")
    dialog_of(page).get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status").filter(has_text=re.compile("0 of 1,?001"))).to_be_visible()
    BulkRun.objects.get().go()
    expect(page.get_by_text(re.compile("1,?001 jobs were created."))).to_be_visible()
    assert Job.objects.count() == 1001


def test_110_a_csv_is_uploaded_and_its_preview_reviewed(upload):
    page = upload("license_plate,vin", f"B QX 1,{VIN}", "B QX 2,WRONG")
    expect(page.get_by_text("2 rows: 1 ready, 1 with errors.")).to_be_visible()
    expect(page.get_by_role("cell", name="WRONG").first).to_be_visible()
    assert not Job.objects.exists()
    page.get_by_role("button", name="Import the valid row only").click()
    expect(page.get_by_text("1 installation job was imported.")).to_be_visible()
    assert Job.objects.get().vin == VIN


def test_111_template_and_partner_are_optional_and_disabled_if_the_file_names_partners(
    upload, template, partnership
):
    page = upload("custom_name", "One", template="City", company="QuickInstall")
    expect(page.get_by_label("Service Partner", exact=True).first).to_be_enabled()
    confirm_import(page)
    expect(page.get_by_text("1 installation job was imported.")).to_be_visible()
    assert Job.objects.get().company == partnership.company

    page = upload("custom_name,assigned_installer_company_id", f"Two,{partnership.company_id}")
    expect(page.locator("select[name=company]")).to_be_disabled()


def test_112_the_csv_guide_has_format_fields_rules_and_files_ready_to_use(desk):
    page = desk("jobs/import/")
    page.get_by_role("link", name="Columns and rules").click()
    expect(page.get_by_text("Up to 1,000 rows below the header")).to_be_visible()
    row = page.get_by_role("row").filter(has_text="fuel_type")
    expect(row).to_contain_text("DIESEL")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Template (CSV)").click()
    header = Path(downloading.value.path()).read_text(encoding="utf-8-sig").splitlines()[0]
    assert "license_plate" in header


# --- maintenance ------------------------------------------------------------------------------------------------------
def test_113_maintenance_jobs_have_a_tab_with_new_job_save_and_save_and_assign(
    desk, partnership, car
):
    page = desk()
    tabs = page.get_by_role("navigation", name="Installation & Maintenance")
    tabs.get_by_role("link", name="Maintenance Jobs").click()
    choose_new_job(page, "Create Job")
    page.get_by_label("Task").select_option("INSPECTION")
    page.get_by_label("Vehicle", exact=True).fill("B AD 77")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("B AD 77 was saved.")).to_be_visible()

    page.locator("#panel").get_by_role("link", name="Edit").click()
    page.get_by_label("Service Partner").select_option(label="QuickInstall")
    page.get_by_role("button", name="Save & Assign").click()
    dialog_of(page).get_by_role("button", name="Save & Assign").click()
    expect(page.get_by_text("B AD 77 was saved and assigned to QuickInstall.")).to_be_visible()
    job = Job.objects.get()
    assert (job.kind, job.status, job.vehicle) == ("MAINTENANCE", "ASSIGNED", car)


def test_114_inspections_preventive_care_and_repairs_come_with_temporary_access(
    desk, maintenance, installer, installer_phone
):
    task = desk("jobs/new/?kind=MAINTENANCE").get_by_label("Task")
    for label in ("Inspection", "Service", "Repair"):
        expect(task.get_by_role("option", name=label, exact=True)).to_have_count(1)
    state = f"vehicles/{maintenance.vehicle_id}/state/"
    assert installer_phone.get(state).status_code == 404
    installer_phone.post(f"jobs/{maintenance.pk}/assignment/")
    assert installer_phone.get(state).status_code == 200
    maintenance.refresh_from_db()
    maintenance.fail(by=installer, comment="It needs a garage.")
    assert installer_phone.get(state).status_code == 404


def test_115_inspect_more_create_maintenance_job_fills_in_the_vehicle(desk, car):
    page = desk("vehicles/")
    page.get_by_role("link", name="B AD 77").click()
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("link", name="Create Maintenance Job").click()
    expect(page.get_by_label("Vehicle", exact=True)).to_have_value(f"B AD 77 ({car.pk})")


def test_116_gear_filter_dot_menu_and_bulk_actions_next_to_new_job(desk, fleet, manager):
    for n in range(2):
        JobFactory(by=manager, fleet=fleet, custom_name=f"Car {n}")
    page = desk()
    expect(page.get_by_label("Configure Table Columns")).to_be_visible()
    expect(page.get_by_role("link", name="Filter")).to_be_visible()
    expect(page.get_by_role("button", name="More about Car 1")).to_be_visible()
    page.locator("[data-select-all]").check()
    page.locator(".page-header").get_by_role("button", name="More", exact=True).click()
    menu = page.locator("#more-jobs")
    expect(menu.get_by_role("button", name="Bulk Edit")).to_be_visible()
    menu.get_by_role("button", name="Bulk Delete").click()
    page.get_by_role("button", name="Delete (2)").click()
    expect(page.get_by_text("2 jobs were deleted.")).to_be_visible()
    assert not Job.objects.shown().exists()


def test_117_maintenance_jobs_have_statuses_and_failed_includes_the_explanation(
    desk, maintenance, installer
):
    maintenance.take(by=installer)
    page = desk("jobs/maintenance/")
    expect(page.locator("#rows [data-status=RUNNING]")).to_be_visible()
    maintenance.fail(by=installer, comment="It needs a garage.")
    page.locator("#status-tabs").get_by_role("link", name="Failed").click()
    open_row(page, "B AD 77")
    expect(page.locator("#panel")).to_contain_text("It needs a garage.")


def test_118_the_bell_notifies_of_an_end_and_the_table_shows_it(desk, running_job, installer):
    running_job.fail(by=installer, comment="No power.")
    page = desk()
    expect(page.locator("#rows [data-status=FAILED]")).to_be_visible()
    page.get_by_role("link", name="1 new notification").click()
    expect(page.get_by_role("link", name=re.compile("marked Blue One as failed"))).to_be_visible()


def test_119_access_ends_automatically_also_after_maintenance(desk, maintenance, installer):
    maintenance.take(by=installer)
    inspect = f"vehicles/{maintenance.vehicle_id}/"
    expect(desk(inspect).locator("[data-status=OPEN]")).to_be_visible()
    maintenance.fail(by=installer, comment="It needs a garage.")
    expect(desk(inspect).locator("[data-status=ENDED]")).to_be_visible()
    assert not VehicleAccess.objects.filter(key__ended_at=None).exists()
    assert Company.objects.get(pk=maintenance.company_id).partnerships.accepted().exists()
