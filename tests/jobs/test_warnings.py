"""What a job contradicts or repeats is a warning, by one rule for every door. It stops nobody."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jobs.importing.checking import Options, examine
from jobs.models import ConfigurationPreset, Job
from jobs.warnings import Draft, warnings_of, warnings_of_all
from tests.factories.jobs import JobFactory
from tests.factories.telematics import VehicleFactory, VehicleModelFactory

VIN = "WVWZZZ1KZAW000001"
PLATE = "B QX 2041"
YESTERDAY = timezone.localdate() - timedelta(days=2)


@pytest.fixture
def fiesta(db):
    return VehicleModelFactory(brand="Ford", model="Fiesta", fuel_type="PETROL")


def codes(warned) -> list[tuple[str, str]]:
    return [(one.field, one.code) for one in warned]


def draft(fleet, **values) -> Job:
    return Job(fleet=fleet, **values)


def checked(fleet, text: str):
    return examine(fleet, text.encode(), Options())


# --- the rule ---------------------------------------------------------------------------------------------------------
def test_a_plain_job_warns_of_nothing(fleet, fiesta):
    tomorrow = timezone.localdate() + timedelta(days=2)
    plain = {"brand": "ford", "model": "Fiesta", "planned_service_date": tomorrow, "vin": VIN}
    assert warnings_of(fleet, draft(fleet, vehicle_model=fiesta, **plain)) == []


def test_other_open_work_on_the_vehicle_names_that_job(fleet, manager, partnership, installer):
    vehicle = VehicleFactory(fleet=fleet, license_plate=PLATE)
    running = JobFactory(by=manager, fleet=fleet, vehicle=vehicle, custom_name="Blue One")
    running.assign(partnership.company, by=manager)
    running.take(by=installer)
    removal = draft(fleet, kind="MAINTENANCE", task="REMOVE_UNIT", vehicle=vehicle)
    (warned,) = warnings_of(fleet, removal)
    assert (warned.field, warned.code) == ("vehicle", "job_open")
    assert "Another open job (Blue One, Installation, Running)" in warned.sentence

    running.fail(by=installer, comment="No power.")
    assert warnings_of(fleet, removal) == []


def test_a_job_does_not_warn_of_itself(fleet, manager):
    vehicle = VehicleFactory(fleet=fleet)
    job = JobFactory(by=manager, fleet=fleet, vehicle=vehicle, vin=VIN, license_plate=PLATE)
    assert warnings_of(fleet, job) == []


def test_master_data_that_contradict_the_model(fleet, fiesta):
    job = draft(fleet, vehicle_model=fiesta, brand="Opel", model="Fiesta", fuel_type="ELECTRIC")
    warned = warnings_of(fleet, job)
    assert codes(warned) == [("brand", "model_differs"), ("fuel_type", "model_differs")]
    assert "Ford Fiesta" in warned[0].sentence
    assert warned[0].message.startswith("Brand: ")


def test_a_planned_date_in_the_past(fleet):
    warned = warnings_of(fleet, draft(fleet, planned_service_date=YESTERDAY))
    assert codes(warned) == [("planned_service_date", "date_past")]


@pytest.mark.parametrize("typed", ["B QX 2041", "B-QX 2041", "b-qx-2041", "B QX-2041"])
def test_a_plate_of_an_open_job_or_a_vehicle(fleet, manager, typed):
    job = JobFactory(by=manager, fleet=fleet, license_plate=PLATE)
    (warned,) = warnings_of(fleet, draft(fleet, license_plate=typed))
    assert (warned.field, warned.code) == ("license_plate", "job_open")
    assert PLATE in warned.sentence
    job.delete_by(by=manager)
    assert warnings_of(fleet, draft(fleet, license_plate=typed)) == []

    vehicle = VehicleFactory(fleet=fleet, license_plate=PLATE)
    (warned,) = warnings_of(fleet, draft(fleet, license_plate=typed))
    assert warned.code == "vehicle_in_fleet"
    assert vehicle.pk in warned.sentence
    assert warnings_of(fleet, draft(fleet, license_plate=typed, vehicle=vehicle)) == []


@pytest.mark.parametrize("typed", ["BQ X 2041", "B QX 204", "BQX2041"])
def test_another_plate_is_none(fleet, manager, typed):
    JobFactory(by=manager, fleet=fleet, license_plate=PLATE)
    assert warnings_of(fleet, draft(fleet, license_plate=typed)) == []


def test_a_vin_of_an_open_job_or_a_vehicle(fleet, manager):
    VehicleFactory(fleet=fleet, vin=VIN)
    assert codes(warnings_of(fleet, draft(fleet, vin=VIN))) == [("vin", "vehicle_in_fleet")]
    JobFactory(by=manager, fleet=fleet, vin=VIN)
    assert codes(warnings_of(fleet, draft(fleet, vin=VIN))) == [("vin", "job_open")]


def test_what_another_fleet_has_is_never_named(fleet, other_fleet):
    VehicleFactory(fleet=other_fleet, vin=VIN, license_plate=PLATE)
    assert warnings_of(fleet, draft(fleet, vin=VIN, license_plate=PLATE)) == []


def test_many_drafts_cost_as_many_statements_as_one(fleet, fiesta):
    def cost(number: int) -> int:
        drafts = [
            Draft(vin=f"{VIN[:-3]}{place:03}", license_plate=f"B X {place}", vehicle=f"V{place}")
            for place in range(number)
        ]
        with CaptureQueriesContext(connection) as captured:
            warnings_of_all(fleet, drafts)
        return len(captured)

    assert cost(1) == cost(200) == 5


# --- the import -------------------------------------------------------------------------------------------------------
def test_the_import_warns_by_the_same_rule(fleet, manager, fiesta):
    JobFactory(by=manager, fleet=fleet, license_plate=PLATE, custom_name="Blue One")
    found = checked(
        fleet,
        "license_plate,vehicle_model_id,brand,fuel_type,planned_service_date\n"
        f"B-QX 2041,{fiesta.pk},Opel,ELECTRIC,{YESTERDAY}\n",
    )
    assert found.errors == []
    assert {(one.column, one.code) for one in found.warnings} == {
        ("license_plate", "job_open"),
        ("brand", "model_differs"),
        ("fuel_type", "model_differs"),
        ("planned_service_date", "date_past"),
    }
    named = next(one for one in found.warnings if one.code == "job_open")
    assert named.suggestion.startswith(PLATE)


def test_a_plate_twice_in_a_file_warns_in_each_row(fleet):
    found = checked(fleet, "license_plate\nB QX 2041\nB AD 1\nB-QX-2041\n")
    assert found.errors == []
    assert [(one.row, one.code) for one in found.warnings] == [
        (2, "duplicate_in_file"),
        (4, "duplicate_in_file"),
    ]


# --- FleetControl's pages ---------------------------------------------------------------------------------------------
@pytest.fixture
def at(fleet):
    return lambda path: f"/fleetcontrol/{fleet.pk}/{path}"


def html(response) -> str:
    return response.content.decode()


def test_saving_a_job_warns_and_its_form_shows_it_at_the_field(manager_client, at, fiesta):
    sent = {"vehicle_model": fiesta.pk, "brand": "Opel", "planned_service_date": str(YESTERDAY)}
    page = html(manager_client.post(at("jobs/new/"), sent, follow=True))
    assert "Brand: The vehicle model is Ford Fiesta" in page
    assert "Planned service date: This date is in the past." in page
    job = Job.objects.get()
    form = manager_client.get(at(f"jobs/{job.pk}/edit/")).context["form"]
    assert "The vehicle model is Ford Fiesta" in form.fields["brand"].help_text
    assert "in the past" in form.fields["planned_service_date"].help_text


def test_a_preset_that_the_features_contradict_warns(manager_client, at, fleet, fiesta):
    preset = ConfigurationPreset.objects.create(fleet=fleet, name="City", tracking=True)
    sent = {"vehicle_model": fiesta.pk, "preset": preset.pk, "tracking": "false"}
    page = html(manager_client.post(at("jobs/new/"), sent, follow=True))
    assert "Tracking: Differs from the preset “City”." in page


def test_a_warning_leads_to_the_job_or_vehicle_that_it_means(manager_client, manager, at, fleet):
    vin = "1M8GDM9AXKP042788"
    typed = at(f"jobs/new/vin/?vin={vin}")
    assert manager_client.get(typed).content == b""
    car = VehicleFactory(fleet=fleet, vin=vin, custom_name="<b>Blue</b>")
    warned = html(manager_client.get(typed))
    assert f'href="{at(f"vehicles/{car.pk}/")}"' in warned
    assert "<b>" not in warned
    job = JobFactory(by=manager, fleet=fleet, vin=vin)
    link = f'href="{at(f"jobs/{job.pk}/")}" target="_blank"'
    assert link in html(manager_client.get(typed)), "a job in work comes first"
    saved = manager_client.post(at("jobs/new/"), {"vin": vin}, follow=True)
    assert link in html(saved)
    other = JobFactory(by=manager, fleet=fleet, vin=vin, custom_name="Other")
    edited = html(manager_client.get(at(f"jobs/{other.pk}/edit/")))
    assert link in edited


def test_save_and_assign_warns_before_anything_is_locked(
    manager_client, manager, at, fleet, partnership
):
    vehicle = VehicleFactory(fleet=fleet)
    JobFactory(by=manager, fleet=fleet, vehicle=vehicle, custom_name="Blue One")
    sent = {"vehicle": vehicle.pk, "task": "REMOVE_UNIT", "company": partnership.company_id}
    asked = html(manager_client.post(at("jobs/new/?kind=MAINTENANCE"), sent))
    assert "Another open job (Blue One, Installation, Pending) is about this vehicle." in asked
    assert Job.objects.count() == 1
    manager_client.post(at("jobs/new/?kind=MAINTENANCE"), sent | {"confirmed": "1"})
    assert Job.objects.filter(status="ASSIGNED").count() == 1


def test_assigning_one_job_and_many_warns_before(manager_client, manager, at, fleet, partnership):
    vehicle = VehicleFactory(fleet=fleet)
    job, _other = (
        JobFactory(by=manager, fleet=fleet, vehicle=vehicle, kind="MAINTENANCE", task=task)
        for task in ("REMOVE_UNIT", "SERVICE")
    )
    assert "Another open job (" in html(manager_client.get(at(f"jobs/{job.pk}/assign/")))
    page = html(manager_client.post(at("jobs/maintenance/bulk/assign/"), {"select": [job.pk]}))
    assert "Vehicle: Another open job is about this vehicle." in page
    assert "1 (" in page


def test_a_bulk_edit_warns_of_what_it_would_set(manager_client, manager, at, fleet, fiesta):
    jobs = [JobFactory(by=manager, fleet=fleet, vehicle_model=fiesta) for _n in range(2)]
    sent = {"select": [job.pk for job in jobs], "step": "filled", "touch": "brand", "brand": "Opel"}
    page = html(manager_client.post(at("jobs/installation/bulk/edit/"), sent))
    assert "Brand: The vehicle model is Ford Fiesta" in page
    assert not Job.objects.filter(brand="Opel").exists()


def test_a_template_and_its_jobs_warn(manager_client, at, fleet, fiesta, partnership):
    sent = {"name": "City", "vehicle_model": fiesta.pk, "brand": "Opel", "model": "Fiesta"}
    page = html(manager_client.post(at("templates/new/"), sent, follow=True))
    assert "Brand: The vehicle model is Ford Fiesta" in page
    template = fleet.job_templates.get()
    many = {"template": template.pk, "number": 2}
    asked = manager_client.post(at("jobs/new/many/"), many | {"company": partnership.company_id})
    assert "Brand: The vehicle model is Ford Fiesta" in html(asked)
    page = html(manager_client.post(at("jobs/new/many/"), many, follow=True))
    assert "Brand: The vehicle model is Ford Fiesta" in page
    assert Job.objects.count() == 2
