"""A place at the other doors: the import, both APIs, the Installers website, the operators, an erasure."""

import csv

import pytest
from django.urls import reverse

from core.erasing import Words, erase
from core.errors import MoveRefused
from jobs.models import Job, JobImport
from telematics.models import Place
from tests.factories.accounts import FleetFactory
from tests.factories.jobs import JobFactory
from tests.factories.telematics import PlaceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(fleet):
    return PlaceFactory(
        fleet=fleet,
        name="Depot North",
        address="Yard 3, 13355 Berlin",
        contact="Otto Brandl, +49 30 123456",
        opening_hours="Mon–Fri 8–18",
    )


@pytest.fixture
def preview(manager, fleet):
    return lambda text: JobImport.objects.preview(
        manager, fleet=fleet, name="jobs.csv", content=text.encode()
    )


# --- import -----------------------------------------------------------------------------------------------------------
def test_a_file_names_places_in_any_spelling(preview, place, manager):
    draft = preview("custom_name,place\nA,Depot North\nB,depot north\nC,\n")
    assert draft.file.errors == []
    draft.confirm(by=manager)
    assert dict(Job.objects.values_list("custom_name", "place__name")) == {
        "A": "Depot North",
        "B": "Depot North",
        "C": None,
    }


def test_an_unknown_place_is_an_error_at_its_cell_with_a_suggestion(preview, place):
    PlaceFactory(fleet=FleetFactory(), name="Depot Elsewhere")
    found = preview("custom_name,place\nA,Depot Nort\nB,Depot Elsewhere\n").file.errors
    shown = [(one[0], one[1], one[4]) for one in found]
    assert shown == [
        (2, "place", "The fleet has no such place."),
        (3, "place", "The fleet has no such place."),
    ]
    assert found[0][5] == "Depot North"


def test_a_place_that_is_deleted_before_the_confirmation_refuses_it(preview, place, manager):
    draft = preview("custom_name,place\nA,Depot North\n")
    Place.objects.all().delete()
    with pytest.raises(MoveRefused) as refused:
        draft.confirm(by=manager)
    assert refused.value.code == "gone"
    assert not Job.objects.exists()


def test_an_export_can_be_imported_again_with_its_place(manager_client, preview, place, manager):
    JobFactory(by=manager, fleet=place.fleet, place=place, custom_name="A")
    url = reverse("fleetcontrol:job-export-csv", args=[place.fleet_id, "installation"])
    lines = manager_client.get(url).getvalue().decode("utf-8-sig").splitlines()
    (row,) = csv.DictReader(lines)
    assert row["place"] == "Depot North"


# --- the installer ----------------------------------------------------------------------------------------------------
SHOWN = ("Depot North", "Yard 3, 13355 Berlin", "Otto Brandl, +49 30 123456", "Mon–Fri 8–18")


@pytest.fixture
def job_there(manager, fleet, partnership, place):
    job = JobFactory(by=manager, fleet=fleet, place=place)
    job.assign(partnership.company, by=manager)
    return job


def test_the_phone_reads_the_place_in_the_list_and_in_the_job(installer_phone, job_there):
    row = installer_phone.get("jobs/").json()["results"][0]
    sheet = installer_phone.get(f"jobs/{job_there.pk}/").json()
    assert tuple(row["place"].values())[1:] == SHOWN
    assert sheet["place"] == row["place"]


def test_a_changed_place_changes_the_tag_of_its_jobs(installer_phone, job_there, place):
    before = installer_phone.get(f"jobs/{job_there.pk}/")["ETag"]
    place.contact = "Gate"
    place.save()
    after = installer_phone.get(f"jobs/{job_there.pk}/")
    assert after["ETag"] != before
    assert after.json()["place"]["contact"] == "Gate"


def test_the_website_of_installers_shows_the_place(company_admin_client, job_there):
    page = company_admin_client.get(reverse("installers:job", args=[job_there.pk]))
    for text in SHOWN:
        assert text in page.content.decode()


# --- operators, erasure -----------------------------------------------------------------------------------------------
def test_operators_add_places_and_move_none_to_another_fleet(operator_client, place):
    url = reverse("admin:telematics_place_change", args=[place.pk])
    sent = {"name": "Depot N", "fleet": FleetFactory().pk}
    assert operator_client.post(url, sent).status_code == 302
    before = place.fleet_id
    place.refresh_from_db()
    assert (place.name, place.fleet_id) == ("Depot N", before)


def test_an_erasure_takes_a_person_out_of_the_contacts_of_places(place):
    erase(Words("Otto", "Brandl", "Person 7", "", []))
    place.refresh_from_db()
    assert place.contact == "Person 7, +49 30 123456"
