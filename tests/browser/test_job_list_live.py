"""The job list while others work: what changes is seen within seconds, where it stands, and what is
old is said to be.
"""

import re

import pytest
from playwright.sync_api import Page, expect

from jobs.models import Job
from tests.factories.jobs import JobFactory

SOON = 4000  # ms; a look every two seconds, and the time that it takes


@pytest.fixture
def opened(page: Page, sign_in, manager, fleet, jobs):
    """`opened(sort="-updated_at")`: the list of installation jobs, ten to a page."""
    sign_in(manager)

    def show(**query) -> Page:
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        page.goto(f"/fleetcontrol/{fleet.pk}/jobs/installation/?page_size=10&{asked}")
        return page

    return show


def row_of(page: Page, job):
    return page.locator(f'[id="{job.pk}"]')


@pytest.mark.parametrize(
    "query", [{"sort": "-updated_at"}, {"search": "car"}, {"status": "PENDING"}]
)
def test_a_change_is_seen_where_the_row_stands_in_every_order_and_filter(
    query, opened, jobs, manager, partnership
):
    page = opened(**query)
    page.set_viewport_size({"width": 1400, "height": 420})
    ordered = [row.get_attribute("id") for row in page.locator("#rows tr").all()]
    changed = next(job for job in jobs if job.pk == ordered[5])
    row_of(page, changed).scroll_into_view_if_needed()
    before = row_of(page, changed).bounding_box()["y"]
    changed.assign(partnership.company, by=manager)

    gone = "status" in query
    if gone:
        expect(row_of(page, changed)).to_have_class("gone", timeout=SOON)
    else:
        expect(row_of(page, changed).locator('[data-status="ASSIGNED"]')).to_be_visible(
            timeout=SOON
        )
        expect(row_of(page, changed)).not_to_have_class(re.compile("gone"))
    expect(page.locator(".new-rows")).to_have_count(0)
    assert [row.get_attribute("id") for row in page.locator("#rows tr").all()] == ordered
    assert row_of(page, changed).bounding_box()["y"] == before
    expect(page.locator("#status-tabs")).to_contain_text("Assigned 1")


def test_a_row_that_moved_away_goes_on_changing(opened, jobs, manager, partnership):
    page = opened(sort="-updated_at")
    jobs[4].assign(partnership.company, by=manager)
    expect(row_of(page, jobs[4]).locator('[data-status="ASSIGNED"]')).to_be_visible(timeout=SOON)
    Job.objects.filter(pk=jobs[4].pk).update(status="DELETED", version=9)
    expect(row_of(page, jobs[4])).to_have_class(re.compile("gone"), timeout=SOON)


def test_how_many_there_are_is_kept_up_to_date_everywhere(opened, manager, fleet):
    page = opened()
    expect(page.locator("#kind-tabs")).to_contain_text("Maintenance Jobs 0")
    page.locator("[data-select-all]").check()
    JobFactory(by=manager, fleet=fleet, kind=Job.Kind.MAINTENANCE)
    JobFactory(by=manager, fleet=fleet)
    expect(page.locator("#kind-tabs")).to_contain_text("Installation Jobs 13", timeout=SOON)
    expect(page.locator("#kind-tabs")).to_contain_text("Maintenance Jobs 1")
    expect(page.get_by_label("all 13 that match")).to_be_visible()


def test_on_a_phone_the_tabs_stand_where_they_were_drawn_to(opened, manager, fleet, jobs):
    page = opened(status="FAILED")
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    tabs = page.locator("#status-tabs")
    expect(tabs.get_by_role("link", name="Failed")).to_be_in_viewport(ratio=1)
    tabs.evaluate("tabs => tabs.scrollLeft = 40")
    JobFactory(by=manager, fleet=fleet)
    expect(tabs).to_contain_text("Pending 13", timeout=SOON)
    assert tabs.evaluate("tabs => tabs.scrollLeft") == 40


def test_a_job_deleted_by_a_colleague_is_marked_and_the_list_stays_up_to_date(
    opened, jobs, manager, console_errors
):
    page = opened()
    page.get_by_role("link", name="Car 11").click()
    expect(page.locator("#panel h2").first).to_have_text("Car 11")
    jobs[0].delete_by(by=manager)
    expect(row_of(page, jobs[0])).to_have_class("gone", timeout=SOON)
    jobs[1].delete_by(by=manager)
    expect(row_of(page, jobs[1])).to_have_class("gone", timeout=SOON)
    expect(page.locator("[data-updated]")).to_contain_text("Live")
    console_errors.clear()


@pytest.mark.parametrize("where", ["panel", "page"])
def test_the_details_of_a_running_job_follow_what_is_done_in_the_garage(
    where, page: Page, sign_in, manager, fleet, configured_job, installer
):
    sign_in(manager)
    beside = f"jobs/installation/?job={configured_job.pk}"
    page.goto(
        f"/fleetcontrol/{fleet.pk}/{beside if where == 'panel' else f'jobs/{configured_job.pk}/'}"
    )
    tests = page.locator(".panel .tests")
    expect(tests).to_contain_text("not run yet")
    configured_job.request_tests(by=installer, kinds=["CONNECTIVITY"])
    expect(tests.locator("[data-status]").first).to_be_visible(timeout=SOON)


@pytest.mark.usefixtures("interception")
def test_trouble_is_one_quiet_line_that_goes_away_by_itself(
    opened, jobs, page: Page, console_errors
):
    page.clock.install()
    opened()
    line = page.locator("[data-updated]")
    page.clock.run_for(1000)
    expect(line).to_contain_text("Live")

    page.route(
        "**/*live=*", lambda route: route.fulfill(status=503, body="<main><p>Back soon</p></main>")
    )
    page.clock.run_for(3000)
    expect(line).to_contain_text("No connection, last updated at")
    asked = []
    page.on(
        "request", lambda request: asked.append(request.url) if "live=" in request.url else None
    )
    for _n in range(20):
        page.clock.run_for(3000)
    assert 2 <= len(asked) <= 6  # less and less often
    expect(page.locator("#toasts")).to_be_empty()

    page.unroute("**/*live=*")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(line).to_contain_text("Live")
    expect(line).not_to_contain_text("No connection")
    console_errors.clear()
