"""*Settings ▸ Event consumers* by hand, wide and on a phone: a webhook, its secret, a test message that arrives."""

from threading import Event

import pytest
from playwright.sync_api import Page, expect
from standardwebhooks import Webhook

from accounts.channels.webhook import lanes
from accounts.models import EventConsumer, EventSubscription
from core.outbox.numbering import number_all
from core.outbox.relay import deliver


def relay() -> None:
    """One turn of it, as its process does."""
    number_all()
    for subscription in EventSubscription.objects.deliverable():
        deliver(subscription, Event())
    for lane in lanes():
        deliver(lane, Event())


@pytest.mark.parametrize("width", [1440, 390])
def test_an_admin_creates_a_webhook_and_sees_its_test_message_arrive(
    page: Page, fleet, fleet_admin, sign_in, assert_accessible, receiver, width
):
    page.set_viewport_size({"width": width, "height": 850})
    sign_in(fleet_admin)
    page.goto(f"/fleetcontrol/{fleet.pk}/settings/users/")
    page.get_by_role("link", name="Event consumers").click()
    expect(page.get_by_text("without polling")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="New event consumer").first.click()
    assert_accessible(page)
    page.get_by_role("link", name="Webhook", exact=True).click()
    page.get_by_role("textbox", name="Name").fill("Booking")
    page.get_by_label("Job changed").check()
    page.get_by_role("textbox", name="URL").fill("http://hooks.example.com/in")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The URL must begin with https://.").first).to_be_visible()
    assert_accessible(page)
    page.get_by_role("textbox", name="URL").fill("https://hooks.example.com/in")
    page.get_by_role("button", name="Save").click()
    secret = page.locator("#secret")
    expect(secret).to_be_visible()
    known = secret.inner_text()
    assert_accessible(page)

    page.get_by_role("link", name="I have it: continue").click()
    # The form refuses an address of this machine, where the receiver of the tests is.
    EventConsumer.objects.update(url=receiver.url)
    page.get_by_role("link", name="Send a test message").click()
    page.get_by_role("dialog").get_by_role("button", name="Send").click()
    expect(page.get_by_text("The test message is being sent.").first).to_be_visible()
    relay()
    expect(page.get_by_text("The test message arrived")).to_be_visible()
    [received] = receiver.received
    assert Webhook(known).verify(received.body, received.headers)["type"] == "TestMessage"
    page.reload()
    expect(page.locator("#log").get_by_text("Delivered")).to_be_visible()
    assert_accessible(page)

    page.get_by_role("link", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("The event consumer was removed.")).to_be_visible()
