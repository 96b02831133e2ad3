"""The app at a URL that is neither https nor localhost, as a phone reaches `bin/run --host 0.0.0.0`."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.browser.smartcontrol.phone import APP, heading, screen, tap
from tests.cast.browser import sign_in_to
from tests.product import wait_for

HOST = "fleet.test"


@pytest.fixture
def browser(playwright: Playwright, browser_type_launch_args: dict) -> Iterator[Browser]:
    flags = [*browser_type_launch_args["args"], f"--host-resolver-rules=MAP {HOST} 127.0.0.1"]
    browser = playwright.chromium.launch(**{**browser_type_launch_args, "args": flags})
    yield browser
    browser.close()


@pytest.fixture
def url(live_server, settings) -> str:
    settings.ALLOWED_HOSTS = [HOST]
    return f"http://{HOST}:{live_server.thread.port}"


def test_without_https_the_app_says_what_is_missing_and_typing_works(
    page: Page, url, running_job, unit, installer, console_errors
):
    sign_in_to(page.context, url, installer)
    page.goto(f"{url}{screen(running_job, 'work/UNIT')}")
    expect(page.get_by_text("Camera and offline use need a secure connection")).to_be_visible()
    assert not page.evaluate("isSecureContext")
    expect(page.get_by_role("button", name="Scan")).to_have_count(0)
    page.get_by_label("QNR of the unit").fill(unit.pk)
    tap(page, "Link unit")
    expect(heading(page, "Vehicle data")).to_be_visible()
    page.get_by_label("Licence plate").fill("B QX 2041")
    tap(page, "Save")
    wait_for(lambda: plate_of(running_job) == "B QX 2041", 20, "the plate")
    expect(heading(page, "Configuration")).to_be_visible()

    page.goto(f"{url}{APP}#/waiting")
    with page.expect_download() as report:
        tap(page, "Send report")
    contents = json.loads(report.value.path().read_text())
    assert contents["queue"] == []
    linked = [call for call in contents["calls"] if call["method"] == "PUT"]
    assert [(call["path"], call["status"]) for call in linked] == [("jobs/…/unit/", 200)]
    assert linked[0]["flow_id"]
    assert unit.pk not in str(contents)
    # Which the browser says of such a URL by itself.
    console_errors[:] = [text for text in console_errors if "untrustworthy" not in text]


def plate_of(job) -> str:
    job.refresh_from_db()
    return job.license_plate
