"""The walk of README, *Five minutes in a browser*, as written there; `./bin/pictures` makes the pictures of it."""

import os
import re
import sys
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.smartcontrol.phone import heading, tap
from tests.cast.browser import watched
from tests.product import HOME, wait_for

pytestmark = [
    pytest.mark.process,
    pytest.mark.timeout(900),
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]
README = HOME / "README.md"
PICTURES = Path("docs", "pictures")
LARGEST = 100_000  # bytes
WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
# The person at the car and the unit take their time, also where they are fast.
PATIENCE = 120_000


def keep(page: Page, name: str) -> None:
    """A picture for README, if this run makes them."""
    if "PICTURES" not in os.environ:
        return
    image = Image.open(BytesIO(page.screenshot(scale="css")))
    folder = HOME / os.environ["PICTURES"]
    folder.mkdir(exist_ok=True)
    image.convert("RGB").save(folder / f"{name}.webp", "WEBP", quality=80, method=6)


@pytest.fixture
def page(browser: Browser, product):
    context = browser.new_context(
        base_url=product.url, locale="en-GB", timezone_id="Europe/Berlin", viewport=WIDE
    )
    complaints: list[str] = []
    with watched(context, complaints):
        yield context.new_page()
    context.close()


def test_the_walk_of_readme_leads_to_a_finished_job(page: Page):
    page.goto("/")
    expect(page).to_have_url(re.compile("/demo/$"))
    expect(page.get_by_text("Done", exact=True)).to_have_count(0)

    invite(page)
    write(page)
    assign(page)
    install(page)
    see_the_end(page)

    tour(page)
    expect(page.get_by_text("Done", exact=True)).to_have_count(5)
    keep(page, "demo")


def tour(page: Page) -> None:
    page.get_by_role("button", name="Demo").click()
    page.get_by_role("link", name="Tour and logins").click()


def invite(page: Page) -> None:
    page.get_by_role("button", name="Invite a partner as Max Keller").click()
    page.get_by_role("link", name="Invite").first.click()
    page.get_by_label("E-mail of the partner").fill("garage@new-partner.example")
    page.get_by_role("button", name="Send Invitation").click()
    expect(page.get_by_text("garage@new-partner.example").first).to_be_visible()

    page.get_by_role("button", name="Demo").click()
    page.get_by_role("link", name="Mails of the demo").click()
    wait_for(lambda: has_mail(page), 30, "the invitation is among the mails")


def has_mail(page: Page) -> bool:
    page.reload()
    return page.get_by_text("garage@new-partner.example").count() > 0


def write(page: Page) -> None:
    tour(page)
    page.get_by_role("button", name="Write a job as Max Keller").click()
    model = page.get_by_label("Vehicle model")
    named = model.locator("option").filter(has_text="Renault Zoe").first
    model.select_option(named.get_attribute("value"))
    page.get_by_label("Custom name").fill("My first car")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("My first car was saved.")).to_be_visible()


def assign(page: Page) -> None:
    tour(page)
    page.get_by_role("button", name="Assign the job as Max Keller").click()
    page.get_by_role("link", name="Assign").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Service Partner").select_option(label="QuickInstall")
    dialog.get_by_role("button", name="Assign").click()
    expect(page.get_by_text("assigned the job to QuickInstall")).to_be_visible()


def install(page: Page) -> None:
    tour(page)
    step = page.get_by_role("listitem").filter(has_text="Install it on the phone")
    qnr = step.locator(".copy").inner_text().strip()
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Install it on the phone as Ines Vogt").click()
    phone = opened.value
    phone.set_viewport_size(PHONE)
    tap(phone, "Assign Job to Me")
    tap(phone, "Start Installation", role="link")
    phone.get_by_label("QNR of the unit").fill(qnr)
    tap(phone, "Link unit")
    phone.get_by_label("Licence plate").fill("B QX 2041")
    tap(phone, "Save")
    configured, tests = phone.get_by_text("Configured at"), heading(phone, "Tests")
    # A unit that was configured before the app came to that step is not waited for.
    expect(configured.or_(tests)).to_be_visible(timeout=PATIENCE)
    if configured.is_visible():
        tap(phone, "Continue", role="link")
    prove_and_finish(phone)


def prove_and_finish(phone: Page) -> None:
    expect(heading(phone, "Tests")).to_be_visible()
    tap(phone, re.compile(r"Run \d+ tests"))
    answer_until_all_have_passed(phone)
    tap(phone, "Continue", role="link")
    expect(heading(phone, "Photos")).to_be_visible()
    tap(phone, "Continue", role="link")
    tap(phone, "Finish Job")
    expect(phone.get_by_text("access to the vehicle has ended")).to_be_visible(timeout=PATIENCE)
    phone.close()


def answer_until_all_have_passed(phone: Page) -> None:
    onward = phone.get_by_role("link", name="Continue")
    yes = phone.get_by_role("button", name="Yes, it is so")
    for _prompt in range(30):
        expect(onward.or_(yes).first).to_be_visible(timeout=PATIENCE)
        if not yes.count():
            return
        keep(phone, "phone")
        yes.first.click()
    raise AssertionError("the prompts have no end")


def see_the_end(page: Page) -> None:
    page.reload()
    page.get_by_role("button", name="See the access end as Max Keller").click()
    access = page.get_by_role("heading", name="Access to the vehicle")
    expect(access).to_be_visible()
    expect(page.locator(".access")).to_contain_text("Ines Vogt")
    access.scroll_into_view_if_needed()
    keep(page, "access")
    page.get_by_role("link", name="Installation & Maintenance").click()
    expect(page.get_by_role("row").nth(1)).to_be_visible()
    keep(page, "jobs")


def test_readme_shows_the_pictures_that_there_are_and_each_is_small():
    shown = set(re.findall(r"docs/pictures/([\w.]+)", README.read_text()))
    kept = list((HOME / PICTURES).iterdir())
    assert shown == {path.name for path in kept}
    assert all(path.stat().st_size <= LARGEST for path in kept)
