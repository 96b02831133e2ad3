"""The phone's app in a real browser: a thumb, 390 by 844 pixels, and the product of the fixtures."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.smartcontrol.cable import Cable
from tests.browser.smartcontrol.phone import APP, CONTROLLED, Reads, heading, without_refusals
from tests.chromium import HAND


@pytest.fixture
def browser_context_args(browser_context_args: dict) -> dict:
    return browser_context_args | HAND


@pytest.fixture
def emptied_context(new_context) -> BrowserContext:
    """One of its own: a service worker and what it has stored are not taken from a phone in use."""
    return new_context()


@pytest.fixture(autouse=True)
def _refusals_are_answers(context, console_errors: list[str]) -> Iterator[None]:
    yield
    console_errors[:] = without_refusals(console_errors)


@pytest.fixture
def cable(live_server) -> Iterator[Cable]:
    """The network: the browser reaches the server by `cable.url` alone."""
    cable = Cable(live_server.url)
    yield cable
    cable.pull()


@pytest.fixture
def reads(page: Page) -> Reads:
    return Reads(page)


@pytest.fixture
def phone(page: Page, cable, sign_in, installer) -> Callable[[], Page]:
    """The app is on the phone: its build is stored, and it works without a network."""

    def opened() -> Page:
        sign_in(installer)
        page.goto(cable.url + APP)
        expect(heading(page, "QuickInstall")).to_be_visible()
        page.evaluate(CONTROLLED)
        return page

    return opened
