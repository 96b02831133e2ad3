"""What is said before a job is assigned, and after: complete first, then the confirmation, then the lock."""

import pytest

from jobs.models import Job
from tests.factories.jobs import JobFactory
from tests.factories.telematics import VehicleFactory

NEEDS_VEHICLE = "A maintenance job needs a vehicle before it can be assigned."


def text(answer) -> str:
    return answer.content.decode()


# --- the menu ---------------------------------------------------------------------------------------------------------
def test_new_job_on_maintenance_jobs_creates_only_maintenance_jobs(manager_client, at):
    page = text(manager_client.get(at("jobs/maintenance/")))
    assert "jobs/new/?kind=MAINTENANCE" in page
    for other in ("jobs/new/from-template/", "jobs/new/many/", 'jobs/import/"'):
        assert at(other) not in page
    assert "Templates, multiple jobs and imports are for installation jobs." in page


def test_new_job_on_installation_jobs_has_every_entry_of_the_guide(manager_client, at):
    page = text(manager_client.get(at("jobs/installation/")))
    for path in ("jobs/new/?kind=INSTALLATION", "jobs/new/from-template/", "jobs/new/many/"):
        assert at(path) in page
    assert f'href="{at("jobs/import/")}"' in page


# --- complete before the confirmation ---------------------------------------------------------------------------------
def test_a_maintenance_job_without_a_vehicle_is_refused_before_the_confirmation(
    manager_client, at, company, partnership
):
    page = manager_client.post(at("jobs/new/?kind=MAINTENANCE"), {"company": company.pk})
    assert NEEDS_VEHICLE in page.context["form"].errors["vehicle"]
    assert "confirmed" not in text(page)


def test_the_dialog_that_assigns_one_says_what_is_missing_instead_of_asking(
    manager_client, at, fleet, manager, partnership
):
    job = JobFactory(by=manager, fleet=fleet, kind="MAINTENANCE", custom_name="")
    dialog = manager_client.get(at(f"jobs/{job.pk}/assign/"), headers={"HX-Request": "true"})
    assert NEEDS_VEHICLE in text(dialog)
    assert 'name="company"' not in text(dialog)


@pytest.mark.parametrize("name", ["company", "location"])
def test_the_confirmation_says_only_what_holds(name, manager_client, at, company, partnership):
    sent = {"company": company.pk, "location": "Yard", "planned_service_date": "2026-12-24"}
    page = text(manager_client.post(at("jobs/new/"), sent))
    assert "Assign to QuickInstall?" in page
    assert "Nothing is set" not in page
    assert "The installer decides plate, VIN, name, setup and features." in page


def test_the_confirmation_names_the_vehicle_that_is_reconfigured(
    manager_client, at, fleet, company, partnership
):
    vehicle = VehicleFactory(fleet=fleet, license_plate="B QX 2041")
    sent = {"company": company.pk, "vehicle": vehicle.pk}
    page = manager_client.post(at("jobs/new/"), sent)
    assert ("Vehicle", str(vehicle)) in page.context["locked"]


@pytest.mark.parametrize("path", ["jobs/{}/assign/", "jobs/installation/bulk/assign/"])
def test_dialogs_that_choose_a_partner_call_it_service_partner(
    path, manager_client, at, pending_job, partnership
):
    ask = manager_client.post if "bulk" in path else manager_client.get
    page = ask(at(path.format(pending_job.pk)), {"select": pending_job.pk})
    assert page.context["form"]["company"].label == "Service Partner"


# --- afterwards -------------------------------------------------------------------------------------------------------
def test_the_edit_page_of_an_assigned_job_says_so_and_offers_to_ask_for_it(
    manager_client, at, assigned_job
):
    page = manager_client.get(at(f"jobs/{assigned_job.pk}/edit/"))
    assert page.status_code == 409
    assert "Blue One is assigned to QuickInstall and can no longer be changed here." in text(page)
    assert at(f"jobs/{assigned_job.pk}/handback/") in text(page)
    assert "Somebody" not in text(page)


def test_the_edit_page_of_a_running_or_finished_job_says_why_it_is_locked(
    manager_client, at, running_job, installer
):
    url = at(f"jobs/{running_job.pk}/edit/")
    assert "Blue One is in work at QuickInstall" in text(manager_client.get(url))
    running_job.fail(by=installer, comment="No car there")
    page = manager_client.get(url)
    assert "Blue One is finished and can no longer be changed." in text(page)
    assert "/handback/" not in text(page)


@pytest.mark.parametrize("name", ["delete", "assign"])
def test_the_other_actions_of_pending_jobs_say_it_too(name, manager_client, at, assigned_job):
    page = manager_client.get(at(f"jobs/{assigned_job.pk}/{name}/"))
    assert page.status_code == 409
    assert "Blue One is assigned to QuickInstall" in text(page)


def test_a_form_that_comes_too_late_offers_to_ask_for_the_job(manager_client, at, assigned_job):
    page = manager_client.post(at(f"jobs/{assigned_job.pk}/edit/"), {"location": "Yard"})
    assert "Blue One is assigned to QuickInstall" in text(page)
    assert at(f"jobs/{assigned_job.pk}/handback/") in text(page)
    assert page.context["form"]["location"].value() == "Yard"
    assert Job.objects.get().location == ""
