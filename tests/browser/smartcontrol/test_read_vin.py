"""The VIN that the unit reads, on the phone: another one takes a second tap, with and without a network."""

import re

import pytest
from playwright.sync_api import Page, expect

from jobs.models import Job
from tests.browser.smartcontrol.phone import APP, CONTROLLED, confirm, heading, screen, tap
from tests.cast.work import OTHER_VIN, TYPED_VIN, read_vin
from tests.product import wait_for

WARNING = f"The unit reads another VIN: {OTHER_VIN}."
CHECKED = "I have checked the VIN"


@pytest.fixture
def ready(reads_vin, proven_job) -> Job:
    """A job that lacks nothing."""
    return proven_job


@pytest.fixture
def at_outcome(page: Page, cable, sign_in, installer):
    """Open the last step of the job, with the app stored on the phone."""

    def opened(job: Job) -> Page:
        sign_in(installer)
        page.goto(cable.url + screen(job, "work/OUTCOME"))
        expect(heading(page, "Outcome")).to_be_visible()
        page.evaluate(CONTROLLED)
        return page

    return opened


def status_of(job: Job) -> str:
    job.refresh_from_db()
    return job.status


def was_confirmed(job: Job) -> None:
    wait_for(lambda: status_of(job) == "SUCCEEDED", 20, "the outcome")
    recorded = job.events.get(verb="succeed").data["vin_differs"]
    assert recorded == {"read": OTHER_VIN, "known": TYPED_VIN}


def network_is_back(page: Page, cable) -> None:
    cable.plug_in()
    page.evaluate("dispatchEvent(new Event('online'))")


def test_another_vin_takes_a_second_tap(at_outcome, ready):
    read_vin(ready, OTHER_VIN)
    page = at_outcome(ready)
    expect(page.get_by_text(WARNING)).to_be_visible()
    tap(page, "Finish Job")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"The unit reads {OTHER_VIN}, and the job has {TYPED_VIN}.")
    dialog.get_by_role("button", name="Cancel").click()
    assert status_of(ready) == "RUNNING"
    tap(page, "Finish Job")
    confirm(page, CHECKED)
    was_confirmed(ready)


def test_the_same_vin_takes_one_tap(at_outcome, ready):
    page = at_outcome(ready)
    expect(page.get_by_text("Before you finish")).to_be_visible()
    expect(page.get_by_text("another VIN")).to_have_count(0)
    tap(page, "Finish Job")
    wait_for(lambda: status_of(ready) == "SUCCEEDED", 20, "the outcome")


def test_a_difference_that_the_phone_knows_is_confirmed_without_a_network(at_outcome, cable, ready):
    read_vin(ready, OTHER_VIN)
    page = at_outcome(ready)
    expect(page.get_by_text(WARNING)).to_be_visible()
    cable.pull()
    tap(page, "Finish Job")
    confirm(page, CHECKED)
    expect(page.get_by_text("Not finished: access stays open").first).to_be_visible()
    network_is_back(page, cable)
    was_confirmed(ready)


def test_a_difference_that_came_meanwhile_is_confirmed_among_what_waits(at_outcome, cable, ready):
    page = at_outcome(ready)
    cable.pull()
    tap(page, "Finish Job")
    expect(page.get_by_text("Not finished: access stays open").first).to_be_visible()
    read_vin(ready, OTHER_VIN)

    network_is_back(page, cable)
    page.goto(f"{cable.url}{APP}#/waiting")
    expect(page.locator(".entry[data-state=refused]")).to_have_count(1)
    tap(page, CHECKED)
    confirm(page, CHECKED)
    expect(page.get_by_text("Everything has been sent.")).to_be_visible()
    was_confirmed(ready)


def test_the_vin_is_shown_beside_the_typed_one(at_outcome, ready):
    """Typed anew in a job that leaves it open; the warning comes with the last character."""
    Job.objects.filter(pk=ready.pk).update(allow_override=True)
    page = at_outcome(ready)
    page.goto(re.sub(r"#.*", f"#/jobs/{ready.pk}/work/VEHICLE_DATA", page.url))
    expect(page.get_by_text(f"VIN read by the unit: {TYPED_VIN}")).to_be_visible()
    page.get_by_role("textbox", name="VIN").fill(OTHER_VIN[:-1])
    expect(page.get_by_text("another VIN")).to_have_count(0)
    page.get_by_role("textbox", name="VIN").fill(OTHER_VIN)
    expect(page.get_by_text(f"The unit reads another VIN: {TYPED_VIN}.")).to_be_visible()
