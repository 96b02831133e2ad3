"""The phone's app without a network: what is queued is sent later, and once."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from jobs.models import Job
from tests.browser.smartcontrol.phone import APP, Reads, confirm, heading, open_job, screen, tap
from tests.product import wait_for


def fill_in(page: Page, name: str) -> None:
    page.get_by_label("Licence plate").fill(name)
    tap(page, "Save")


def fillings(job: Job) -> int:
    return job.events.filter(verb="fill_in").count()


def network_is_back(page: Page) -> None:
    page.evaluate("dispatchEvent(new Event('online'))")


def test_what_was_filled_in_without_a_network_is_sent_once_it_is_back(phone, cable, running_job):
    page = phone()
    open_job(page, "Blue One")
    cable.pull()
    page.reload()
    expect(heading(page, "Blue One")).to_be_visible()
    expect(page.get_by_text("No network.")).to_be_visible()
    page.goto(f"{cable.url}{APP}#/jobs/{running_job.pk}/work/VEHICLE_DATA")
    fill_in(page, "B QX 2041")

    expect(page.get_by_role("link", name="1 waiting")).to_be_visible()
    assert fillings(running_job) == 0
    page.reload()  # a killed tab loses nothing
    expect(page.get_by_role("link", name="1 waiting")).to_be_visible()

    cable.plug_in()
    network_is_back(page)
    expect(page.get_by_role("link", name="1 waiting")).to_have_count(0)
    running_job.refresh_from_db()
    assert running_job.license_plate == "B QX 2041"
    assert fillings(running_job) == 1


def test_a_lost_answer_is_fetched_again_and_nothing_is_done_twice(phone, cable, running_job):
    page = phone()
    page.goto(f"{cable.url}{APP}#/jobs/{running_job.pk}/work/VEHICLE_DATA")
    expect(heading(page, "Vehicle data")).to_be_visible()
    cable.swallows = True
    fill_in(page, "B QX 2041")
    expect(page.get_by_role("link", name="1 waiting")).to_be_visible()
    wait_for(lambda: fillings(running_job) == 1, 20, "the request has arrived")

    cable.swallows = False
    network_is_back(page)
    expect(page.get_by_role("link", name="1 waiting")).to_have_count(0)
    assert fillings(running_job) == 1


def test_a_tap_that_is_repeated_because_no_answer_came_is_carried_out_once(
    phone, interception, cable, reads, configured_job
):
    page = phone()
    page.goto(cable.url + screen(configured_job, "work/TESTS"))
    renew = page.get_by_role("button", name="Renew")
    expect(renew).to_be_visible()
    reads.stop()  # the phone does not learn by them what was done
    cable.swallows = True
    renew.click()
    expect(page.get_by_text("This needs the network.")).to_be_visible()
    wait_for(lambda: renewals(configured_job) == 1, 20, "the request has arrived")

    cable.swallows = False
    renew.click()
    expect(page.get_by_text("This needs the network.")).to_have_count(0)
    expect(renew).to_be_enabled()
    assert renewals(configured_job) == 1
    renew.click()  # what was answered is over: this is another request
    wait_for(lambda: renewals(configured_job) == 2, 20, "the next renewal")


RUN = re.compile("Run . tests")


@pytest.mark.parametrize("then", ["the app goes on", "the app is killed"])
def test_tests_that_the_phone_does_not_know_to_have_run_are_not_run_again(
    then, phone, interception, cable, reads, configured_job, installer
):
    page = phone()
    path = f"jobs/{configured_job.pk}/"
    page.goto(cable.url + screen(configured_job, "work/TESTS"))
    run = page.get_by_role("button", name=RUN)
    expect(run).to_be_enabled()
    url = f"{cable.url}/api/smartcontrol/v1/{path}"
    before = page.request.get(url, headers={"X-Person": str(installer.pk)}).json()
    # Something else has changed meanwhile, and the phone reads that.
    reads.stand_still(path, {**before, "tag": 'W/"1.another"'})
    cable.swallows = True
    run.click()
    expect(page.get_by_text("This needs the network.")).to_be_visible()
    wait_for(configured_job.tests.exists, 20, "the request has arrived")
    configured_job.tests.update(status="PASSED")

    cable.swallows = False
    if then == "the app is killed":
        page.reload()
    expect(run).to_be_enabled()
    with page.expect_response(re.compile("/tests/$")) as answer:
        run.click()
    assert answer.value.status == 202
    assert set(configured_job.tests.values_list("attempt", flat=True)) == {1}
    expect(page.get_by_role("link", name="Continue", exact=True)).to_be_visible()


def test_tests_that_were_requested_are_not_offered_before_the_phone_can_read_the_job(
    phone, interception, cable, reads, configured_job
):
    page = phone()
    page.goto(cable.url + screen(configured_job, "work/TESTS"))
    run = page.get_by_role("button", name=RUN)
    expect(run).to_be_enabled()
    reads.stop()
    run.click()
    expect(page.get_by_text("Tests are running")).to_be_visible()
    expect(run).to_have_count(0)
    assert configured_job.tests.exists()


def test_what_the_phone_has_kept_offers_no_test_before_it_is_read_again(
    phone, interception, cable, reads, configured_job
):
    page = phone()
    page.goto(cable.url + screen(configured_job, "work/TESTS"))
    run = page.get_by_role("button", name=RUN)
    expect(run).to_be_enabled()
    reads.stop()
    page.reload()
    expect(run).to_be_disabled()
    reads.go_on()
    network_is_back(page)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(run).to_be_enabled()


def test_who_is_signed_in_is_not_read_with_each_check(phone, cable, reads, configured_job):
    configured_job.request_tests(by=configured_job.assignee)  # every two seconds while they run
    page = phone()
    began = len(reads.paths)
    wait_for(lambda: checks(page, reads, began) >= 3, 60, "three checks")
    assert "me/" not in reads.paths[began:]
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    wait_for(lambda: checks(page, reads, began, "me/") == 1, 20, "the app comes to the front")


def checks(page: Page, reads: Reads, began: int, path: str = "jobs/index/") -> int:
    page.wait_for_timeout(100)
    return reads.paths[began:].count(path)


def renewals(job: Job) -> int:
    return job.events.filter(verb="renew").count()


def test_what_is_typed_while_an_answer_is_awaited_is_not_taken_away(
    phone, interception, cable, running_job
):
    page = phone()
    page.goto(cable.url + screen(running_job, "work/VEHICLE_DATA"))
    held: list[Route] = []
    page.route("**/fields/", lambda route: held.append(route))
    fill_in(page, "B QX 2041")
    expect(page.get_by_role("link", name="1 waiting")).to_be_visible()
    page.get_by_role("textbox", name="VIN").fill("WVWZZZ1KZAW000001")
    expect(page.get_by_role("button", name="One moment")).to_be_visible()
    for route in held:
        route.fallback()
    page.unroute("**/fields/")
    expect(page.get_by_role("button", name="Save")).to_be_enabled()
    expect(page.get_by_role("textbox", name="VIN")).to_have_value("WVWZZZ1KZAW000001")
    tap(page, "Save")
    expect(heading(page, "Vehicle data")).to_have_count(0)
    running_job.refresh_from_db()
    assert (running_job.license_plate, running_job.vin) == ("B QX 2041", "WVWZZZ1KZAW000001")


def test_a_job_taken_and_filled_in_without_a_network_is_the_persons_afterwards(
    phone, cable, assigned_job, installer
):
    page = phone()
    open_job(page, "Blue One")
    cable.pull()
    tap(page, "Assign Job to Me")
    expect(page.get_by_text("The job is yours once the server confirms it")).to_be_visible()
    page.goto(f"{cable.url}{APP}#/jobs/{assigned_job.pk}/work/VEHICLE_DATA")
    fill_in(page, "B QX 2041")
    expect(page.get_by_role("link", name="2 waiting")).to_be_visible()

    cable.plug_in()
    network_is_back(page)
    expect(page.get_by_role("link", name=re.compile("waiting"))).to_have_count(0)
    assigned_job.refresh_from_db()
    assert (assigned_job.assignee, assigned_job.license_plate) == (installer, "B QX 2041")


def test_a_job_that_is_withdrawn_without_a_network_is_not_withdrawn_again(
    phone, cable, running_job
):
    page = phone()
    open_job(page, "Blue One")
    cable.pull()
    tap(page, "Withdraw Job")
    confirm(page, "Withdraw Job")
    expect(page.get_by_role("link", name="1 waiting")).to_be_visible()
    expect(page.get_by_role("button", name="Withdraw Job")).to_have_count(0)

    cable.plug_in()
    network_is_back(page)
    expect(page.get_by_role("button", name="Assign Job to Me")).to_be_visible()
    running_job.refresh_from_db()
    assert running_job.status == "ASSIGNED"


def test_a_refused_entry_shows_what_was_tried_beside_what_is(phone, cable, assigned_job, colleague):
    page = phone()
    open_job(page, "Blue One")
    cable.pull()
    tap(page, "Assign Job to Me")
    expect(page.get_by_role("link", name="1 waiting")).to_be_visible()
    assigned_job.take(by=colleague)

    cable.plug_in()
    network_is_back(page)
    page.get_by_role("link", name="1 waiting").click()
    expect(page.get_by_text("Colleague is working on this job.", exact=True)).to_be_visible()
    expect(page.get_by_text("Running · Colleague")).to_be_visible()
    tap(page, "Discard")
    page.get_by_role("dialog").get_by_role("button", name="Discard").click()
    expect(page.get_by_text("Everything has been sent.")).to_be_visible()
