"""Every screen on the phone: axe finds nothing in either theme, targets are large, nothing sticks out at the side."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import ONLY_COLOURS, violations
from tests.browser.smartcontrol.phone import APP, heading, screen, tap
from tests.factories.jobs import JobPhotoFactory

SMALLEST = 44
# Of each link and button the larger of its own box and its label's: what a thumb has to hit.
SMALL_TARGETS = """(smallest) => [...document.querySelectorAll("a, button, select, input, textarea")]
  .filter((target) => !target.matches(".skip, [type=radio]") && target.checkVisibility())
  .filter((target) => target.getBoundingClientRect().height < smallest - 0.5)
  .map((target) => target.outerHTML.slice(0, 120))"""
FITS = "document.documentElement.scrollWidth <= innerWidth"


def check(page: Page) -> None:
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    assert not violations(page)
    assert page.evaluate(SMALL_TARGETS, SMALLEST) == []
    assert page.evaluate(FITS), "scrolls sideways"
    page.emulate_media(color_scheme="dark")
    assert not violations(page, ONLY_COLOURS)
    page.emulate_media(color_scheme="light")


@pytest.fixture
def phone(page: Page, sign_in, company_admin):
    sign_in(company_admin)
    return page


def test_the_screen_to_sign_in_is_accessible(page: Page, live_server):
    page.goto(APP)
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    check(page)


def test_lists_and_a_job_are_accessible(phone, assigned_job):
    phone.goto(APP)
    expect(phone.get_by_role("link", name="Blue One")).to_be_visible()
    check(phone)
    phone.goto(screen(assigned_job))
    expect(heading(phone, "Blue One")).to_be_visible()
    check(phone)
    phone.goto(screen(assigned_job, "handback"))
    expect(heading(phone, "Hand Back Job")).to_be_visible()
    check(phone)
    for name, title in (("waiting", "Waiting"), ("account", "Account")):
        phone.goto(f"{APP}#/{name}")
        expect(heading(phone, title)).to_be_visible()
        check(phone)


def test_every_step_of_the_work_is_accessible(page: Page, sign_in, proven_job, installer):
    sign_in(installer)
    titles = ("Unit", "Vehicle data", "Configuration", "Tests", "Photos", "Outcome")
    for title in titles:
        page.goto(screen(proven_job, f"work/{title.upper().replace(' ', '_')}"))
        expect(heading(page, title)).to_be_visible()
        check(page)
    page.get_by_label("Failed").check()
    check(page)
    page.goto(screen(proven_job, "vehicle"))
    expect(page.get_by_role("heading", name="State")).to_be_visible()
    check(page)


def test_the_record_of_a_finished_job_is_accessible(page: Page, sign_in, proven_job, installer):
    JobPhotoFactory(job=proven_job)
    proven_job.succeed(by=installer)
    sign_in(installer)
    page.goto(screen(proven_job))
    expect(page.get_by_role("img", name="Photo: Mounting")).to_be_visible()
    expect(page.get_by_text("Not set")).to_have_count(0)
    check(page)


def test_a_new_screen_takes_the_focus_to_its_heading(phone, assigned_job):
    phone.goto(APP)
    phone.get_by_role("link", name="Blue One").press("Enter")
    expect(heading(phone, "Blue One")).to_be_focused()


def test_a_question_closes_with_escape_and_changes_nothing(
    page: Page, sign_in, running_job, colleague
):
    sign_in(colleague)
    page.goto(screen(running_job))
    tap(page, "Take Over")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    running_job.refresh_from_db()
    assert running_job.assignee != colleague
