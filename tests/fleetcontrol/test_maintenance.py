"""Maintenance jobs in FleetControl are called as the vehicle they are for."""

import csv
import io

import pytest

from tests.factories.jobs import JobFactory
from tests.factories.telematics import VehicleFactory


@pytest.fixture
def vehicle(fleet, unit, vehicle_model):
    return VehicleFactory(
        fleet=fleet, unit=unit, vehicle_model=vehicle_model, license_plate="B QX 2041"
    )


@pytest.fixture
def inspection(fleet, vehicle, manager):
    return JobFactory(
        by=manager,
        fleet=fleet,
        vehicle=vehicle,
        kind="MAINTENANCE",
        task="INSPECTION",
        custom_name="",
    )


@pytest.fixture
def maintenance_url(at):
    return at("jobs/maintenance/")


def cells(client, url, **query) -> list[str]:
    return [line.cells for line in client.get(url, query).context["table"].lines]


def test_a_row_says_which_car_and_which_model(
    manager_client, maintenance_url, inspection, vehicle_model
):
    [row] = cells(manager_client, maintenance_url)
    assert "B QX 2041" in row
    assert f"{vehicle_model.brand} {vehicle_model.model}" in row


def test_it_is_found_filtered_sorted_and_exported_by_what_its_vehicle_is(
    manager_client, maintenance_url, inspection, vehicle_model, fleet, manager
):
    other = JobFactory(
        by=manager,
        fleet=fleet,
        kind="MAINTENANCE",
        vehicle=VehicleFactory(fleet=fleet, license_plate="A 1"),
    )

    def shown(**query):
        return [
            line.id for line in manager_client.get(maintenance_url, query).context["table"].lines
        ]

    assert shown(search="bqx2041") == [inspection.pk]
    assert shown(model=vehicle_model.pk) == [inspection.pk]
    assert (shown(sort="job"), shown(sort="-job")) == (
        [other.pk, inspection.pk],
        [inspection.pk, other.pk],
    )
    body = b"".join(
        manager_client.get(f"{maintenance_url}export/csv/", {"search": "bqx"}).streaming_content
    )
    [row] = csv.DictReader(io.StringIO(body.decode("utf-8-sig")))
    assert row["license_plate"] == "B QX 2041"


def test_an_installation_in_a_car_of_the_fleet_is_called_as_the_car(
    manager_client, list_url, fleet, vehicle, manager, vehicle_model
):
    JobFactory(by=manager, fleet=fleet, vehicle=vehicle, custom_name="")
    [row] = cells(manager_client, list_url)
    assert "B QX 2041" in row
    assert f"{vehicle_model.brand} {vehicle_model.model}" in row


@pytest.mark.parametrize("status", ["PENDING", "ASSIGNED", "RUNNING", "FAILED"])
def test_its_panel_shows_the_car_and_leaves_nothing_to_the_installer(
    status, manager_client, at, inspection, partnership, manager, installer
):
    if status != "PENDING":
        inspection.assign(partnership.company, by=manager)
    if status in ("RUNNING", "FAILED"):
        inspection.take(by=installer)
    if status == "FAILED":
        inspection.fail(by=installer, comment="The car is not there.")
    response = manager_client.get(at(f"jobs/{inspection.pk}/"))
    page, sheet = response.content.decode(), response.context["sheet"]
    assert "The installer decides" not in page
    assert "Left open" not in page
    assert ("Licence plate", "B QX 2041") in [(row.label, row.built) for row in sheet.comparison]
    assert sheet.has_built is False
    assert inspection.pk not in page.split("<h1", 1)[1].split("</h1>", 1)[0]


def test_writing_one_warns_of_no_vin_that_nobody_typed(manager_client, at, fleet):
    car = VehicleFactory(fleet=fleet, vin="WVWZZZ1KZAW000077")
    sent = {"vehicle": car.pk, "task": "INSPECTION"}
    page = manager_client.post(
        f"{at('jobs/new/')}?kind=MAINTENANCE", sent, follow=True
    ).content.decode()
    assert f"{car} was saved." in page
    assert "has the VIN" not in page
    assert "An open job" not in page


def test_whoever_assigns_one_reads_what_becomes_locked(
    manager_client, at, inspection, vehicle, partnership
):
    asked = manager_client.get(at(f"jobs/{inspection.pk}/assign/")).content.decode()
    assert "the installer decides" not in asked
    assert ("B QX 2041" in asked, "Inspection" in asked) == (True, True)
    sent = {"vehicle": vehicle.pk, "task": "REPAIR", "company": partnership.company_id}
    asked = manager_client.post(f"{at('jobs/new/')}?kind=MAINTENANCE", sent).content.decode()
    assert "the installer decides" not in asked
    assert '<dd dir="auto">Repair</dd>' in asked


def test_the_form_of_one_names_its_vehicle_in_words(manager_client, at, inspection, vehicle):
    form = manager_client.get(at(f"jobs/{inspection.pk}/edit/")).context["form"]
    assert form["vehicle"].value() == f"B QX 2041 ({vehicle.pk})"
    manager_client.post(
        at(f"jobs/{inspection.pk}/edit/"),
        {
            "vehicle": form["vehicle"].value(),
            "task": "REPAIR",
            "expected_version": inspection.fields_version,
        },
    )
    inspection.refresh_from_db()
    assert (inspection.vehicle, inspection.task) == (vehicle, "REPAIR")
