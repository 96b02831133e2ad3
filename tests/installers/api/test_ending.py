"""How a job ended, as its people read it: in the API, on the company's page and on FleetControl's."""

import pytest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from jobs.models import Job
from telematics.models import VehicleState

FAILED = {"outcome": "FAILED", "comment": "No power at the bay.", "reason": "UNIT_DEFECT"}
SUCCEEDED = {"outcome": "SUCCEEDED"}


@pytest.fixture
def unlocked(proven_job):
    """The unit says that the car is open."""
    state = {"central_lock": {"value": "unlocked", "timestamp": timezone.now().isoformat()}}
    VehicleState.receive(proven_job.vehicle.unit_id, state, timezone.now())
    return proven_job


def finish(phone, job, body):
    answer = phone.post(f"jobs/{job.pk}/outcome/", body, key=None)
    assert answer.status_code == 200
    return answer.json()


def test_a_failed_job_says_why_by_whom_and_when(configured_job, installer, installer_phone):
    assert installer_phone.get(f"jobs/{configured_job.pk}/").json()["outcome"] is None
    outcome = finish(installer_phone, configured_job, FAILED)["outcome"]
    times = {name: parse_datetime(outcome.pop(name)) for name in ("taken_at", "finished_at")}
    assert outcome == {**FAILED, "by": {"id": installer.pk, "name": "Installer"}}
    assert times["taken_at"] < times["finished_at"]
    colleague_reads = installer_phone.get(f"jobs/{configured_job.pk}/").json()["outcome"]
    assert colleague_reads["reason"] == "UNIT_DEFECT"


def test_a_job_that_succeeded_has_no_reason(proven_job, installer_phone):
    outcome = finish(installer_phone, proven_job, SUCCEEDED)["outcome"]
    assert (outcome["outcome"], outcome["reason"], outcome["by"]["name"]) == (
        "SUCCEEDED",
        None,
        "Installer",
    )


@pytest.mark.parametrize("body", [FAILED, SUCCEEDED])
def test_nothing_of_a_finished_job_reads_open(body, proven_job, installer_phone):
    before = installer_phone.get(f"jobs/{proven_job.pk}/").json()["fields"]
    assert {field["locked"] for field in before} == {True, False}
    job = finish(installer_phone, proven_job, body)
    assert {field["locked"] for field in job["fields"]} == {True}
    reasons = {field["name"]: field["reason"] for field in job["fields"]}
    assert reasons["license_plate"] == "The job is finished."
    assert reasons["vehicle_model_id"] == "Set by the fleet manager."


def test_an_assigned_jobs_fields_are_still_open(assigned_job, installer_phone):
    fields = installer_phone.get(f"jobs/{assigned_job.pk}/").json()["fields"]
    assert False in {field["locked"] for field in fields}


@pytest.mark.parametrize("body", [FAILED, SUCCEEDED])
def test_finishing_with_the_car_unlocked_warns_each_time_it_is_answered(
    body, unlocked, installer_phone
):
    warnings = finish(installer_phone, unlocked, body)["warnings"]
    assert [warning["code"] for warning in warnings] == ["unlocked"]
    assert "unlocked when the job ended" in warnings[0]["text"]
    assert finish(installer_phone, unlocked, body)["warnings"] == warnings


def test_finishing_with_the_car_locked_warns_of_nothing(proven_job, installer_phone):
    assert finish(installer_phone, proven_job, SUCCEEDED)["warnings"] == []


def test_the_fleet_and_the_company_read_the_warning_too(
    unlocked, installer_phone, manager_client, company_admin_client
):
    finish(installer_phone, unlocked, FAILED)
    fleet = manager_client.get(f"/fleetcontrol/{unlocked.fleet_id}/jobs/{unlocked.pk}/")
    company = company_admin_client.get(f"/installers/jobs/{unlocked.pk}/")
    for page in (fleet.content.decode(), company.content.decode()):
        assert "The vehicle was unlocked when the job ended." in page
        assert "left unlocked" in page  # in the history
        assert "Unit defect" in page
        assert all(f"<dt>{label}</dt>" in page for label in ("Ended by", "Taken", "Ended"))


def test_an_open_job_has_no_end_on_its_pages(running_job, manager_client, company_admin_client):
    fleet = manager_client.get(f"/fleetcontrol/{running_job.fleet_id}/jobs/{running_job.pk}/")
    company = company_admin_client.get(f"/installers/jobs/{running_job.pk}/")
    assert "Ended by" not in fleet.content.decode() + company.content.decode()


def test_a_failed_job_keeps_what_it_proved(proven_job, installer_phone, manager_client):
    job = finish(installer_phone, proven_job, FAILED)
    assert {test["status"] for test in job["tests"]} == {"PASSED"}
    assert [test["kind"] for test in job["tests"]] == job["required_tests"]
    page = manager_client.get(f"/fleetcontrol/{proven_job.fleet_id}/jobs/{proven_job.pk}/")
    assert "Voided" not in page.content.decode()
    assert Job.objects.get(pk=proven_job.pk).tests.filter(voided_at=None).count() == len(
        job["tests"]
    )
