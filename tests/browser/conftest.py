"""Pages in a real Chromium: an empty browser context for each test, and what axe says of a page."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.axe import ALL_BUT_COLOURS, ONLY_COLOURS, violations
from tests.browser.contexts import Contexts
from tests.cast.browser import watched
from tests.factories.jobs import JobFactory

LOOKS = [(1440, "light", None), (1440, "dark", ONLY_COLOURS), (390, "light", ALL_BUT_COLOURS)]
RECORDINGS = ("--tracing", "--video", "--screenshot")  # each is of one context and one test


@pytest.fixture(scope="session")
def contexts(browser: Browser, live_server) -> Contexts:
    return Contexts(browser, live_server.url)


@pytest.fixture
def emptied_context(
    request: pytest.FixtureRequest, contexts: Contexts, browser_context_args: dict
) -> Iterator[BrowserContext]:
    """One that tests before have used, without anything that they have left in it."""
    if any(request.config.getoption(name) != "off" for name in RECORDINGS):
        yield request.getfixturevalue("new_context")()
        return
    options = dict(browser_context_args)
    for marker in request.node.iter_markers("browser_context_args"):
        options |= marker.kwargs
    shared = contexts.take(options)
    yield shared.context
    contexts.give_back(options, shared)


@pytest.fixture
def context(
    emptied_context: BrowserContext, live_server, console_errors: list[str]
) -> Iterator[BrowserContext]:
    """Every page opened in it is listened to; a path alone leads to the server under test."""
    with watched(emptied_context, console_errors):
        yield emptied_context


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
            wrong = violations(page, rules)
            assert not wrong, f"{width} px, {scheme}: {wrong}"
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
