"""Everybody's own pages, under the content security policy that all pages have."""

import pytest
from playwright.sync_api import Page, expect

from tests.factories.accounts import PASSWORD

PAGES = [
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/password/reset/",
    "/accounts/logout/",
    "/accounts/sessions/",
    "/accounts/2fa/",
]


def confirm(page: Page) -> None:
    """Who changes how he signs in says his password again."""
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()


@pytest.fixture
def authenticator(context, page):
    """A passkey that answers by itself."""
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
    }
    consent = {"isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options | consent})


@pytest.mark.parametrize("address", PAGES)
def test_each_page_is_accessible_in_every_look(
    page: Page, manager, sign_in, address, assert_accessible
):
    sign_in(manager)
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert_accessible(page)


def test_a_person_adds_a_passkey_and_signs_in_with_it(page: Page, manager, sign_in, authenticator):
    sign_in(manager)
    page.goto("/accounts/2fa/webauthn/add/")
    confirm(page)
    page.get_by_label("Name").fill("This computer")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("Recovery Codes").first).to_be_visible()
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("button", name="Your account")).to_be_visible()


def test_an_authenticator_app_is_set_up_from_a_code_to_scan(
    page: Page, manager, sign_in, assert_accessible
):
    sign_in(manager)
    page.goto("/accounts/2fa/totp/activate/")
    confirm(page)
    expect(page.locator("img.qr")).to_have_js_property("complete", True)
    assert page.locator("img.qr").evaluate("image => image.naturalWidth") > 0
    assert_accessible(page)
    page.get_by_label("Authenticator code").fill("000000")
    page.get_by_role("button", name="Activate").click()
    expect(page.get_by_role("alert")).to_contain_text("Incorrect code")
