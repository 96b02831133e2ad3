"""What readers of the guides do on many pages."""

from playwright.sync_api import Locator, Page, expect

from core.models import Mail
from tests.factories.accounts import PASSWORD


def dialog_of(page: Page) -> Locator:
    return page.locator("dialog[open]")


def choose_new_job(page: Page, entry: str) -> None:
    """*New Job* ▸ an entry of its menu."""
    page.get_by_role("button", name="New Job").click()
    page.locator("#new-job").get_by_role("link", name=entry, exact=True).click()


def open_row(page: Page, name: str) -> None:
    """Select a row of a list; its details open beside it."""
    page.locator("#rows").get_by_role("link", name=name).click()
    expect(page.locator("#panel h2").first).to_have_text(name)


def open_menu_of(page: Page, name: str) -> Locator:
    """The menu behind the three dots of a row."""
    page.get_by_role("button", name=f"More about {name}").click()
    return page.locator("#shared-menu")


def link_to(email: str) -> str:
    """The link in the newest mail to this address."""
    return Mail.objects.filter(to=email).order_by("-id").first().context["path"]


def register_company(page: Page, link: str, name: str) -> None:
    """From the link in the mail to the last step, which offers the first clients."""
    page.goto(link)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Complete Registration").click()
    page.get_by_label("Company name").fill(name)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("First name").fill("Berta")
    page.get_by_label("Last name").fill("Boss")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("I have read the agreement").check()
    page.get_by_role("button", name="Accept").click()
    page.wait_for_url("**/register/clients/")
