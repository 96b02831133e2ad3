"""A real Chromium, for tests that open pages. A console error fails the test, so that a broken content security
policy is seen.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, ConsoleMessage, WebError, expect

from tests.chromium import FLAGS, PATIENCE, executable

# Playwright keeps an event loop in this thread; what Django then fears does not happen in tests.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    found = executable()
    if not found and os.environ.get("DEMAND_BROWSER"):
        pytest.fail("There is no Chromium, and this run demands it (DEMAND_BROWSER).")
    if not found:
        pytest.skip("there is no Chromium (Debian: apt install chromium-headless-shell)")
    return {
        **browser_type_launch_args,
        "executable_path": found,
        "args": list(FLAGS),
        "timeout": PATIENCE,
    }


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


@contextmanager
def watched(context: BrowserContext, complaints: list[str]) -> Iterator[BrowserContext]:
    """Collect the complaints of every page that is opened meanwhile; in the end there are none."""

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    def on_error(error: WebError) -> None:
        complaints.append(str(error.error))

    context.on("console", on_console)
    context.on("weberror", on_error)
    yield context
    context.remove_listener("console", on_console)
    context.remove_listener("weberror", on_error)
    assert not complaints


def sign_in_to(context: BrowserContext, url: str, person) -> None:
    """Give the pages of a context a session of this person."""
    client = Client()
    client.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.session.session_key, "url": url}])


@pytest.fixture
def sign_in(context: BrowserContext, live_server):
    """`sign_in(manager)`: from now on the pages of this test are that person's."""
    return partial(sign_in_to, context, live_server.url)
