"""The first page of the demo, by keyboard, wide and narrow, light and dark, in both languages."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from core.models import DemoMark


@pytest.fixture
def demo(settings, fleet, manager, installer, unit):
    settings.DEMO = True
    User.objects.update(is_demo=True)
    DemoMark.objects.claim()


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_first_page_of_the_demo_is_accessible(demo, page: Page, assert_accessible, language):
    page.set_extra_http_headers({"Accept-Language": language})
    page.goto("/")
    expect(page.locator(".tour > li")).to_have_count(5)
    assert_accessible(page)


def test_a_step_of_the_tour_is_taken_by_keyboard_and_the_menu_leads_back(
    demo, page: Page, assert_accessible
):
    page.goto("/")
    page.get_by_role("button", name="Write a job as Manager").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="New installation job")).to_be_visible()
    assert_accessible(page)

    page.get_by_role("button", name="Demo").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Mails of the demo").press("Enter")
    expect(page.get_by_role("heading", level=1, name="Mails of the demo")).to_be_visible()
