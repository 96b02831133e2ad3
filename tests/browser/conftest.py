"""Pages in a real Chromium. A console error fails the test, so that a broken content security policy is seen."""

import os
import shutil
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page

from tests.factories.jobs import JobFactory

# Playwright keeps an event loop in this thread; what Django then fears does not happen in tests.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
FLAGS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--disable-dev-shm-usage",
    "--disable-gpu",
)
# In the dark only colours are others, and no colour hangs on the width.
ONLY_COLOURS = {"runOnly": ["color-contrast"]}
ALL_BUT_COLOURS = {"rules": {"color-contrast": {"enabled": False}}}
LOOKS = [(1400, "light", None), (1400, "dark", ONLY_COLOURS), (390, "light", ALL_BUT_COLOURS)]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found and os.environ.get("DEMAND_BROWSER"):
        pytest.fail("There is no Chromium, and this run demands it (DEMAND_BROWSER).")
    if not found:
        pytest.skip("there is no Chromium (Debian: apt install chromium)")
    return {**browser_type_launch_args, "executable_path": found, "args": list(FLAGS)}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict) -> dict:
    return {
        **browser_context_args,
        "viewport": {"width": 1400, "height": 900},
        "locale": "en-GB",
        "timezone_id": "Europe/Berlin",
    }


@pytest.fixture
def console_errors() -> list[str]:
    """What the page complained of. A test that means to provoke one takes it out."""
    return []


@pytest.fixture
def context(context: BrowserContext, live_server, console_errors: list[str]) -> Iterator[BrowserContext]:
    """Every page opened in it is listened to; a path alone leads to the server under test."""
    context.on("console", lambda message: console_errors.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: console_errors.append(str(error.error)))
    yield context
    assert not console_errors


@pytest.fixture(scope="session")
def base_url(live_server) -> str:
    return live_server.url


@pytest.fixture
def sign_in(context: BrowserContext, live_server):
    """`sign_in(manager)`: from now on the pages of this test are that person's."""

    def as_person(person) -> None:
        client = Client()
        client.force_login(person)
        session = {"name": settings.SESSION_COOKIE_NAME, "value": client.session.session_key, "url": live_server.url}
        context.add_cookies([session])

    return as_person


@pytest.fixture
def assert_accessible():
    """`assert_accessible(page)`: wide and on a phone, light and dark, axe finds nothing and nothing sticks out at the side."""

    def check(page: Page) -> None:
        before = page.viewport_size
        for width, scheme, rules in LOOKS:
            page.set_viewport_size({"width": width, "height": 850})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # no colour is met on its way to another
            found = Axe().run(page, options=rules)
            assert not found.violations_count, f"{width} px, {scheme}: {found.generate_report()}"
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "scrolls sideways"
        page.set_viewport_size(before)
        page.emulate_media(color_scheme="light", reduced_motion="no-preference")

    return check


@pytest.fixture
def jobs(fleet, manager, vehicle_model):
    """Twelve, so that ten are a page; the newest first."""
    made = [JobFactory(by=manager, fleet=fleet, vehicle_model=vehicle_model, custom_name=f"Car {n}") for n in range(12)]
    return made[::-1]


@pytest.fixture
def opened(page: Page, sign_in, manager, fleet, jobs):
    """The list of installation jobs, ten to a page."""
    sign_in(manager)
    page.goto(f"/fleetcontrol/{fleet.pk}/jobs/installation/?page_size=10")
    return page
