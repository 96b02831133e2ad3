"""Signing in, as a person sees it."""

from playwright.sync_api import Page, expect

from tests.factories.accounts import PASSWORD


def test_the_page_to_sign_in_is_accessible_in_every_look(page: Page, assert_accessible):
    page.goto("/accounts/login/")

    expect(page.locator("input[name=login]")).to_be_visible()
    assert_accessible(page)


def test_a_manager_signs_in_with_e_mail_and_password(page: Page, manager, fleet):
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(manager.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")

    expect(page).not_to_have_url("**/accounts/login/")
    page.goto("/accounts/login/")
    expect(page.locator("input[name=login]")).to_have_count(0)
