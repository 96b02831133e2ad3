"""Lists of 1,000 rows, imported by hand: at most five clicks, and nothing is changed silently."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from jobs.models import Job
from tests.jobs.importing.lists import fleet_lists, jobs

LISTS = fleet_lists()
CLICKS = 5


@dataclass
class Hand:
    """A person's hand on the mouse. Choosing a file or an entry of a list is a click too."""

    page: Page
    clicks: int = 0

    def click(self, target: Locator) -> None:
        target.click()
        self.clicks += 1

    def choose_file(self, name: str, content: bytes) -> None:
        file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        self.page.get_by_label("File").set_input_files(file)
        self.clicks += 1

    def choose(self, label: str, value: str) -> None:
        self.page.get_by_label(label, exact=True).select_option(value)
        self.clicks += 1

    def press(self, name: str) -> None:
        self.click(self.page.get_by_role("button", name=name))


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_imported_in_five_clicks_as_it_was_written(
    name, page: Page, sign_in, manager, fleet
):
    fleet_list = LISTS[name]
    sign_in(manager)
    page.goto(f"/fleetcontrol/{fleet.pk}/jobs/import/")
    hand = Hand(page)
    hand.choose_file(name, fleet_list.content)
    hand.press("Upload and preview")
    expect(page.locator("#encoding")).to_contain_text(fleet_list.encoding)
    expect(page.locator("#encoding")).to_contain_text(fleet_list.proof)
    if not fleet_list.has_header:
        hand.choose("Column D", "model")
        hand.press("Apply and check again")
    expect(page.get_by_text("1000 rows: 1000 ready, 0 with errors.")).to_be_visible()
    hand.press("Import Installation Jobs")
    expect(page.get_by_text("1000 installation jobs were imported.")).to_be_visible(timeout=30_000)

    assert hand.clicks <= CLICKS
    written = Job.objects.order_by("vin").values_list(*fleet_list.fields)
    meant = [tuple(job[field] for field in fleet_list.fields) for job in jobs(fleet_list.language)]
    assert [tuple(map(str, values)) for values in written] == meant
