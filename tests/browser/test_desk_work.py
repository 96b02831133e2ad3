"""A manager's day at the desk: jobs that went to the wrong partner, refused invitations, long forms, a server away."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Partnership
from jobs.models import HandbackRequest, Job
from tests.factories.jobs import JobFactory

VIN = "WVWZZZ1KZAW000001"


def test_jobs_of_the_wrong_partner_are_asked_back_in_four_clicks(
    opened: Page, jobs, partnership, manager
):
    Job.objects.all().assign_all(partnership.company, fleet=partnership.fleet, by=manager)
    opened.reload()
    opened.get_by_label("Select all rows").click()
    opened.locator(".bulk-bar").get_by_label(re.compile("all")).click()
    opened.locator(".bulk-bar").get_by_role("button", name="Ask Back").click()
    opened.get_by_label("Reason").fill("Wrong partner")
    opened.get_by_role("button", name="Ask the partner (12)").click()
    expect(opened.get_by_text("12 jobs were asked back.")).to_be_visible()
    expect(opened.locator("#rows [data-status=ASKED_BACK]")).to_have_count(10)
    assert HandbackRequest.objects.open().count() == 12


def test_a_refused_invitation_stays_in_its_dialog_and_the_first_one_is_sent_again(
    page: Page, sign_in, manager, fleet
):
    Partnership.invite(fleet=fleet, email="new@partner.example", by=manager)
    sign_in(manager)
    page.goto(f"/fleetcontrol/{fleet.pk}/partners/")
    page.get_by_role("link", name="Invite").first.click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("E-mail of the partner").fill("new@partner.example")
    page.keyboard.press("Enter")
    expect(dialog.locator(".error-summary")).to_contain_text("invited already")
    expect(dialog.get_by_label("E-mail of the partner")).to_have_value("new@partner.example")
    dialog.get_by_role("button", name="Resend").click()
    expect(page.get_by_text(re.compile("a moment ago|A new link is being sent"))).to_be_visible()
    expect(page).to_have_url(re.compile("/partners/$"))


def test_the_panel_recovers_with_the_list(opened: Page, jobs, console_errors):
    wanted = f"**/jobs/{jobs[1].pk}/"
    opened.route(wanted, lambda route: route.abort())
    opened.get_by_role("link", name=jobs[1].custom_name).click()
    expect(opened.locator("#panel")).to_contain_text("cannot be reached")
    opened.unroute_all()
    expect(opened.locator("#panel")).to_contain_text("History", timeout=8000)
    console_errors.clear()


@pytest.mark.parametrize("width", [1440, 390])
def test_a_toast_covers_no_button_that_saves(width, page: Page, sign_in, manager, fleet):
    sign_in(manager)
    page.set_viewport_size({"width": width, "height": 850})
    page.goto(f"/fleetcontrol/{fleet.pk}/jobs/new/")
    page.evaluate(
        "document.dispatchEvent(new CustomEvent('toast', {detail: {text: 'It broke.', kind: 'error'}}))"
    )
    expect(page.locator(".toasts .notice")).to_be_visible()
    toast = page.locator(".toasts .notice").bounding_box()
    save = page.get_by_role("button", name="Save", exact=True).bounding_box()
    assert toast["y"] + toast["height"] < save["y"]


@pytest.mark.parametrize("width", [1440, 390])
def test_a_vin_is_one_line(width, page: Page, sign_in, manager, fleet):
    job = JobFactory(by=manager, fleet=fleet, vin=VIN, custom_name="Blue")
    sign_in(manager)
    page.set_viewport_size({"width": width, "height": 850})
    page.goto(f"/fleetcontrol/{fleet.pk}/jobs/{job.pk}/")
    code = page.get_by_role("button", name=VIN)
    assert code.bounding_box()["height"] < 30
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_an_assigned_job_says_so_and_is_asked_back_from_its_edit_page(
    page: Page, sign_in, manager, fleet, assigned_job, console_errors, assert_accessible
):
    sign_in(manager)
    page.goto(f"/fleetcontrol/{fleet.pk}/jobs/{assigned_job.pk}/edit/")
    expect(page.get_by_text("Blue One is assigned to QuickInstall")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Ask the partner to hand it back").click()
    page.locator("dialog[open]").get_by_label("Reason").fill("Wrong partner")
    page.locator("dialog[open]").get_by_role("button", name="Ask the partner").click()
    expect(page.get_by_text("The partner was asked to hand back Blue One.")).to_be_visible()
    console_errors.clear()
