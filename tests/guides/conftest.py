"""The readers of the guides at their doors: one browser tab for all of them.

A tab and a context of its own for each test would load every script and style again, which takes longer than the tests.
"""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts.models import Agreement
from tests.browser.smartcontrol.phone import APP, heading, without_refusals
from tests.cast.browser import sign_in_to, watched
from tests.chromium import HAND
from tests.factories.accounts import AgreementFactory


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The guides are tried once, on the embedded default, as everything is that a browser shows."""
    for item in items:
        if "tests/guides/" in item.path.as_posix():
            item.add_marker(pytest.mark.once)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session")
def base_url(live_server) -> str:
    return live_server.url


@pytest.fixture(scope="session")
def window(browser: Browser, browser_context_args: dict) -> Iterator[BrowserContext]:
    with browser.new_context(**browser_context_args) as window:
        yield window


@pytest.fixture
def context(
    window: BrowserContext, live_server, console_errors: list[str]
) -> Iterator[BrowserContext]:
    window.clear_cookies()
    with watched(window, console_errors):
        yield window


@pytest.fixture(scope="session")
def tab(window: BrowserContext) -> Page:
    tab = window.new_page()
    tab.on("dialog", lambda dialog: dialog.accept())  # a form that was not saved is left
    return tab


@pytest.fixture
def page(context: BrowserContext, tab: Page) -> Iterator[Page]:
    yield tab
    tab.evaluate("sessionStorage.clear(); localStorage.clear()")
    tab.goto("about:blank")


@pytest.fixture
def desk(page: Page, sign_in, manager, fleet):
    """`desk("partners/")`: a page of FleetControl, with the fleet's manager signed in."""

    def at(path: str = "jobs/installation/") -> Page:
        sign_in(manager)
        page.goto(f"/fleetcontrol/{fleet.pk}/{path}")
        return page

    return at


@pytest.fixture
def office(page: Page, sign_in, company_admin):
    """`office("users/")`: a page of the Installers website, with the company's admin signed in."""

    def at(path: str = "") -> Page:
        sign_in(company_admin)
        page.goto(f"/installers/{path}")
        return page

    return at


@pytest.fixture(scope="session")
def hand(browser: Browser, browser_context_args: dict) -> Iterator[BrowserContext]:
    """The installers' phone. Nothing is stored for a time without a network, because each test begins anew."""
    with browser.new_context(**browser_context_args | HAND, service_workers="block") as hand:
        yield hand


@pytest.fixture
def app(
    hand: BrowserContext, live_server, console_errors: list[str], installer
) -> Iterator[Callable[[], Page]]:
    """`app()`: SmartControl on the phone of an installer, who is signed in."""
    hand.clear_cookies()
    with watched(hand, console_errors):
        screen = hand.new_page()
        stored = {"origin": live_server.url, "storageTypes": "indexeddb,local_storage"}
        hand.new_cdp_session(screen).send("Storage.clearDataForOrigin", stored)

        def opened() -> Page:
            sign_in_to(hand, live_server.url, installer)
            screen.goto(APP)
            expect(heading(screen, "QuickInstall")).to_be_visible()
            return screen

        yield opened
        screen.close()
        console_errors[:] = without_refusals(console_errors)


@pytest.fixture
def agreement(db) -> Agreement:
    """The migrations' own is gone where a test before this one emptied the tables."""
    return Agreement.objects.newest() or AgreementFactory()
