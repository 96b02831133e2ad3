"""Pages in a real Chromium: a browser context of its own for each test, and what axe says of a page."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from tests.cast.browser import watched
from tests.factories.jobs import JobFactory

# In the dark only colours are others, and no colour hangs on the width.
ONLY_COLOURS = {"runOnly": ["color-contrast"]}
ALL_BUT_COLOURS = {"rules": {"color-contrast": {"enabled": False}}}
LOOKS = [(1400, "light", None), (1400, "dark", ONLY_COLOURS), (390, "light", ALL_BUT_COLOURS)]


@pytest.fixture
def context(
    context: BrowserContext, live_server, console_errors: list[str]
) -> Iterator[BrowserContext]:
    """Every page opened in it is listened to; a path alone leads to the server under test."""
    with watched(context, console_errors):
        yield context


@pytest.fixture
def interception(context: BrowserContext) -> None:
    """Requests can be intercepted from the first page on.

    Interception that is turned on while a page is open misses a request that the page makes
    before its renderer hears of it.
    """
    context.route("**/nothing-has-this-path/", lambda route: route.abort())


@pytest.fixture(scope="session")
def base_url(live_server) -> str:
    return live_server.url


@pytest.fixture
def assert_accessible():
    """`assert_accessible(page)`: wide and on a phone, light and dark, axe finds nothing and nothing
    sticks out at the side.
    """

    def check(page: Page) -> None:
        before = page.viewport_size
        for width, scheme, rules in LOOKS:
            page.set_viewport_size({"width": width, "height": 850})
            page.emulate_media(
                color_scheme=scheme, reduced_motion="reduce"
            )  # no colour is met on its way to another
            found = Axe().run(page, options=rules)
            assert not found.violations_count, f"{width} px, {scheme}: {found.generate_report()}"
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (
                "scrolls sideways"
            )
        page.set_viewport_size(before)
        page.emulate_media(color_scheme="light", reduced_motion="no-preference")

    return check


@pytest.fixture
def jobs(fleet, manager, vehicle_model):
    """Twelve, so that ten are a page; the newest first."""
    made = [
        JobFactory(by=manager, fleet=fleet, vehicle_model=vehicle_model, custom_name=f"Car {n}")
        for n in range(12)
    ]
    return made[::-1]


@pytest.fixture
def opened(page: Page, sign_in, manager, fleet, jobs):
    """The list of installation jobs, ten to a page."""
    sign_in(manager)
    page.goto(f"/fleetcontrol/{fleet.pk}/jobs/installation/?page_size=10")
    return page
