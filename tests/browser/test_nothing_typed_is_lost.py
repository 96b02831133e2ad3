"""What somebody has typed survives a double click, an ended session, an expired form and a slow line."""

import pytest
from django.conf import settings
from playwright.sync_api import Page, Route, expect

from jobs.models import Job
from tests.factories.accounts import PASSWORD


@pytest.fixture
def form(page: Page, sign_in, manager, fleet, partnership, vehicle_model):
    sign_in(manager)
    page.on("dialog", lambda dialog: dialog.dismiss())  # nobody is asked whether to leave
    page.goto(f"/fleetcontrol/{fleet.pk}/jobs/new/")
    return page


def test_a_double_click_saves_one_job(form: Page):
    form.get_by_label("Custom name").fill("Blue")
    form.get_by_role("button", name="Save", exact=True).dblclick()
    expect(form.get_by_text("was saved.")).to_be_visible()
    assert Job.objects.count() == 1


def test_a_session_that_ends_while_the_form_follows_a_choice_takes_nothing_with_it(
    form: Page, manager, vehicle_model
):
    form.get_by_label("Custom name").fill("Blue")
    form.locator("summary", has_text="Tests and photos").click()
    form.get_by_label("Ignition").check()
    form.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    form.get_by_label("Vehicle model").select_option(vehicle_model.pk)
    form.locator("input[name=login]").fill(manager.email)
    form.locator("input[name=password]").fill(PASSWORD)
    form.locator("input[name=password]").press("Enter")
    expect(form.get_by_label("Custom name")).to_have_value("Blue")
    expect(form.get_by_label("Ignition")).to_be_checked()
    expect(form.get_by_label("Vehicle model")).to_have_value(vehicle_model.pk)


def test_what_was_said_in_a_dialog_is_still_there_after_signing_in_again(
    form: Page, assigned_job, manager, fleet
):
    form.goto(f"/fleetcontrol/{fleet.pk}/jobs/installation/?job={assigned_job.pk}")
    form.get_by_role("link", name="Ask the partner to hand it back").click()
    form.get_by_label("Reason").fill("Wrong car")
    form.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    form.get_by_role("button", name="Ask the partner").click()
    form.locator("input[name=login]").fill(manager.email)
    form.locator("input[name=password]").fill(PASSWORD)
    form.locator("input[name=password]").press("Enter")
    expect(form.get_by_label("Reason")).to_have_value("Wrong car")


def test_a_question_that_was_closed_keeps_nobody_on_the_page(form: Page, assigned_job, fleet):
    form.goto(f"/fleetcontrol/{fleet.pk}/jobs/installation/?job={assigned_job.pk}")
    form.get_by_role("link", name="Ask the partner to hand it back").click()
    form.get_by_label("Reason").fill("Wrong car")
    form.locator("dialog[open]").get_by_text("Cancel").click()
    form.get_by_role("link", name="Vehicles").click()
    expect(form).to_have_url(f"/fleetcontrol/{fleet.pk}/vehicles/")


def test_a_form_that_has_expired_is_opened_again_with_all_that_was_typed(
    form: Page, console_errors
):
    """Whoever signs in beside it, in another tab, has forms there that are not his any more."""
    form.get_by_label("Custom name").fill("Blue")
    form.locator("summary", has_text="Tests and photos").click()
    form.get_by_label("Ignition").check()
    form.context.clear_cookies(name=settings.CSRF_COOKIE_NAME)
    form.get_by_role("button", name="Save", exact=True).click()
    form.get_by_role("link", name="Open the form again").click()
    expect(form.get_by_label("Custom name")).to_have_value("Blue")
    expect(form.get_by_label("Ignition")).to_be_checked()
    form.get_by_role("button", name="Save", exact=True).click()
    expect(form.get_by_text("was saved.")).to_be_visible()
    console_errors[:] = [text for text in console_errors if "403" not in text]


@pytest.mark.usefixtures("interception")
def test_what_is_typed_while_the_form_follows_a_choice_stays(form: Page, vehicle_model):
    waiting: list[Route] = []
    form.route("**/follow/", lambda route: waiting.append(route))
    form.get_by_label("Vehicle model").select_option(vehicle_model.pk)
    form.get_by_label("Year of production").fill("2020")
    form.locator("summary", has_text="Tests and photos").click()
    form.get_by_label("Ignition").check()
    waiting[0].continue_()
    expect(form.get_by_label("Brand")).to_have_value(vehicle_model.brand)
    expect(form.get_by_label("Year of production")).to_have_value("2020")
    expect(form.get_by_label("Ignition")).to_be_checked()


def test_whoever_thinks_better_of_a_question_is_where_he_was(opened: Page, jobs):
    dots = opened.get_by_role("button", name=f"More about {jobs[2].custom_name}")
    dots.press("Enter")
    opened.get_by_role("link", name="Delete…").press("Enter")
    expect(opened.locator("dialog[open]")).to_be_visible()
    opened.keyboard.press("Escape")
    expect(dots).to_be_focused()
    opened.get_by_role("button", name="New Job").press("ArrowDown")
    opened.get_by_role("link", name="Create Multiple Jobs").press("Enter")
    expect(opened.locator("dialog[open]")).to_be_visible()
    opened.keyboard.press("Escape")
    expect(opened.get_by_role("button", name="New Job")).to_be_focused()


def test_a_row_that_is_gone_does_not_show_the_menu_or_the_question_of_another(
    opened: Page, jobs, manager, console_errors
):
    shown, gone, assigned = jobs[:3]
    opened.get_by_role("button", name=f"More about {shown.custom_name}").click()
    opened.get_by_role("link", name="Delete…").click()
    opened.locator("dialog[open]").get_by_text("Cancel").click()
    opened.get_by_role("button", name=f"More about {assigned.custom_name}").click()
    expect(opened.get_by_role("link", name="Delete…")).to_be_visible()
    Job.objects.filter(pk__in=[gone.pk, assigned.pk]).delete_all(fleet=gone.fleet, by=manager)
    opened.get_by_role("link", name="Delete…").click()
    expect(opened.locator(".toasts .notice")).to_be_visible()
    expect(opened.locator("dialog[open]")).to_have_count(0)
    opened.get_by_role("button", name=f"More about {gone.custom_name}").click()
    expect(opened.locator(".toasts .notice")).to_have_count(2)
    expect(opened.locator("#shared-menu")).to_be_hidden()
    console_errors[:] = [text for text in console_errors if "404" not in text]


def test_whoever_goes_back_to_a_form_that_he_has_saved_is_told(form: Page):
    form.get_by_label("Custom name").fill("Blue")
    form.get_by_role("button", name="Save", exact=True).click()
    expect(form.get_by_text("was saved.")).to_be_visible()
    form.go_back()
    expect(form.get_by_text("You have already saved this form.")).to_be_visible()
    form.reload()
    expect(form.get_by_label("Custom name")).to_be_visible()
    expect(form.get_by_text("You have already saved this form.")).to_have_count(0)
