"""*Settings ▸ API clients* by hand, wide and on a phone."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import ApiCall, ApiClient


@pytest.mark.parametrize("width", [1440, 390])
def test_an_admin_creates_changes_and_revokes_a_client(
    page: Page, fleet, fleet_admin, sign_in, assert_accessible, width
):
    page.set_viewport_size({"width": width, "height": 850})
    sign_in(fleet_admin)
    page.goto(f"/fleetcontrol/{fleet.pk}/settings/users/")
    page.get_by_role("link", name="API clients").click()
    page.get_by_role("link", name="New API client").click()
    page.get_by_role("textbox", name="Name").fill("Booking")
    page.get_by_label("Read jobs").check()
    page.get_by_label("Allowed IP addresses").fill("nowhere")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Not an IP address or network: nowhere.").first).to_be_visible()
    page.get_by_label("Allowed IP addresses").fill("192.0.2.0/24")
    page.get_by_role("button", name="Save").click()
    secret = page.locator("#secret")
    expect(secret).to_be_visible()
    first = secret.inner_text()
    assert_accessible(page)

    page.get_by_role("link", name="I have it: continue").click()
    client = ApiClient.objects.select_related("fleet").get()
    ApiCall.objects.record(
        client, method="GET", path="/jobs", status=403, code="missing_permissions", flow_id="f10w"
    )
    page.reload()
    expect(page.get_by_text("missing_permissions")).to_be_visible()
    expect(page.get_by_text("f10w")).to_be_visible()
    assert_accessible(page)

    page.get_by_role("link", name="New secret").click()
    page.get_by_label("works for 24 more hours").check()
    page.get_by_role("button", name="Create secret").click()
    expect(secret).to_be_visible()
    assert secret.inner_text() != first

    page.get_by_role("link", name="I have it: continue").click()
    page.get_by_role("link", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("The API client was revoked.")).to_be_visible()
    assert not ApiClient.objects.working().exists()
