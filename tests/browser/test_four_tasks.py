"""Four tasks of a manager, each with as few clicks as promised. What is typed is no click."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from jobs.models import HandbackRequest, Job
from tests.factories.accounts import CompanyFactory, PartnershipFactory
from tests.factories.jobs import JobFactory, RollOutFactory
from tests.factories.telematics import PlaceFactory


class Hand:
    """The manager's: it begins at the list of installation jobs and counts its clicks."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def click(self, place: Locator) -> None:
        self.clicks += 1
        place.click()

    def click_button(self, name: str) -> None:
        self.click(self.page.get_by_role("button", name=name))

    def click_link(self, name: str) -> None:
        self.click(self.page.get_by_role("link", name=name))


@pytest.fixture
def hand(page: Page, sign_in, manager, fleet) -> Hand:
    sign_in(manager)
    page.goto(f"/fleetcontrol/{fleet.pk}/jobs/installation/")
    return Hand(page)


def test_two_hundred_cars_in_three_cities_for_two_partners_take_at_most_20_clicks(
    hand, fleet, partnership, tmp_path
):
    other = PartnershipFactory(fleet=fleet, company=CompanyFactory(), status="ACCEPTED").company
    cities = ["Berlin", "Hamburg", "Munich"]
    for city in cities:
        PlaceFactory(fleet=fleet, name=city)
    companies = [partnership.company.pk, other.pk]
    rows = [f"Car {n},{cities[n % 3]},{companies[n % 2]}" for n in range(200)]
    file = tmp_path / "cars.csv"
    file.write_text("\n".join(["custom_name,place,assigned_installer_company_id", *rows]))

    hand.click(hand.page.get_by_role("button", name="New Job"))
    hand.click(hand.page.get_by_role("link", name="Import"))
    with hand.page.expect_file_chooser() as chooser:
        hand.click(hand.page.locator("input[name=file]"))
    chooser.value.set_files(file)
    hand.click_button("Upload and preview")
    expect(hand.page.get_by_text("200 rows: 200 ready, 0 with errors.")).to_be_visible()
    hand.click_button("Import Installation Jobs")
    hand.click(hand.page.locator("main").get_by_role("button", name="Import"))
    expect(hand.page.get_by_text("Jobs created")).to_be_visible()

    assert Job.objects.filter(status="ASSIGNED").count() == 200
    assert hand.clicks <= 20


def test_what_failed_for_missing_parts_in_a_city_is_created_again_for_tuesday_in_8_clicks(
    hand, fleet, manager
):
    hamburg = PlaceFactory(fleet=fleet, name="Hamburg")
    elsewhere = PlaceFactory(fleet=fleet, name="Berlin")
    for place, reason in (
        *((hamburg, "PARTS_MISSING"),) * 12, (hamburg, "OTHER"), (elsewhere, "PARTS_MISSING"),
    ):  # fmt: skip
        job = JobFactory(by=manager, fleet=fleet, place=place)
        failed = {"status": "FAILED", "failure_reason": reason, "finished_at": timezone.now()}
        Job.objects.filter(pk=job.pk).update(**failed, comment="Missing")
    tuesday = timezone.localdate() + timedelta(days=7 - (timezone.localdate().weekday() - 1) % 7)

    hand.click_link("Filter")
    hand.click(hand.page.get_by_label("Parts missing"))
    hand.click(hand.page.get_by_label("Hamburg"))
    hand.click_button("Show")
    expect(hand.page.locator("#rows tr")).to_have_count(12)
    hand.click(hand.page.locator("[data-select-all]"))
    hand.click(hand.page.locator(".bulk-bar").get_by_role("button", name="Create Again"))
    hand.page.get_by_label("Planned service date").fill(f"{tuesday}")
    hand.click_button("Create (12)")
    expect(hand.page.get_by_text("12 jobs were created.")).to_be_visible()

    new = Job.objects.filter(status="PENDING")
    assert set(new.values_list("planned_service_date", "place")) == {(tuesday, hamburg.pk)}
    assert hand.clicks <= 8


def test_the_jobs_of_a_wrong_partner_are_asked_back_in_4_clicks(hand, fleet, partnership, manager):
    for _n in range(66):
        JobFactory(by=manager, fleet=fleet)
    Job.objects.all().assign_all(partnership.company, fleet=fleet, by=manager)

    hand.click(hand.page.locator("#main").get_by_role("link", name="Partner & Teams"))
    hand.click(hand.page.locator("dialog").get_by_role("link", name="QuickInstall"))
    hand.click_link("Ask Back Installation Jobs")
    hand.page.get_by_label("Reason").fill("The other partner does these")
    hand.click_button("Ask the partner (66)")
    expect(hand.page.get_by_text("66 jobs were asked back.")).to_be_visible()

    assert HandbackRequest.objects.open().count() == 66
    assert hand.clicks <= 4


def test_where_a_roll_out_is_against_its_target_is_one_click_away(hand, fleet, manager):
    target = timezone.localdate() + timedelta(days=30)
    roll_out = RollOutFactory(by=manager, fleet=fleet, name="Spring", target_date=target)
    for status in ("SUCCEEDED", "PENDING", "PENDING", "PENDING"):
        job = JobFactory(by=manager, fleet=fleet, roll_out=roll_out)
        Job.objects.filter(pk=job.pk).update(status=status, finished_at=timezone.now())

    hand.click(hand.page.get_by_role("navigation").get_by_role("link", name="Roll-outs"))

    row = hand.page.get_by_role("row", name="Spring")
    expect(row).to_contain_text("1 / 4 · 25 %")
    assert hand.clicks == 1
