"""The VIN that the unit reads, as the phone and the pages of both sides show it."""

import pytest

from tests.cast.work import OTHER_VIN, TYPED_VIN, read_vin

pytestmark = pytest.mark.usefixtures("reads_vin")
SUCCEEDED = {"outcome": "SUCCEEDED"}
DIFFERS = 'data-status="DIFFERS"'


def sheet(phone, job):
    return phone.get(f"jobs/{job.pk}/")


def finish(phone, job, **body):
    return phone.post(f"jobs/{job.pk}/outcome/", SUCCEEDED | body, key=None)


def test_the_sheet_has_what_the_unit_reads_beside_what_the_job_has(proven_job, installer_phone):
    read_vin(proven_job, OTHER_VIN)
    job = sheet(installer_phone, proven_job).json()
    assert (job["read_vin"], job["vin"]) == (OTHER_VIN, TYPED_VIN)


def test_another_vin_on_the_bus_is_another_tag(proven_job, installer_phone):
    before = sheet(installer_phone, proven_job)["ETag"]
    read_vin(proven_job, OTHER_VIN)
    assert sheet(installer_phone, proven_job)["ETag"] != before


def test_finishing_with_another_vin_takes_a_confirmation(proven_job, installer_phone):
    read_vin(proven_job, OTHER_VIN)
    refused = finish(installer_phone, proven_job)
    assert refused.status_code == 409
    problem = refused.json()
    assert problem["code"] == "vin_differs"
    assert (problem["read_vin"], problem["vin"]) == (OTHER_VIN, TYPED_VIN)

    job = finish(installer_phone, proven_job, confirmed_vin=OTHER_VIN).json()
    assert (job["status"], job["read_vin"]) == ("SUCCEEDED", None)
    assert [warning["code"] for warning in job["warnings"]] == ["vin_differs"]


def test_a_repeat_of_the_confirmed_outcome_returns_the_job(proven_job, installer_phone):
    read_vin(proven_job, OTHER_VIN)
    for _repeat in range(2):
        answer = finish(installer_phone, proven_job, confirmed_vin=OTHER_VIN)
        assert (answer.status_code, answer.json()["status"]) == (200, "SUCCEEDED")


def test_the_permit_says_that_the_vin_is_to_be_confirmed(proven_job, installer_phone):
    read_vin(proven_job, OTHER_VIN)
    permit = sheet(installer_phone, proven_job).json()["can"]["succeed"]
    assert (permit["allowed"], permit["code"]) == (False, "vin_differs")


@pytest.mark.parametrize(
    "body",
    [
        {"confirmed_vin": "no VIN"},
        {"confirmed_vin": ""},
        {"confirmed_vin": OTHER_VIN, "outcome": "FAILED", "comment": "No."},
    ],
)
def test_a_wrong_confirmation_is_named_at_its_field(body, proven_job, installer_phone):
    answer = finish(installer_phone, proven_job, **body)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["confirmed_vin"])


def test_both_sides_see_the_difference_before_and_after_the_outcome(
    proven_job, installer, manager_client, company_admin_client
):
    read_vin(proven_job, OTHER_VIN)
    fleet = f"/fleetcontrol/{proven_job.fleet_id}/jobs/{proven_job.pk}/"
    company = f"/installers/jobs/{proven_job.pk}/"
    for client, page in ((manager_client, fleet), (company_admin_client, company)):
        shown = client.get(page).content.decode()
        assert OTHER_VIN in shown
        assert DIFFERS in shown

    proven_job.succeed(by=installer, confirmed_vin=OTHER_VIN)
    for client, page in ((manager_client, fleet), (company_admin_client, company)):
        shown = client.get(page).content.decode()
        assert "The unit read another VIN than the job has." in shown
        assert f"the unit read {OTHER_VIN}; {TYPED_VIN} was confirmed" in shown


def test_the_vehicles_page_shows_what_its_unit_reads(proven_job, manager_client):
    page = f"/fleetcontrol/{proven_job.fleet_id}/vehicles/{proven_job.vehicle_id}/"
    same = manager_client.get(page).content.decode()
    assert "VIN read by the unit" in same
    assert DIFFERS not in same
    read_vin(proven_job, OTHER_VIN)
    assert DIFFERS in manager_client.get(page).content.decode()
