"""The same odd values through the pages, the APIs, a file and the operators' pages."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from jobs.models import ConfigurationPreset, Job, JobImport, JobTemplate
from telematics.models import Unit, Vehicle
from tests.factories.jobs import JobFactory, JobTemplateFactory
from tests.telematics.test_admin import INLINE

VIN = "WVWZZZ1KZAW000123"
TYPED = {
    "license_plate": " b\u2011qx\u200b  2041\u202e",
    "vin": "wvw zzz-1kz aw0 00123",
    "custom_name": "Mu\u0308ller\u00ad\u3164",
    "brand": "E\u2013Tech",
}
STORED = {"license_plate": "B-QX 2041", "vin": VIN, "custom_name": "Müller", "brand": "E-Tech"}
NOTES = {"location": "Hall\u00a03\u2800", "instructions": "one\r\ntwo\u202e"}
STORED_NOTES = {"location": "Hall 3", "instructions": "one\ntwo"}
REFUSED = {
    "license_plate": "B<QX",
    "vin": "\u0412VWZZZ1KZAW000123",
    "custom_name": "a\x07b",
    "brand": "Audi;",
}
NO_SIMULATION = INLINE | {"simulated-TOTAL_FORMS": "0"}
NAMED = "Character 1 is not the letter B but “В” (CYRILLIC CAPITAL LETTER VE)."


def seen(row, names):
    row.refresh_from_db()
    return {name: getattr(row, name) for name in names}


# --- FleetControl -----------------------------------------------------------------------------------------------------
@pytest.fixture
def new_job(fleet):
    return f"/fleetcontrol/{fleet.pk}/jobs/new/"


def test_the_form_of_a_job_cleans_and_refuses(manager_client, new_job):
    page = manager_client.post(new_job, REFUSED)
    assert set(REFUSED) <= set(page.context["form"].errors)
    assert NAMED in page.content.decode()
    manager_client.post(new_job, TYPED | NOTES)
    assert seen(Job.objects.get(), [*STORED, *STORED_NOTES]) == STORED | STORED_NOTES


def test_the_form_of_a_vehicle_cleans_and_refuses(manager_client, fleet):
    url = f"/fleetcontrol/{fleet.pk}/vehicles/new/"
    assert set(REFUSED) <= set(manager_client.post(url, REFUSED).context["form"].errors)
    manager_client.post(url, TYPED)
    assert seen(Vehicle.objects.get(), STORED) == STORED


def test_bulk_edit_cleans(manager_client, manager, fleet):
    job = JobFactory(by=manager, fleet=fleet)
    sent = {"touch": ["brand", *NOTES], "brand": TYPED["brand"], **NOTES}
    url = f"/fleetcontrol/{fleet.pk}/jobs/installation/bulk/edit/"
    manager_client.post(url, {"select": job.pk, "step": "confirmed", **sent})
    assert seen(job, ["brand", *NOTES]) == {"brand": "E-Tech", **STORED_NOTES}
    changed = job.events.get(verb="edit").data["changed"]
    assert changed["location"]["to"] == "Hall 3"


def test_templates_and_presets_clean_their_names(manager_client, fleet):
    JobTemplateFactory(fleet=fleet, name="Car")
    taken = manager_client.post(f"/fleetcontrol/{fleet.pk}/templates/new/", {"name": " Ca\u200br"})
    assert "name" in taken.context["form"].errors
    for noun, model in (("templates", JobTemplate), ("presets", ConfigurationPreset)):
        url = f"/fleetcontrol/{fleet.pk}/{noun}/new/"
        assert "name" in manager_client.post(url, {"name": "\u200b"}).context["form"].errors
        manager_client.post(url, {"name": "Mu\u0308ller\u202e"})
        assert model.objects.filter(fleet=fleet, name="Müller").exists()


def file_of(values):
    cells = ";".join(f'"{value}"' for value in values.values())
    return SimpleUploadedFile("jobs.csv", f"{';'.join(values)}\n{cells}\n".encode())


def test_an_import_cleans_and_refuses(manager_client, fleet):
    url = f"/fleetcontrol/{fleet.pk}/jobs/import/"
    manager_client.post(url, {"file": file_of(TYPED | NOTES)}, follow=True)
    draft = JobImport.objects.get()
    confirm = reverse("fleetcontrol:job-import-confirm", args=[fleet.pk, draft.pk])
    manager_client.post(confirm, {"version": draft.version}, follow=True)
    assert seen(Job.objects.get(), [*STORED, *STORED_NOTES]) == STORED | STORED_NOTES
    page = manager_client.post(url, {"file": file_of(REFUSED)}, follow=True)
    assert NAMED in page.content.decode()
    assert Job.objects.count() == 1


# --- SmartControl -----------------------------------------------------------------------------------------------------
def patch(api, job, values, key):
    url = f"/api/smartcontrol/v1/jobs/{job.pk}/fields/"
    return api.patch(url, values, format="json", headers={"Idempotency-Key": key})


def test_the_phone_cleans_and_refuses(installer_api, assigned_job, installer):
    Job.objects.filter(pk=assigned_job.pk).update(planned={}, custom_name="", vehicle_model=None)
    assigned_job.refresh_from_db()
    assigned_job.take(by=installer)
    refused = patch(installer_api, assigned_job, REFUSED, "one")
    assert (refused.status_code, set(refused.json()["errors"])) == (400, set(REFUSED))
    assert NAMED in refused.json()["errors"]["vin"][0]
    assert patch(installer_api, assigned_job, TYPED, "two").status_code == 200
    assert seen(assigned_job, STORED) == STORED


@pytest.mark.parametrize("blank", ["", " ", "\u200b", "\u3164\u2800", "\r\n\u00ad"])
def test_a_comment_that_nobody_sees_does_not_explain_a_failure(installer_api, running_job, blank):
    url = f"/api/smartcontrol/v1/jobs/{running_job.pk}/outcome/"
    answer = installer_api.post(url, {"outcome": "FAILED", "comment": blank}, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["comment"])
    installer_api.post(url, {"outcome": "FAILED", "comment": "no\r\nkeys\u202e"}, format="json")
    assert seen(running_job, ["status", "comment"]) == {"status": "FAILED", "comment": "no\nkeys"}
    assert running_job.events.get(verb="fail").data["comment"] == "no\nkeys"


@pytest.mark.parametrize(
    "url", ["me/", "jobs/counts/", "jobs/", "vehicle-models/", "jobs/{}/tests/", "jobs/{}/"]
)
def test_an_unknown_parameter_is_refused_by_the_phones_api(installer_api, running_job, url):
    url = f"/api/smartcontrol/v1/{url.format(running_job.pk)}"
    assert installer_api.get(url).status_code == 200
    refused = installer_api.get(url, {"statuss": "x"})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["statuss"])


def test_a_choice_in_the_phones_query_ignores_case_and_refuses_unknown_ones(
    installer_api, assigned_job
):
    url = "/api/smartcontrol/v1/jobs/"
    assert len(installer_api.get(url, {"category": "AVAILABLE"}).json()["results"]) == 1
    assert installer_api.get(url, {"category": "availabel"}).status_code == 400


# --- operators --------------------------------------------------------------------------------------------------------
def test_the_operators_pages_clean_and_refuse(operator_client, fleet):
    url = reverse("admin:telematics_unit_add")
    operator_client.post(url, NO_SIMULATION | {"qnr": "00a1-b2c3-d4e5-f607", "fleet": fleet.pk})
    assert list(Unit.objects.values_list("qnr", flat=True)) == ["00A1B2C3D4E5F607"]
    page = operator_client.post(
        url, NO_SIMULATION | {"qnr": "00a1\u0441c3d4e5f6077", "fleet": fleet.pk}
    )
    assert "qnr" in page.context["adminform"].form.errors
    preset = {"name": "Mu\u0308\u200bller", "fleet": fleet.pk}
    operator_client.post(reverse("admin:jobs_configurationpreset_add"), preset)
    assert ConfigurationPreset.objects.get().name == "Müller"


# --- shown ------------------------------------------------------------------------------------------------------------
def test_a_name_from_right_to_left_is_isolated_wherever_it_is_shown(manager_client, manager, fleet):
    job = JobFactory(by=manager, fleet=fleet, custom_name="שלום 12", location="חיפה")
    start = f"/fleetcontrol/{fleet.pk}/jobs/installation/"
    listed = manager_client.get(start, {"columns": "job,location"}).content.decode()
    assert "<bdi>שלום 12</bdi></a>" in listed
    assert "<bdi>חיפה</bdi>" in listed
    page = manager_client.get(f"/fleetcontrol/{fleet.pk}/jobs/{job.pk}/").content.decode()
    assert "<bdi>שלום 12</bdi></h1>" in page
    assert job.names.in_sentence == "\u2068שלום 12\u2069"
    chip = manager_client.get(start, {"search": "שלום"}).content.decode()
    assert "<bdi>שלום</bdi>" in chip


def test_a_reader_sees_one_format_of_dates(manager_client, manager, fleet):
    job = JobFactory(by=manager, fleet=fleet, planned_service_date="2031-11-24")
    listed = manager_client.get(f"/fleetcontrol/{fleet.pk}/jobs/installation/").content.decode()
    page = manager_client.get(f"/fleetcontrol/{fleet.pk}/jobs/{job.pk}/").content.decode()
    job.edit(by=manager, planned_service_date="2031-11-25")
    history = manager_client.get(f"/fleetcontrol/{fleet.pk}/jobs/{job.pk}/").content.decode()
    assert "24 Nov 2031" in listed
    assert "24 Nov 2031" in page
    assert "25 Nov 2031" in history
    assert "2031-11-2" not in history
