"""*New Job ▸ Import*, the whole way as a person goes it: once all good, once mended by the file of bad rows."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from jobs.models import Job, JobTemplate
from tests.factories.jobs import JobFactory

HEADER = "Licence plate;VIN;Custom name;Fuel type;Planned service date;Colour"
GOOD = "B QX {0};WVWZZZ1KZAW{0:06};Name {0};Diesel;24.11.2026;"


@pytest.fixture
def file(tmp_path):
    def write(*lines: str, name: str = "fleet list.csv") -> Path:
        path = tmp_path / name
        path.write_text("\r\n".join(lines), encoding="cp1252")
        return path

    return write


def upload(page: Page, fleet, file: Path) -> None:
    page.goto(f"/fleetcontrol/{fleet.pk}/jobs/installation/")
    page.get_by_role("button", name="New Job").click()
    page.get_by_role("link", name="Import", exact=True).click()
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Upload and preview").click()


def test_a_good_file_becomes_assigned_jobs(page: Page, sign_in, manager, fleet, partnership, file):
    sign_in(manager)
    page.goto(f"/fleetcontrol/{fleet.pk}/jobs/import/")
    page.get_by_label("Service Partner").select_option(label=partnership.company.name)
    page.get_by_label("File").set_input_files(file(HEADER, *(GOOD.format(n) for n in range(20))))
    page.get_by_role("button", name="Upload and preview").click()

    expect(page.get_by_text("20 rows: 20 ready, 0 with errors.")).to_be_visible()
    page.get_by_role("button", name="Import Installation Jobs").click()
    expect(page.get_by_text("nobody in the fleet can change or cancel the jobs")).to_be_visible()
    assert not Job.objects.exists()
    page.get_by_role("button", name="Import Installation Jobs").click()

    expect(page.get_by_text("20 installation jobs were imported.")).to_be_visible()
    page.get_by_role("link", name="Show its 20 jobs").click()
    expect(page.get_by_text("B QX 7", exact=True)).to_be_visible()
    assert (
        Job.objects.filter(
            status="ASSIGNED", company=partnership.company, fuel_type="DIESEL"
        ).count()
        == 20
    )


def test_a_bad_file_is_mended_by_the_file_of_its_bad_rows(
    page: Page, sign_in, manager, fleet, file, tmp_path
):
    sign_in(manager)
    lines = [GOOD.format(n) for n in range(4)]
    lines[1] = lines[1].replace("WVWZZZ1KZAW", "WVWZZZ1KOAW").replace("24.11.2026", "soon")
    upload(
        page,
        fleet,
        file(HEADER.replace("Licence plate", "Wagon"), *(line + "red" for line in lines)),
    )

    expect(page.get_by_text("Unknown column.").first).to_be_visible()
    page.get_by_label("Wagon").select_option("license_plate")
    page.get_by_label("Colour").select_option("-")
    page.get_by_role("button", name="Apply and check again").click()

    expect(page.get_by_text("4 rows: 3 ready, 1 with errors.")).to_be_visible()
    expect(page.get_by_role("cell", name="WVWZZZ1K0AW000001")).to_be_visible()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Rows to correct (CSV)").click()
    page.get_by_role("button", name="Import the 3 valid rows only").click()
    expect(page.get_by_text("3 installation jobs were imported.")).to_be_visible()

    mended = tmp_path / "mended.csv"
    text = Path(downloading.value.path()).read_text(encoding="utf-8-sig")
    mended.write_text(text.replace("WVWZZZ1KOAW", "WVWZZZ1K0AW").replace("soon", "2026-11-24"))
    upload(page, fleet, mended)
    expect(page.get_by_text("1 row: 1 ready, 0 with errors.")).to_be_visible()
    page.get_by_role("button", name="Import Installation Jobs").click()

    expect(page.get_by_text("1 installation job was imported.")).to_be_visible()
    assert sorted(Job.objects.values_list("license_plate", flat=True)) == [
        "B QX 0",
        "B QX 1",
        "B QX 2",
        "B QX 3",
    ]


def test_every_page_of_the_import_is_accessible_in_every_look(
    page: Page, sign_in, manager, fleet, partnership, file, assert_accessible
):
    sign_in(manager)
    JobFactory(by=manager, fleet=fleet, vin="WVWZZZ1KZAW000003")
    JobTemplate.objects.create(fleet=fleet, name="Sharing", fuel_type="ELECTRIC")
    page.goto(f"/fleetcontrol/{fleet.pk}/jobs/import/")
    assert_accessible(page)
    wrong = [f"B QX {n};WRONG{n};Name;milk;soon;red" for n in range(60)]
    page.get_by_label("File").set_input_files(
        file(HEADER, *wrong, *(GOOD.format(n) for n in range(5)))
    )
    page.get_by_label("Template", exact=True).select_option(label="Sharing")
    page.get_by_label("Service Partner").select_option(label=partnership.company.name)
    page.get_by_role("button", name="Upload and preview").click()
    assert_accessible(page)
    page.get_by_label("Colour").select_option("-")
    page.get_by_role("button", name="Apply and check again").click()
    assert_accessible(page)
    page.get_by_role("button", name="valid rows only").click()
    assert_accessible(page)
    page.get_by_role("button", name="Import Installation Jobs").click()
    assert_accessible(page)
    for path in ("help/", "past/"):
        page.goto(f"/fleetcontrol/{fleet.pk}/jobs/import/{path}")
        assert_accessible(page)
