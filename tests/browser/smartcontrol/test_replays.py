"""What waited on the phone while the world went on: it is sent once, or shown to the person, and nothing is lost."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from installers.smartcontrol import build
from jobs.models import Job
from tests.browser.smartcontrol.phone import (
    APP,
    confirm,
    heading,
    open_job,
    screen,
    tap,
)
from tests.browser.smartcontrol.storage import UNTIL_FULL, kept_on, set_room
from tests.product import wait_for

OLD_PLATE = "B OLD 1"
NEW_PLATE = "B NEW 2"
DAY = timedelta(days=1)


def waiting(page: Page, number: int) -> None:
    """Wait until so many entries are shown as waiting."""
    link = page.get_by_role("link", name=re.compile(r"\d+ waiting"))
    if number:
        expect(link).to_have_accessible_name(re.compile(rf"\b{number} waiting"))
    else:
        expect(link).to_have_count(0)


def type_plate(page: Page, job: Job, plate: str) -> None:
    """Type and save; the app goes on to another screen by itself."""
    save_plate(page, job, plate)
    expect(heading(page, "Vehicle data")).to_have_count(0)


def save_plate(page: Page, job: Job, plate: str) -> None:
    page.goto(re.sub(r"/smartcontrol/.*", screen(job, "work/VEHICLE_DATA"), page.url))
    page.get_by_label("Licence plate").fill(plate)
    tap(page, "Save")


def network_is_back(page: Page, cable) -> None:
    cable.plug_in()
    page.evaluate("dispatchEvent(new Event('online'))")


def plate_of(job: Job) -> str:
    job.refresh_from_db()
    return job.license_plate


def fillings(job: Job) -> list[dict]:
    return [event.data for event in job.events.filter(verb="fill_in").order_by("seq")]


def fail(page: Page, job: Job, comment: str) -> None:
    page.goto(re.sub(r"/smartcontrol/.*", screen(job, "work/OUTCOME"), page.url))
    page.get_by_label("Failed").check()
    page.get_by_label("Reason").select_option("Vehicle absent")
    page.get_by_label("Comment").fill(comment)
    tap(page, "Finish as failed")


def was_refused(page: Page, cable) -> None:
    page.goto(f"{cable.url}{APP}#/waiting")
    expect(page.get_by_text("The job has been withdrawn or taken again").first).to_be_visible()
    expect(page.locator(".entry[data-state=refused]")).to_have_count(1)


def assignment_on(page: Page) -> int:
    """That of the only job, as the phone has read it."""
    (record,) = kept_on(page)["jobs"]
    return record["sheet"]["assignment"]["id"]


@pytest.fixture
def took_over(colleague) -> Callable[[Job], None]:
    """A colleague takes the job over and withdraws it."""

    def over(job: Job) -> None:
        job.withdraw(by=colleague)
        job.take(by=colleague)
        job.withdraw(by=colleague)

    return over


def test_what_was_meant_for_a_first_assignment_is_refused_and_what_is_meant_for_a_second_goes(
    phone, cable, running_job, took_over
):
    page = phone()
    open_job(page, "Blue One")
    cable.pull()
    type_plate(page, running_job, OLD_PLATE)
    fail(page, running_job, "Nobody is here.")
    waiting(page, 2)
    took_over(running_job)

    network_is_back(page, cable)
    was_refused(page, cable)
    page.goto(cable.url + screen(running_job))
    tap(page, "Assign Job to Me")
    tap(page, "Start Installation", role="link")
    type_plate(page, running_job, NEW_PLATE)
    wait_for(lambda: plate_of(running_job) == NEW_PLATE, 20, "the new value")
    waiting(page, 2)  # what was refused stays until the person decides

    page.get_by_role("link", name=re.compile("waiting")).click()
    tap(page, "Discard")
    confirm(page, "Discard all 2")
    expect(page.get_by_text("Everything has been sent.")).to_be_visible()
    running_job.refresh_from_db()
    assert (running_job.status, running_job.license_plate) == ("RUNNING", NEW_PLATE)
    assert OLD_PLATE not in str(fillings(running_job))


def test_what_was_meant_for_a_first_assignment_does_not_end_a_second_one_of_another_phone(
    phone, cable, running_job, took_over, installer
):
    page = phone()
    open_job(page, "Blue One")
    cable.pull()
    fail(page, running_job, "Nobody is here.")
    waiting(page, 1)
    took_over(running_job)
    running_job.take(by=installer)

    network_is_back(page, cable)
    was_refused(page, cable)
    running_job.refresh_from_db()
    assert running_job.status == "RUNNING"
    tap(page, "Discard")
    confirm(page, "Discard")
    expect(page.get_by_text("Everything has been sent.")).to_be_visible()
    assignment = running_job.assignment
    wait_for(lambda: assignment_on(page) == assignment, 20, "the phone reads the job again")
    type_plate(page, running_job, NEW_PLATE)
    wait_for(lambda: plate_of(running_job) == NEW_PLATE, 20, "the new value")
    waiting(page, 0)


def test_a_full_queue_waits_hidden_while_somebody_else_uses_the_phone(
    phone, cable, running_job, sign_in, installer, outside_installer
):
    page = phone()
    open_job(page, "Blue One")
    cable.pull()
    type_plate(page, running_job, OLD_PLATE)
    waiting(page, 1)
    type_plate(page, running_job, NEW_PLATE)
    fail(page, running_job, "Nobody is here.")
    waiting(page, 3)

    sign_in(outside_installer)
    network_is_back(page, cable)
    page.goto(cable.url + APP)
    expect(heading(page, "OtherCo")).to_be_visible()
    waiting(page, 0)
    page.goto(f"{cable.url}{APP}#/waiting")
    expect(page.get_by_text("Everything has been sent.")).to_be_visible()
    expect(page.get_by_text(OLD_PLATE)).to_have_count(0)
    assert fillings(running_job) == []
    assert len(kept_on(page)["queue"]) == 3

    sign_in(installer)
    page.goto(cable.url + APP)
    page.reload()
    expect(heading(page, "QuickInstall")).to_be_visible()
    waiting(page, 0)
    wait_for(lambda: Job.objects.get().status == "FAILED", 20, "the outcome")
    assert plate_of(running_job) == NEW_PLATE
    assert running_job.events.filter(verb="fail").count() == 1


def test_nothing_counts_as_done_that_a_portal_has_answered(
    phone, cable, interception, assigned_job, running_job
):
    page = phone()
    open_job(page, "Blue One")
    portal = "**/api/smartcontrol/**"
    page.route(
        portal,
        lambda route: route.fulfill(
            status=200, content_type="text/html", body="<h1>Welcome to the Hotel</h1>"
        ),
    )
    type_plate(page, running_job, NEW_PLATE)
    fail(page, running_job, "Nobody is here.")
    waiting(page, 2)
    not_finished = "Not finished: access stays open until this is sent."
    expect(page.locator("main").get_by_text(not_finished)).to_be_visible()
    running_job.refresh_from_db()
    assert running_job.status == "RUNNING"
    assert [entry["tried"] for entry in kept_on(page)["queue"]] == [True, False]

    page.unroute(portal)
    page.evaluate("dispatchEvent(new Event('online'))")
    waiting(page, 0)
    running_job.refresh_from_db()
    assert (running_job.status, running_job.license_plate) == ("FAILED", NEW_PLATE)


def test_an_entry_outlives_a_proxy_that_has_no_server_behind_it(
    phone, cable, interception, running_job
):
    page = phone()
    open_job(page, "Blue One")
    calls = "**/api/smartcontrol/**"
    page.route(calls, lambda route: route.fulfill(status=502, body="<h1>Bad Gateway</h1>"))
    fail(page, running_job, "Nobody is here.")
    waiting(page, 1)
    page.unroute(calls)
    page.evaluate("dispatchEvent(new Event('online'))")
    waiting(page, 0)
    assert running_job.events.filter(verb="fail").count() == 1


def test_a_session_that_expired_holds_the_queue_until_the_person_signs_in(
    phone, cable, running_job, sign_in, installer
):
    page = phone()
    open_job(page, "Blue One")
    cable.pull()
    type_plate(page, running_job, NEW_PLATE)
    fail(page, running_job, "Nobody is here.")
    waiting(page, 2)
    Session.objects.all().delete()

    network_is_back(page, cable)
    expect(page.get_by_text("You are signed out. Sign in to send 2 entries")).to_be_visible()
    assert fillings(running_job) == []
    sign_in(installer)
    page.reload()
    wait_for(lambda: Job.objects.get().status == "FAILED", 20, "the outcome")
    waiting(page, 0)
    assert plate_of(running_job) == NEW_PLATE
    assert running_job.events.filter(verb="fail").count() == 1


def test_a_new_build_sends_what_an_older_one_has_left(phone, cable, running_job, monkeypatch):
    page = phone()
    open_job(page, "Blue One")
    cable.pull()
    type_plate(page, running_job, NEW_PLATE)
    waiting(page, 1)
    (before,) = kept_on(page)["queue"]
    monkeypatch.setattr(build, "name_of", lambda contents: "0123456789abcdef")
    build._build.cache_clear()
    try:
        cable.refuses = b" /api/"  # the new version arrives before anything is sent
        cable.plug_in()
        page.evaluate("async () => { await (await navigator.serviceWorker.ready).update(); }")
        expect(page.get_by_text("A new version is ready.")).to_be_visible()
        cable.pull()
        cable.refuses = b""
        (waits,) = kept_on(page)["queue"]
        tap(page, "Update now")
        expect(page.locator("html")).to_have_attribute("data-build", "0123456789abcdef")
        assert waits["key"] == before["key"]
        waiting(page, 1)
        network_is_back(page, cable)
        waiting(page, 0)
    finally:
        monkeypatch.undo()
        build._build.cache_clear()
    assert plate_of(running_job) == NEW_PLATE
    assert len(fillings(running_job)) == 1


def test_on_a_full_disk_nothing_is_shown_as_waiting_and_nothing_typed_is_lost(
    phone, cable, running_job
):
    page = phone()
    open_job(page, "Blue One")
    cable.pull()
    full = page.context.new_cdp_session(page)
    set_room(full, cable.url, 1)
    page.evaluate(UNTIL_FULL)
    save_plate(page, running_job, NEW_PLATE)
    expect(page.get_by_text("The phone's storage is full.")).to_be_visible()
    waiting(page, 0)
    expect(page.get_by_label("Licence plate")).to_have_value(NEW_PLATE)
    assert kept_on(page)["queue"] == []

    set_room(full, cable.url, None)
    tap(page, "Save")
    waiting(page, 1)
    network_is_back(page, cable)
    waiting(page, 0)
    assert plate_of(running_job) == NEW_PLATE


def test_what_waits_is_sent_from_a_disk_that_is_full_by_now(phone, cable, running_job):
    page = phone()
    open_job(page, "Blue One")
    cable.pull()
    type_plate(page, running_job, OLD_PLATE)
    waiting(page, 1)
    type_plate(page, running_job, NEW_PLATE)
    fail(page, running_job, "Nobody is here.")
    waiting(page, 3)
    full = page.context.new_cdp_session(page)
    set_room(full, cable.url, 1)
    page.evaluate(UNTIL_FULL)

    cable.plug_in()
    page.reload()
    wait_for(lambda: Job.objects.get().status == "FAILED", 20, "the outcome")
    waiting(page, 0)
    assert plate_of(running_job) == NEW_PLATE
    assert len(fillings(running_job)) == 2


@pytest.mark.parametrize("off", [DAY, -DAY], ids=["ahead", "behind"])
def test_a_clock_that_is_a_day_off_changes_nothing_but_what_is_said(
    page: Page, phone, cable, running_job, off
):
    said = datetime.now(UTC) + off
    page.clock.set_system_time(said)
    phone()
    open_job(page, "Blue One")
    cable.pull()
    type_plate(page, running_job, NEW_PLATE)
    waiting(page, 1)
    page.reload()
    waiting(page, 1)
    network_is_back(page, cable)
    waiting(page, 0)
    (event,) = running_job.events.filter(verb="fill_in")
    assert plate_of(running_job) == NEW_PLATE
    assert abs(event.occurred_at - said) < timedelta(hours=1)
    assert abs(event.at - datetime.now(UTC)) < timedelta(hours=1)
    assert not event.is_misdated


def test_an_entry_does_not_wait_for_a_day_when_the_clock_is_put_back(
    page: Page, phone, cable, running_job
):
    page.clock.set_system_time(datetime.now(UTC) + DAY)
    phone()
    open_job(page, "Blue One")
    cable.pull()
    type_plate(page, running_job, NEW_PLATE)
    waiting(page, 1)
    page.clock.set_system_time(datetime.now(UTC))
    cable.plug_in()  # and the phone does not notice it
    waiting(page, 0)
    assert plate_of(running_job) == NEW_PLATE
