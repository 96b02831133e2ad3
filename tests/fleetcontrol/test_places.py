"""A fleet's places: their pages, and jobs and vehicles at them."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from jobs.models import Job
from telematics.models import Place, Vehicle
from tests.factories.accounts import FleetFactory
from tests.factories.jobs import JobFactory
from tests.factories.telematics import PlaceFactory, VehicleFactory

pytestmark = pytest.mark.django_db
OPTION = ">Depot North</option>"
NORTH = {
    "name": "Depot North",
    "address": "Yard 3, 13355 Berlin",
    "contact": "Gate, +49 30 123456",
    "opening_hours": "Mon–Fri 8–18",
}


@pytest.fixture
def place(fleet):
    return PlaceFactory(fleet=fleet, **NORTH)


@pytest.fixture
def foreign():
    return PlaceFactory(fleet=FleetFactory(), name="Depot of others")


@pytest.fixture
def url(place):
    """The address of a page of the place: `url("edit")`."""

    def address(action=""):
        name = f"fleetcontrol:place-{action}" if action else "fleetcontrol:place"
        return reverse(name, args=[place.fleet_id, place.pk])

    return address


def text(answer, status=200) -> str:
    assert answer.status_code == status, answer.content.decode()[:500]
    return answer.content.decode()


# --- the pages --------------------------------------------------------------------------------------------------------
def test_a_manager_creates_a_place_and_a_viewer_reads_it_with_a_link_to_a_map(
    manager_client, viewer_client, fleet, at, partnership
):
    sent = {**NORTH, "partner": partnership.company_id}
    assert manager_client.post(at("places/new/"), sent).status_code == 302
    place = Place.objects.get(fleet=fleet)
    assert (place.name, place.partner_id) == ("Depot North", partnership.company_id)

    page = text(viewer_client.get(at(f"places/{place.pk}/")))
    for value in NORTH.values():
        assert value in page
    assert "https://www.openstreetmap.org/search?query=Yard+3%2C+13355+Berlin" in page
    assert "Edit" not in page
    assert "Depot North" in text(viewer_client.get(at("places/")))


def test_a_viewer_and_people_outside_cannot_write_places(outsiders, url, at):
    for browser, status in outsiders.items():
        assert browser.post(at("places/new/"), NORTH).status_code == status
        assert browser.post(url("edit"), {**NORTH, "seen": "x"}).status_code == status
        assert browser.post(url("delete")).status_code == status
    assert Place.objects.get().archived_at is None


def test_a_name_is_there_once_in_a_fleet(manager_client, place, at):
    page = text(manager_client.post(at("places/new/"), {"name": "Depot North"}))
    assert "The fleet already has a place with this name." in page
    assert Place.objects.count() == 1


def test_only_partners_of_the_fleet_work_at_its_places(manager_client, at, other_company):
    page = text(manager_client.post(at("places/new/"), {**NORTH, "partner": other_company.pk}))
    assert "Select a valid choice" in page
    assert not Place.objects.exists()


def test_a_change_that_somebody_else_made_since_is_not_overwritten(manager_client, place, url):
    sent = {**NORTH, "name": "Depot South", "seen": place.updated_at.isoformat()}
    assert manager_client.post(url("edit"), sent).status_code == 302
    again = manager_client.post(url("edit"), {**sent, "name": "Depot East"})
    assert "Somebody has changed this in the meantime." in text(again, 409)
    assert Place.objects.get().name == "Depot South"


def test_an_unused_place_is_deleted(manager_client, url):
    assert "Delete Depot North?" in text(manager_client.get(url("delete")))
    assert manager_client.post(url("delete")).status_code == 302
    assert not Place.objects.exists()


def test_a_used_place_is_archived_stays_in_its_jobs_and_is_restored(
    manager_client, manager, fleet, place, url, at
):
    job = JobFactory(by=manager, fleet=fleet, place=place)
    assert "Archive Depot North?" in text(manager_client.get(url("delete")))
    assert manager_client.post(url("delete")).status_code == 302
    place.refresh_from_db()
    assert place.archived_at

    assert OPTION not in text(manager_client.get(at("jobs/new/")))
    assert "Depot North" in text(manager_client.get(at(f"jobs/{job.pk}/")))
    assert "Depot North" in text(manager_client.get(at(f"jobs/{job.pk}/edit/")))
    assert 'class="row-link"' not in text(manager_client.get(at("places/")))
    assert "Depot North" in text(manager_client.get(at("places/?status=ARCHIVED")))
    assert manager_client.post(url("delete")).status_code == 409

    assert manager_client.post(url("restore")).status_code == 302
    assert OPTION in text(manager_client.get(at("jobs/new/")))


def test_the_page_of_a_place_leads_to_what_is_there(manager_client, manager, fleet, place, url):
    JobFactory(by=manager, fleet=fleet, place=place)
    VehicleFactory(fleet=fleet, place=place)
    page = text(manager_client.get(url()))
    for path in ("jobs/installation/", "jobs/maintenance/", "vehicles/"):
        assert f"{path}?place={place.pk}" in page


def test_the_list_is_exported(manager_client, place, at):
    lines = manager_client.get(at("places/export/csv/")).getvalue().decode("utf-8-sig")
    assert "Depot North" in lines
    assert "Mon–Fri 8–18" in lines


# --- jobs -------------------------------------------------------------------------------------------------------------
def test_a_job_chooses_a_place_beside_its_location(manager_client, place, at):
    sent = {"custom_name": "Car 1", "place": place.pk, "location": "Hall 3"}
    assert manager_client.post(at("jobs/new/"), sent).status_code == 302
    job = Job.objects.get()
    assert (job.place, job.location) == (place, "Hall 3")
    page = text(manager_client.get(at(f"jobs/{job.pk}/")))
    for value in (*NORTH.values(), "Hall 3"):
        assert value in page


def test_the_history_names_the_place(manager_client, pending_job, manager, place, at):
    pending_job.edit(by=manager, place=place)
    pending_job.edit(by=manager, place=None)
    assert text(manager_client.get(at(f"jobs/{pending_job.pk}/"))).count("Depot North") >= 2


def test_a_place_of_another_fleet_is_refused_by_the_form_of_a_job(manager_client, foreign, at):
    page = text(manager_client.post(at("jobs/new/"), {"custom_name": "A", "place": foreign.pk}))
    assert "Select a valid choice" in page
    assert "Depot of others" not in page
    assert not Job.objects.exists()


def test_a_place_of_another_fleet_is_refused_by_every_move(pending_job, manager, fleet, foreign):
    with pytest.raises(ValidationError, match="not in the fleet"):
        pending_job.edit(by=manager, place=foreign)
    with pytest.raises(ValidationError, match="not in the fleet"):
        Job.objects.all().edit_all(fleet=fleet, by=manager, place=foreign)
    with pytest.raises(ValidationError, match="not in the fleet"):
        Job.objects.create_by(manager, fleet=fleet, place=foreign)
    assert not Job.objects.filter(place__isnull=False).exists()


def test_many_jobs_get_a_place_by_bulk_edit(manager_client, manager, fleet, place, foreign, at):
    jobs = [JobFactory(by=manager, fleet=fleet) for _n in range(3)]
    selected = {"select": [job.pk for job in jobs], "step": "filled", "touch": "place"}
    bulk = at("jobs/installation/bulk/edit/")
    refused = text(manager_client.post(bulk, {**selected, "place": foreign.pk}))
    assert "Select a valid choice" in refused
    preview = text(manager_client.post(bulk, {**selected, "place": place.pk}))
    assert "Depot North" in preview
    manager_client.post(bulk, {**selected, "place": place.pk, "step": "confirmed"})
    assert Job.objects.filter(place=place).count() == 3


def test_a_copy_keeps_the_place(pending_job, manager, place):
    pending_job.edit(by=manager, place=place)
    assert pending_job.copies.duplicate()["place"] == place.pk


# --- lists ------------------------------------------------------------------------------------------------------------
@pytest.fixture
def two_places(manager, fleet, place):
    south = PlaceFactory(fleet=fleet, name="Depot South")
    for where, name in ((south, "CAR S1"), (place, "CAR N1"), (south, "CAR S2"), (None, "CAR X1")):
        JobFactory(by=manager, fleet=fleet, place=where, custom_name=name)
        VehicleFactory(fleet=fleet, place=where, license_plate=name)
    return place, south


LISTS = pytest.mark.parametrize("path", ["jobs/installation/", "vehicles/"])


@LISTS
def test_a_list_is_filtered_by_several_places(manager_client, two_places, at, path):
    north, south = two_places
    page = text(manager_client.get(at(path), {"place": [south.pk]}))
    assert "CAR S1" in page
    assert "CAR N1" not in page
    page = text(manager_client.get(at(path), {"place": [north.pk, south.pk]}))
    assert "CAR S1" in page
    assert "CAR N1" in page
    assert "CAR X1" not in page


@LISTS
def test_a_filter_names_no_place_of_another_fleet(manager_client, two_places, foreign, at, path):
    page = text(manager_client.get(at(path), {"place": foreign.pk}))
    assert "CAR S1" not in page
    assert "Depot of others" not in page


@LISTS
def test_a_list_that_is_sorted_by_place_has_a_heading_for_each(
    manager_client, two_places, at, path
):
    page = text(manager_client.get(at(path), {"sort": "place"}))
    rows = page[page.index('id="rows"') :]
    assert rows.count('class="group"') == 3
    assert rows.index("Depot North") < rows.index("CAR N1") < rows.index("Depot South")
    assert rows.index("Depot South") < rows.index("CAR S1")
    assert rows.index("None") < rows.index("CAR X1")
    assert 'class="group"' not in text(manager_client.get(at(path)))


@pytest.mark.parametrize("path", ["jobs/installation/views/", "vehicles/views/"])
def test_the_menu_of_views_groups_a_list_by_place(manager_client, at, path):
    menu = text(manager_client.get(at(path), HTTP_HX_REQUEST="true"))
    assert "Group by place" in menu
    assert "?sort=place" in menu


# --- vehicles ---------------------------------------------------------------------------------------------------------
def test_a_vehicle_gets_a_place_and_its_changes_name_it(manager_client, fleet, place, foreign, at):
    vehicle = VehicleFactory(fleet=fleet)
    url = at(f"vehicles/{vehicle.pk}/edit/place/")
    sent = {"place": foreign.pk, "expected": vehicle.version}
    assert "Select a valid choice" in text(manager_client.post(url, sent))
    assert manager_client.post(url, {**sent, "place": place.pk}).status_code == 302
    vehicle.refresh_from_db()
    assert vehicle.place == place
    page = text(manager_client.get(at(f"vehicles/{vehicle.pk}/")))
    assert page.count("Depot North") >= 2  # the fact, and the change
    assert "Yard 3, 13355 Berlin" in page


def test_a_vehicle_has_no_place_of_another_fleet(manager, fleet, foreign):
    vehicle = VehicleFactory(fleet=fleet)
    with pytest.raises(ValidationError, match="not in the fleet"):
        vehicle.edits(manager).set_place(foreign)


def test_many_vehicles_get_a_place_at_once(manager_client, fleet, place, foreign, at):
    vehicles = [VehicleFactory(fleet=fleet) for _n in range(3)]
    sent = {"select": [vehicle.pk for vehicle in vehicles], "step": "filled"}
    url = at("vehicles/bulk/place/")
    assert "Select a valid choice" in text(manager_client.post(url, {**sent, "place": foreign.pk}))
    preview = text(manager_client.post(url, {**sent, "place": place.pk}))
    assert "Get the place" in preview
    seen = preview.partition('name="seen" value="')[2].partition('"')[0]
    answer = manager_client.post(
        url, {**sent, "place": place.pk, "step": "confirmed", "seen": seen}
    )
    assert answer.status_code == 302
    assert Vehicle.objects.filter(place=place).count() == 3
