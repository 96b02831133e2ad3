"""Times on the phone: those of the server, whatever its own clock says."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from telematics.models import Key
from tests.browser.smartcontrol.phone import screen

DAY = timedelta(days=1)


@pytest.mark.parametrize("off", [DAY, -DAY], ids=["ahead", "behind"])
def test_the_lease_is_counted_by_the_servers_clock(
    page: Page, cable, sign_in, configured_job, installer, off
):
    page.clock.set_system_time(datetime.now(UTC) + off)
    sign_in(installer)
    page.goto(cable.url + screen(configured_job, "vehicle"))
    expect(page.get_by_text("Access: 7 h 59 min left")).to_be_visible()
    expect(page.get_by_role("button", name="Unlock")).to_be_visible()


def test_the_vehicle_is_gone_from_the_screen_when_the_access_ends_also_without_a_network(
    page: Page, interception, cable, sign_in, reads, configured_job, installer
):
    ends = datetime.now(UTC) + timedelta(seconds=15)
    Key.objects.filter(access__job=configured_job).update(ends_at=ends)
    sign_in(installer)
    page.goto(cable.url + screen(configured_job, "vehicle"))
    unlock = page.get_by_role("button", name="Unlock")
    expect(unlock).to_be_visible()
    reads.stop()
    expect(page.get_by_text("Your access to this vehicle is over.")).to_be_visible()
    expect(unlock).to_have_count(0)
    assert datetime.now(UTC) >= ends - timedelta(seconds=1)
