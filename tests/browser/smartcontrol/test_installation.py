"""Work on the phone, from signing in to the record."""

import re
import time

from playwright.sync_api import Page, Route, expect

from accounts.models import User
from jobs.models import Job
from tests.browser.smartcontrol.phone import (
    APP,
    confirm,
    heading,
    open_job,
    run_and_answer,
    screen,
    tap,
)
from tests.factories.accounts import PASSWORD
from tests.factories.jobs import JobFactory
from tests.factories.telematics import VehicleFactory


def test_an_installer_signs_in_and_sees_the_companys_jobs(page: Page, assigned_job, installer):
    page.goto(APP)
    tap(page, "Sign in", role="link")
    page.locator("input[name=login]").fill(installer.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")

    expect(heading(page, "QuickInstall")).to_be_visible()
    expect(page.get_by_role("button", name="Available Jobs 1")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Blue One"))).to_be_visible()


def test_a_whole_installation_is_done_on_the_phone(
    page: Page, sign_in, assigned_job, unit, installer
):
    job = assigned_job
    sign_in(installer)
    page.goto(APP)
    open_job(page, "Blue One")
    tap(page, "Assign Job to Me")
    tap(page, "Start Installation", role="link")

    page.get_by_label("QNR of the unit").fill(unit.pk)
    tap(page, "Link unit")
    expect(heading(page, "Vehicle data")).to_be_visible()
    page.get_by_label("Licence plate").fill("B QX 2041")
    tap(page, "Save")
    expect(heading(page, "Configuration")).to_be_visible()
    job.refresh_from_db()
    job.proof.latest_configuration.push()
    expect(heading(page, "Tests")).to_be_visible()

    tap(page, re.compile("Run . tests"))
    expect(page.get_by_text("Tests are running")).to_be_visible()
    run_and_answer(job, lambda test: answer(page, test))
    tap(page, "Continue", role="link")
    expect(heading(page, "Photos")).to_be_visible()
    tap(page, "Continue", role="link")
    expect(heading(page, "Outcome")).to_be_visible()
    tap(page, "Finish Job")

    expect(page.get_by_text("access to the vehicle has ended")).to_be_visible()
    job.refresh_from_db()
    assert job.status == Job.Status.SUCCEEDED
    assert job.license_plate == "B QX 2041"


def test_a_unit_is_named_while_the_request_for_the_job_is_still_under_way(
    page: Page, interception, sign_in, assigned_job, unit, installer
):
    taking: list[Route] = []
    page.route("**/assignment/", lambda route: taking.append(route))
    sign_in(installer)
    page.goto(screen(assigned_job))
    tap(page, "Assign Job to Me")
    tap(page, "Start Installation", role="link")
    page.get_by_label("QNR of the unit").fill("7A00-000G")
    expect(page.get_by_text("A QNR has 16 signs")).to_be_visible()
    page.get_by_label("QNR of the unit").fill(unit.pk)
    expect(page.get_by_text("A QNR has 16 signs")).to_have_count(0)
    expect(page.get_by_text("The job is yours once the server confirms it.")).to_be_visible()
    expect(page.get_by_role("button", name="Link unit")).to_be_disabled()
    expect(page.get_by_role("alert")).to_have_count(0)

    taking.pop().continue_()
    expect(page.get_by_text("This unit can be installed.")).to_be_visible()
    tap(page, "Link unit")
    expect(heading(page, "Vehicle data")).to_be_visible()


def test_a_slow_answer_does_not_take_back_what_was_done_since_it_was_asked_for(
    page: Page, interception, sign_in, assigned_job, installer
):
    slow: list[Route] = []
    sign_in(installer)
    page.goto(screen(assigned_job))
    expect(heading(page, "Blue One")).to_be_visible()
    page.route(f"**/v1/jobs/{assigned_job.pk}/", lambda route: slow.append(route))
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    wait_for_request(page, slow)
    asked = slow.pop()
    before = asked.fetch(headers={**asked.request.headers, "if-none-match": ""})
    tap(page, "Assign Job to Me")
    expect(page.get_by_role("button", name="Withdraw Job")).to_be_visible()

    page.evaluate(STATUSES)
    asked.fulfill(response=before)
    wait_for_request(page, slow)  # it looks again
    assert "ASSIGNED" not in page.evaluate("[...statuses]")
    slow.pop().continue_()


# Every status that the job's screen shows from now on.
STATUSES = """() => {
  globalThis.statuses = new Set();
  const note = () => statuses.add(document.querySelector(".facing [data-status]")?.dataset.status);
  new MutationObserver(note).observe(document, { childList: true, subtree: true, attributes: true });
}"""


def wait_for_request(page: Page, caught: list[Route]) -> None:
    """Until the page has sent a request that is caught."""
    until = time.monotonic() + 20
    while not caught:
        assert time.monotonic() < until, "the page has asked for nothing"
        page.wait_for_timeout(50)


def answer(page: Page, test) -> None:
    expect(page.get_by_text(test.prompt["text"])).to_be_visible()
    tap(page, "Yes, it is so")
    expect(page.get_by_text(test.prompt["text"])).to_have_count(0)


def test_a_failing_test_is_mended_at_the_car_and_repeated(
    page: Page, sign_in, settings, configured_job, installer
):
    settings.DEMO = True
    User.objects.filter(pk=installer.pk).update(is_demo=True)
    sign_in(installer)
    give_fault(page, configured_job.unit_id, "Loose connector")
    page.goto(screen(configured_job, "work/TESTS"))
    run_one(page, configured_job, "Supply voltage")
    expect(row_of(page, "Supply voltage")).to_contain_text("Failed")
    expect(row_of(page, "Supply voltage")).to_contain_text("The voltage is too low")

    give_fault(page, configured_job.unit_id, "None")
    page.goto(screen(configured_job, "work/TESTS"))
    run_one(page, configured_job, "Supply voltage")
    expect(row_of(page, "Supply voltage")).to_contain_text("Passed")
    assert list(configured_job.tests.values_list("status", flat=True)) == ["FAILED", "PASSED"]


def give_fault(page: Page, qnr: str, fault: str) -> None:
    page.goto(f"/simulator/{qnr}/")
    page.get_by_label("Fault").select_option(fault)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_label("Fault")).to_be_visible()


def row_of(page: Page, name: str):
    return page.get_by_role("listitem").filter(has=page.get_by_text(name, exact=True)).last


def run_one(page: Page, job: Job, name: str) -> None:
    row_of(page, name).get_by_role("button", name=re.compile("Run|Repeat")).click()
    expect(row_of(page, name)).to_contain_text("Queued")
    run_and_answer(job, lambda test: answer(page, test))


def test_a_maintenance_job_is_done_by_its_task(
    page: Page, sign_in, manager, fleet, partnership, unit, vehicle_model, installer
):
    vehicle = VehicleFactory(
        fleet=fleet, unit=unit, vehicle_model=vehicle_model, license_plate="B QX 77"
    )
    job = JobFactory(
        by=manager,
        fleet=fleet,
        vehicle=vehicle,
        kind="MAINTENANCE",
        task="INSPECTION",
        custom_name="",
        instructions="Look at the connector.",
    )
    job.assign(partnership.company, by=manager)
    sign_in(installer)
    page.goto(screen(job))
    expect(page.get_by_text("Look at the connector.")).to_be_visible()
    tap(page, "Assign Job to Me")
    tap(page, "Continue", role="link")
    expect(heading(page, "Tests")).to_be_visible()
    tap(page, re.compile("Run 1 test"))
    expect(page.get_by_text("Tests are running")).to_be_visible()
    run_and_answer(job, lambda test: answer(page, test))
    tap(page, "Continue", role="link")
    expect(heading(page, "Photos")).to_be_visible()
    tap(page, "Continue", role="link")
    tap(page, "Finish Job")

    expect(page.get_by_text("access to the vehicle has ended")).to_be_visible()
    job.refresh_from_db()
    assert job.status == Job.Status.SUCCEEDED


def test_a_removal_begins_with_the_unit_that_is_taken_out(
    page: Page, sign_in, manager, fleet, partnership, unit, vehicle_model, installer
):
    vehicle = VehicleFactory(fleet=fleet, unit=unit, vehicle_model=vehicle_model)
    removal = {"kind": "MAINTENANCE", "task": "REMOVE_UNIT", "custom_name": ""}
    job = JobFactory(by=manager, fleet=fleet, vehicle=vehicle, **removal)
    job.assign(partnership.company, by=manager)
    job.take(by=installer)
    sign_in(installer)
    page.goto(screen(job, "work/UNIT"))
    page.get_by_label("QNR of the unit that is taken out").fill("00A1-00A1-00A1-00A1")
    tap(page, "Confirm removal")
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("QNR of the unit that is taken out").fill(unit.pk)
    tap(page, "Confirm removal")

    expect(heading(page, "Tests")).to_be_visible()


def test_a_job_that_cannot_be_done_is_finished_as_failed_with_its_reason(
    page: Page, sign_in, running_job, installer
):
    sign_in(installer)
    page.goto(screen(running_job))
    tap(page, "Update Job", role="link")
    expect(page.get_by_text("This is still missing:")).to_be_visible()
    page.get_by_label("Failed").check()
    page.get_by_label("Reason").select_option("Vehicle absent")
    page.get_by_label("Comment").fill("Nobody had the keys.")
    tap(page, "Finish as failed")

    expect(page.get_by_text("Nobody had the keys.")).to_be_visible()
    running_job.refresh_from_db()
    assert (running_job.status, running_job.failure_reason) == ("FAILED", "VEHICLE_ABSENT")


def test_a_colleagues_job_is_taken_over_after_a_warning_that_names_them(
    page: Page, sign_in, running_job, colleague
):
    sign_in(colleague)
    page.goto(screen(running_job))
    tap(page, "Take Over")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Installer is working on this job.")
    dialog.get_by_role("button", name="Take over from Installer").click()

    expect(page.get_by_role("button", name="Withdraw Job")).to_be_visible()
    running_job.refresh_from_db()
    assert running_job.assignee == colleague


def test_a_job_is_withdrawn_and_handed_back_on_the_phone(
    page: Page, sign_in, running_job, company_admin
):
    sign_in(company_admin)
    running_job.withdraw(by=running_job.assignee)
    running_job.take(by=company_admin)
    page.goto(screen(running_job))
    tap(page, "Withdraw Job")
    confirm(page, "Withdraw Job")
    tap(page, "Hand Back Job", role="link")
    page.get_by_label("Reason").fill("It belongs to another site.")
    tap(page, "Hand Back Job")

    expect(heading(page, "QuickInstall")).to_be_visible()
    running_job.refresh_from_db()
    assert running_job.status == Job.Status.PENDING


def test_the_app_speaks_the_persons_language(page: Page, sign_in, assigned_job, installer):
    User.objects.filter(pk=installer.pk).update(language="de")
    sign_in(installer)
    page.goto(screen(assigned_job))
    expect(page.get_by_role("button", name="Auftrag übernehmen")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "de"
