"""One installation on the phone, by a person who looks at the screen and does what it offers, whatever was cut."""

import re
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg
from playwright.sync_api import Error, Locator, Page
from ulid import ULID

from tests.chromium import APP
from tests.offline import photos
from tests.offline.browser import Browser

# Seconds for a step of the work. A step that takes longer on a loaded machine has hung.
PATIENCE = 300
QUICK = 5_000
LABELS = {
    "license_plate": "Licence plate",
    "vin": "VIN",
    "custom_name": "Custom name",
    "year_of_production": "Year of production",
}
COMMENT = "Done below ground, {qnr}."


class Hung(Exception):
    """A step of the work did not come to its end."""


class Installation:
    """The work on one job. `lost` is what the phone had accepted and did not keep."""

    def __init__(self, browser: Browser, database: str, world: dict[str, Any], job: dict[str, Any]):
        self.browser, self.database, self.world, self.job = browser, database, world, job
        self.lost: list[str] = []
        self.accepted: set[str] = set()

    def run(self) -> None:
        self._until("take", self._is_taken, self._take)
        self._until("link the unit", self._has_unit, self._link)
        # The second portion is typed while the first may still be waiting.
        for portion in ("first", "second"):
            self._until(portion, lambda it=portion: it in self.accepted, self._filler(portion))
        self._until("fill in", self._is_filled_in, self._wait)
        self._until("configure", self._is_configured, self._wait)
        self._until("tests", self._is_proven, self._test)
        for kind in photos.KINDS:
            self._until(kind, lambda it=kind: it in self.accepted, self._photographer(kind))
        self._until("photos", self._has_photos, self._wait)
        self._until("outcome", self._is_finished, self._finish)
        self._until("an empty queue", lambda: self._waiting() == 0, self._wait)

    def _until(self, what: str, done: Callable[[], bool], attempt: Callable[[Page], None]) -> None:
        until = time.monotonic() + PATIENCE
        while not done():
            if time.monotonic() > until:
                raise Hung(f"{what} of {self.job['id']}: {self._seen()}")
            with suppress(Error):  # the browser was killed, or a control went while it was wanted
                page = self.browser.page
                self._sign_in(page)
                attempt(page)
            time.sleep(0.1)

    # --- what the person does -----------------------------------------------------------------------------------------
    def _sign_in(self, page: Page) -> None:
        """A cookie that the killed browser had not written yet is gone: the person signs in again."""
        if "/accounts/login/" not in page.url:
            link = page.get_by_role("link", name=re.compile("^Sign in"))
            if not link.is_visible():
                return
            link.first.click(timeout=QUICK)
        page.locator("input[name=login]").fill(self.world["email"], timeout=QUICK)
        page.locator("input[name=password]").fill(self.world["password"])
        page.locator("input[name=password]").press("Enter")
        page.wait_for_url(f"**{APP}**", timeout=30_000)

    def _take(self, page: Page) -> None:
        self._show(page, "")
        button = page.get_by_role("button", name="Assign Job to Me")
        if self._is_offered(button):
            self._must_be_new("take")
            button.click(timeout=QUICK)
            page.get_by_role("link", name="Start Installation").wait_for()
            self.accepted.add("take")

    def _link(self, page: Page) -> None:
        self._show(page, "work/UNIT")
        field = page.get_by_label("QNR of the unit")
        if field.is_visible():
            field.fill(self.job["qnr"], timeout=QUICK)
            page.get_by_role("button", name="Link unit").click(timeout=QUICK)
            page.get_by_role("heading", level=1, name="Vehicle data").wait_for()

    def _filler(self, portion: str) -> Callable[[Page], None]:
        return lambda page: self._fill_in(page, portion)

    def _fill_in(self, page: Page, portion: str) -> None:
        self._show(page, "work/VEHICLE_DATA")
        fields = {self._field(page, name): text for name, text in self.job[portion].items()}
        next(iter(fields)).wait_for(timeout=QUICK)
        if all(field.input_value(timeout=QUICK) == text for field, text in fields.items()):
            self.accepted.add(portion)  # stored before the browser was killed
            return
        for field, text in fields.items():
            field.fill(text, timeout=QUICK)
        page.get_by_role("button", name="Save").click(timeout=QUICK)
        page.get_by_role("heading", level=1, name=re.compile("Configuration|Tests")).wait_for(
            timeout=60_000
        )
        self.accepted.add(portion)

    def _field(self, page: Page, name: str) -> Locator:
        return page.get_by_label(re.compile(f"^{LABELS[name]}"))

    def _test(self, page: Page) -> None:
        self._show(page, "work/TESTS")
        for name in ("Yes, it is so", re.compile(r"^(Run|Repeat) .*tests?")):
            button = page.get_by_role("button", name=name)
            if self._is_offered(button):
                button.first.click(timeout=QUICK)
                return

    def _photographer(self, kind: str) -> Callable[[Page], None]:
        return lambda page: self._photograph(page, kind)

    def _photograph(self, page: Page, kind: str) -> None:
        self._show(page, "work/PHOTOS")
        photos.take(page, self.job["id"], kind)
        self.accepted.add(kind)

    def _finish(self, page: Page) -> None:
        self._show(page, "work/OUTCOME")
        button = page.get_by_role("button", name="Finish Job")
        if self._is_offered(button):
            self._must_be_new("outcome")
            page.get_by_label("Comment").fill(self.comment, timeout=QUICK)
            button.click(timeout=QUICK)
            page.get_by_role("heading", level=1, name=self.job["first"]["license_plate"]).wait_for()
            self.accepted.add("outcome")

    def _wait(self, page: Page) -> None:
        self._show(page, "")

    def _show(self, page: Page, screen: str) -> None:
        """Go to a screen of the job, unless it is open."""
        here = f"#/jobs/{self.job['id']}/{screen}".rstrip("/")
        if not page.url.endswith(here):
            page.goto(f"{self.browser.url}{APP}{here}", timeout=60_000)
            page.get_by_role("heading", level=1).first.wait_for()

    def _is_offered(self, button: Locator) -> bool:
        return button.first.is_visible() and button.first.is_enabled(timeout=QUICK)

    def _must_be_new(self, action: str) -> None:
        if action in self.accepted:
            self.lost.append(f"{action} of {self.job['id']} is offered again")

    # --- how far it is ------------------------------------------------------------------------------------------------
    @property
    def comment(self) -> str:
        return COMMENT.format(qnr=self.job["qnr"])

    def _is_taken(self) -> bool:
        return self._status() == "RUNNING"

    def _has_unit(self) -> bool:
        return self._value("SELECT unit_id FROM {job}") == self.job["qnr"]

    def _is_filled_in(self) -> bool:
        typed = {**self.job["first"], **self.job["second"]}
        found = self._row(f"SELECT {', '.join(typed)} FROM {{job}}")
        return [str(value) for value in found] == list(typed.values())

    def _is_configured(self) -> bool:
        latest = (
            "SELECT status FROM jobs_configuration WHERE job_id = {id} ORDER BY id DESC LIMIT 1"
        )
        return self._value(latest) == "APPLIED"

    def _is_proven(self) -> bool:
        """Everything that the phone asked for has passed, and it offers to go on."""
        page = self.browser.page
        with suppress(Error):
            link = page.get_by_role("link", name="Continue", exact=True)
            return "work/TESTS" in page.url and link.is_visible() and self._passed() > 0
        return False

    def _passed(self) -> int:
        passed = (
            "SELECT count(*) FROM jobs_installationtest WHERE job_id = {id} AND status = 'PASSED'"
        )
        return self._value(passed)

    def _has_photos(self) -> bool:
        kinds = "SELECT count(DISTINCT kind) FROM jobs_jobphoto WHERE job_id = {id}"
        return self._value(kinds) == len(photos.KINDS)

    def _is_finished(self) -> bool:
        return self._status() in ("SUCCEEDED", "FAILED")

    def _status(self) -> str:
        return self._value("SELECT status FROM {job}")

    def _value(self, sql: str) -> Any:
        found = self._row(sql)
        return found[0] if found else None

    def _row(self, sql: str) -> Any:
        row = f"'{ULID.from_str(self.job['id']).to_uuid()}'"
        statement = sql.format(job=f"jobs_job WHERE id = {row}", id=row)
        with psycopg.connect(self.database, autocommit=True) as connection:
            return connection.execute(statement.encode()).fetchone()

    def _waiting(self) -> int:
        with suppress(Error):
            return self.browser.page.get_by_role("link", name=re.compile("waiting")).count()
        return 1

    def _seen(self) -> str:
        with suppress(Error):
            return self.browser.page.locator("body").inner_text()[:800]
        return "nothing"
