"""The phone in the hand of an installer: what the tests of the app share."""

import re
from collections.abc import Callable, Iterator

from playwright.sync_api import Locator, Page, Request, Route, expect

from jobs.models import InstallationTest, Job
from tests.chromium import APP
from tests.product import wait_for

# The build is stored, and its service worker answers for this page.
CONTROLLED = """async () => {
  await navigator.serviceWorker.ready;
  while (!navigator.serviceWorker.controller) await new Promise((wake) => setTimeout(wake, 50));
}"""
QUEUED = InstallationTest.Status.QUEUED


# A resource, and the service worker's script when its update falls into a cut.
LOST = ("Failed to load resource", "An unknown error occurred when fetching the script")


def without_refusals(complaints: list[str]) -> list[str]:
    """A browser reports every answer of 4xx and every lost one. The app expects them: its screens show them."""
    return [text for text in complaints if not any(lost in text for lost in LOST)]


def heading(page: Page, text: str | re.Pattern) -> Locator:
    return page.get_by_role("heading", level=1, name=text)


def tap(page: Page, name: str | re.Pattern, role: str = "button") -> None:
    page.get_by_role(role, name=name).first.click()


def confirm(page: Page, name: str) -> None:
    page.get_by_role("dialog").get_by_role("button", name=name).click()


def screen(job: Job, name: str = "") -> str:
    """The URL of a job's screen, such as `work/TESTS`."""
    return f"{APP}#/jobs/{job.pk}/{name}".rstrip("/")


def open_job(page: Page, name: str) -> None:
    page.get_by_role("link", name=re.compile(name)).first.click()
    expect(heading(page, name)).to_be_visible()


class Reads:
    """What the phone reads from the API, which can be stopped. Make it before the page is opened."""

    URL = "**/api/smartcontrol/**"

    def __init__(self, page: Page):
        self.page = page
        self.paths: list[str] = []
        self._under_way: set[Request] = set()
        page.on("request", self._began)
        page.on("requestfinished", self._ended)
        page.on("requestfailed", self._ended)

    def _began(self, request: Request) -> None:
        if "/api/smartcontrol/" in request.url and request.method == "GET":
            self.paths.append(request.url.partition("/v1/")[2])
            self._under_way.add(request)

    def _ended(self, request: Request) -> None:
        self._under_way.discard(request)

    def stop(self) -> None:
        """No answer arrives from now on, also none to what was asked before."""
        self.page.route(self.URL, self._refuse)
        wait_for(self._have_ended, 20, "the reads that were under way")

    def go_on(self) -> None:
        self.page.unroute(self.URL)

    def stand_still(self, path: str, sheet: dict) -> None:
        """Answer this path with this sheet from now on, as if nothing had changed since."""
        headers = {"X-Flow-ID": "0"}

        def answer(route: Route) -> None:
            asked = route.request.url.partition("/v1/")[2]
            if asked == path and route.request.method == "GET":
                route.fulfill(json=sheet, headers=headers)
            elif asked == "jobs/index/":
                route.fulfill(status=304, headers=headers)
            else:
                route.fallback()

        self.page.route(self.URL, answer)

    def _refuse(self, route: Route) -> None:
        if route.request.method == "GET":
            route.abort()
        else:
            route.fallback()

    def _have_ended(self) -> bool:
        self.page.wait_for_timeout(50)
        return not self._under_way


def run_and_answer(job: Job, answer: Callable[[InstallationTest], None]) -> None:
    """As the workers would, test by test. Where one asks the person, `answer` answers on the phone."""
    for test in queued(job):
        test.run()
        test.refresh_from_db()
        while test.prompt:
            answer(test)
            test.refresh_from_db()
            test.run()
            test.refresh_from_db()


def queued(job: Job) -> Iterator[InstallationTest]:
    while waiting := job.tests.filter(status=QUEUED).order_by("id").first():
        yield waiting
