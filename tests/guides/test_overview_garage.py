"""*Installer Jobs, overview*, as an installer reads it: SmartControl on the phone."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from jobs.models import Job, VehicleAccess
from telematics.models import VehicleState
from tests.browser.smartcontrol.phone import APP, heading, open_job, tap, without_refusals
from tests.cast.work import run_tests
from tests.factories.accounts import PASSWORD, PartnershipFactory
from tests.factories.jobs import JobFactory
from tests.factories.telematics import VehicleFactory
from tests.guides.steps import link_to


@pytest.fixture
def assigned_jobs(fleet, manager, partnership) -> list[Job]:
    jobs = [JobFactory(by=manager, fleet=fleet, license_plate=f"B QX {n}") for n in range(3)]
    for job in jobs:
        job.assign(partnership.company, by=manager)
    return jobs


def list_of(page: Page, name: str) -> None:
    """Open one of the four lists of the home screen: its name and its count."""
    page.get_by_role("button", name=name).click()


def at_step(page: Page, job: Job, step: str) -> None:
    page.goto(f"{APP}#/jobs/{job.pk}/work/{step}")


def test_008_the_installer_performs_the_installation(app, assigned_job, unit):
    page = app()
    open_job(page, "Blue One")
    tap(page, "Assign Job to Me")
    tap(page, "Start Installation", role="link")
    page.get_by_label("QNR of the unit").fill(unit.pk)
    tap(page, "Link unit")
    expect(heading(page, "Vehicle data")).to_be_visible()
    assigned_job.refresh_from_db()
    assigned_job.proof.latest_configuration.push()
    assigned_job.request_tests(by=assigned_job.assignee)
    run_tests(assigned_job)
    at_step(page, assigned_job, "OUTCOME")
    page.get_by_label("Succeeded").check()
    tap(page, "Finish Job")
    expect(page.get_by_text("access to the vehicle has ended")).to_be_visible()
    assert Job.objects.get().status == "SUCCEEDED"


def test_016_each_installer_gets_personal_access_to_the_smartcontrol_app(
    page: Page, office, assigned_job
):
    office("users/invite/")
    page.get_by_label("E-mail").fill("nora@quickinstall.example")
    page.get_by_label("Installer: does jobs").check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("region", name="Invited")).to_be_visible()

    page.context.clear_cookies()
    page.goto(link_to("nora@quickinstall.example"))
    page.get_by_label("First name").fill("Nora")
    page.get_by_label("Last name").fill("Neu")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Join").click()
    page.get_by_role("link", name="Open SmartControl").click()
    expect(page.get_by_role("link", name=re.compile("Blue One"))).to_be_visible()
    assert User.objects.get(email="nora@quickinstall.example").company == assigned_job.company


def test_050_the_app_is_put_on_the_phone_and_signed_in_to_with_the_same_credentials(
    page: Page, installer, assigned_job, console_errors
):
    page.goto(APP)
    manifest = page.locator("link[rel=manifest]").get_attribute("href")
    assert page.request.get(manifest).json()["display"] == "standalone"
    tap(page, "Sign in", role="link")
    page.locator("input[name=login]").fill(installer.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    expect(heading(page, "QuickInstall")).to_be_visible()
    console_errors[:] = without_refusals(console_errors)


def test_051_the_home_screen_has_all_jobs_of_the_company_by_category(
    app, assigned_jobs, installer, colleague
):
    assigned_jobs[1].take(by=installer)
    assigned_jobs[2].take(by=colleague)
    page = app()
    by_list = {"Available Jobs 1": "B QX 0", "My Jobs 1": "B QX 1", "Running 1": "B QX 2"}
    for name, plate in by_list.items():
        list_of(page, name)
        expect(page.get_by_role("link", name=re.compile("B QX"))).to_have_count(1)
        expect(page.get_by_role("link", name=re.compile(plate))).to_be_visible()
    expect(page.get_by_role("button", name="Finished 0")).to_be_visible()


def test_052_a_job_is_searched_for_and_the_jobs_of_one_provider_are_viewed(
    app, assigned_jobs, company, other_fleet, outside_manager
):
    PartnershipFactory(fleet=other_fleet, company=company)
    other = JobFactory(by=outside_manager, fleet=other_fleet, license_plate="M AB 1")
    other.assign(company, by=outside_manager)
    page = app()
    rows = page.locator(".rows li")
    expect(rows).to_have_count(4)
    page.get_by_label("Client").select_option(label="OtherFleet Munich")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("M AB 1")
    page.get_by_label("Client").select_option(label="All clients")
    page.get_by_label("Plate, VIN, name, number or unit").fill("bqx2")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("B QX 2")


def test_053_of_the_available_jobs_one_is_selected_for_its_details(app, assigned_job):
    page = app()
    list_of(page, "Available Jobs")
    open_job(page, "Blue One")
    expect(page.get_by_role("button", name="Assign Job to Me")).to_be_visible()
    expect(page.get_by_role("heading", name="Steps")).to_be_visible()
    expect(page.get_by_role("heading", name="Vehicle and setup")).to_be_visible()


def test_054_assign_job_to_me_makes_it_running_and_takes_it_out_of_available(app, assigned_job):
    page = app()
    open_job(page, "Blue One")
    tap(page, "Assign Job to Me")
    expect(page.locator(".facing [data-status=RUNNING]")).to_be_visible()
    page.goto(f"{APP}#/")
    expect(page.get_by_role("button", name="Available Jobs 0")).to_be_visible()
    expect(page.get_by_role("button", name="My Jobs 1")).to_be_visible()


def test_055_several_jobs_are_assigned_to_oneself(app, assigned_jobs):
    page = app()
    for n in range(2):
        list_of(page, "Available Jobs")
        open_job(page, f"B QX {n}")
        tap(page, "Assign Job to Me")
        expect(page.get_by_role("link", name="Start Installation")).to_be_visible()
        page.goto(f"{APP}#/")
    expect(page.get_by_role("button", name="My Jobs 2")).to_be_visible()


def test_056_any_installer_withdraws_a_job_and_takes_it_over(
    app, assigned_job, colleague, installer
):
    assigned_job.take(by=colleague)
    page = app()
    list_of(page, "Running 1")
    open_job(page, "Blue One")
    tap(page, "Take Over")
    tap(page, "Take over from Colleague")
    # The link is there as soon as the phone keeps the request; the notice goes with the server's answer.
    expect(page.get_by_role("link", name="Start Installation")).to_be_visible()
    expect(page.locator(".notice[data-kind=warning]")).to_have_count(0)
    assigned_job.refresh_from_db()
    assert (assigned_job.status, assigned_job.assignee) == ("RUNNING", installer)
    verbs = assigned_job.events.order_by("seq").values_list("verb", flat=True)
    assert list(verbs)[-2:] == ["withdraw", "take"]


def test_057_start_installation_guides_through_the_steps_by_job_type(
    app, running_job, fleet, manager, company, installer
):
    car = VehicleFactory(fleet=fleet, license_plate="B AD 77")
    care = JobFactory(by=manager, fleet=fleet, kind="MAINTENANCE", task="SERVICE", vehicle=car)
    care.assign(company, by=manager)
    care.take(by=installer)
    page = app()
    open_job(page, "Blue One")
    steps = page.locator(".steps strong")
    order = ["Unit", "Vehicle data", "Configuration", "Tests", "Photos", "Outcome"]
    expect(steps).to_have_text(order)
    tap(page, "Start Installation", role="link")
    expect(heading(page, "Unit")).to_be_visible()
    expect(page.get_by_text("Step 1 of 6")).to_be_visible()
    page.goto(f"{APP}#/jobs/{care.pk}")
    expect(steps).to_have_text(["Vehicle data", "Tests", "Photos", "Outcome"])


def test_058_the_job_is_completed_only_after_its_tests_with_the_vehicle(
    app, configured_job, installer
):
    page = app()
    at_step(page, configured_job, "OUTCOME")
    expect(page.get_by_text("This is still missing:")).to_be_visible()
    expect(page.get_by_role("button", name="Finish Job")).to_be_disabled()
    configured_job.request_tests(by=installer)
    run_tests(configured_job)
    page.reload()
    page.get_by_label("Succeeded").check()
    tap(page, "Finish Job")
    expect(page.get_by_text("access to the vehicle has ended")).to_be_visible()


def test_059_update_job_says_succeeded_or_failed(app, running_job):
    page = app()
    open_job(page, "Blue One")
    tap(page, "Update Job", role="link")
    expect(page.get_by_label("Succeeded")).to_be_visible()
    page.get_by_label("Failed").check()
    page.get_by_label("Reason").select_option("UNIT_DEFECT")
    expect(page.get_by_role("button", name="Finish as failed")).to_be_disabled()
    page.get_by_label("Comment").fill("No power.")
    tap(page, "Finish as failed")
    expect(page.locator(".facing [data-status=FAILED]")).to_be_visible()
    running_job.refresh_from_db()
    assert (running_job.failure_reason, running_job.comment) == ("UNIT_DEFECT", "No power.")


def test_060_the_provider_reviews_the_comment_on_a_failure_and_acts(desk, running_job, installer):
    running_job.fail(by=installer, comment="The car is in Leipzig.")
    page = desk("jobs/installation/?status=FAILED")
    page.get_by_role("link", name="1 new notification").click()
    page.get_by_role("link", name=re.compile("marked Blue One as failed")).click()
    expect(page.locator(".panel")).to_contain_text("The car is in Leipzig.")
    page.get_by_role("link", name="Create again for this vehicle").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Blue One was saved.")).to_be_visible()
    assert Job.objects.get(status="PENDING").again_of == running_job


def test_061_after_completion_the_installer_loses_access(app, proven_job, installer_phone):
    page = app()
    open_job(page, "Blue One")
    expect(page.get_by_role("link", name="Vehicle", exact=True)).to_be_visible()
    at_step(page, proven_job, "OUTCOME")
    tap(page, "Finish Job")
    expect(page.get_by_text("access to the vehicle has ended")).to_be_visible()
    expect(page.get_by_role("link", name="Vehicle", exact=True)).to_have_count(0)
    assert installer_phone.get(f"vehicles/{proven_job.vehicle_id}/state/").status_code == 404
    assert not VehicleAccess.objects.filter(job=proven_job, key__ended_at=None).exists()


def test_062_remove_your_gear_park_and_lock(app, proven_job):
    now = timezone.now()
    unlocked = {"central_lock": {"value": "unlocked", "timestamp": now.isoformat()}}
    VehicleState.receive(proven_job.vehicle.unit_id, unlocked, now)
    page = app()
    at_step(page, proven_job, "OUTCOME")
    reminder = page.get_by_role("region", name="Before you finish")
    expect(reminder).to_contain_text("Take your gear out of the vehicle.")
    expect(reminder).to_contain_text("Park and lock the vehicle.")
    expect(reminder).to_contain_text("The vehicle is unlocked.")
