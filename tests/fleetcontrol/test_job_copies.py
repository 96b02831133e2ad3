"""*Duplicate* and *Create again for this vehicle*: a filled-in form that writes nothing until it is saved."""

import re

import pytest

from jobs.models import Job, JobEvent
from tests.factories.telematics import VehicleFactory

VIN = "WVWZZZ1KZAW000001"


@pytest.fixture
def open_form(manager_client, at):
    """The page with the form, and a function that saves it as it is filled in."""

    def opened(job, name):
        url = at(f"jobs/{job.pk}/{name}/")
        page = manager_client.get(url)
        sent = filled_in(page)
        return page, lambda **changed: manager_client.post(url, sent | changed)

    return opened


def filled_in(page) -> dict:
    """What a browser sends when nothing is changed in the form."""
    form = page.context["form"]
    sent = {"shown_as": re.search(r'name="shown_as" value="(\w+)"', page.content.decode()).group(1)}
    for field in form:
        value = field.value()
        if value in (None, "", False, []):
            continue
        sent[field.html_name] = getattr(value, "pk", value)
    return sent


@pytest.fixture
def failed_job(running_job, installer, manager):
    running_job.fill_in(by=installer, vin=VIN, license_plate="B QX 2041")
    running_job.fail(by=installer, comment="No car there", reason="VEHICLE_ABSENT")
    return running_job


@pytest.mark.parametrize("name", ["duplicate", "again"])
def test_a_copy_writes_nothing_until_it_is_saved(name, open_form, failed_job):
    before = JobEvent.objects.count()
    page, save = open_form(failed_job, name)
    assert page.status_code == 200
    assert (Job.objects.count(), JobEvent.objects.count()) == (1, before)
    assert save().status_code == 302
    assert Job.objects.count() == 2


@pytest.mark.parametrize("name", ["duplicate", "again"])
def test_a_copy_that_is_sent_three_times_is_one_job(name, open_form, failed_job):
    _page, save = open_form(failed_job, name)
    assert len({save().url for _n in range(3)}) == 1
    assert Job.objects.count() == 2


def test_created_again_it_has_the_vehicle_as_the_installer_found_it_and_no_date(
    open_form, pending_job, manager, installer, partnership
):
    pending_job.edit(by=manager, planned_service_date="2026-01-05", location="Yard")
    pending_job.assign(partnership.company, by=manager)
    pending_job.take(by=installer)
    pending_job.fill_in(by=installer, vin=VIN, license_plate="B QX 2041")
    pending_job.fail(by=installer, comment="No car there")

    _page, save = open_form(pending_job, "again")
    save()

    again = Job.objects.get(again_of=pending_job)
    assert (again.vin, again.license_plate, again.custom_name, again.location) == (
        VIN,
        "B QX 2041",
        "Blue One",
        "Yard",
    )
    assert again.planned_service_date is None
    assert again.status == Job.Status.PENDING


def test_both_jobs_lead_to_each_other(open_form, manager_client, at, failed_job):
    _page, save = open_form(failed_job, "again")
    save()
    again = failed_job.created_again.get()
    for here, there in ((failed_job, again), (again, failed_job)):
        details = manager_client.get(at(f"jobs/{here.pk}/")).content.decode()
        assert f'href="{at(f"jobs/{there.pk}/")}"' in details


def test_a_duplicate_has_no_identity_of_a_vehicle_no_unit_date_or_result(open_form, failed_job):
    _page, save = open_form(failed_job, "duplicate")
    save()
    copy = Job.objects.exclude(pk=failed_job.pk).get()
    assert (copy.vin, copy.license_plate, copy.custom_name, copy.comment) == ("", "", "", "")
    assert (copy.vehicle, copy.unit, copy.planned_service_date, copy.again_of) == (None,) * 4
    assert copy.vehicle_model == failed_job.vehicle_model


def test_a_copy_is_assigned_after_the_same_confirmation(open_form, failed_job, company):
    _page, save = open_form(failed_job, "again")
    assert "Assign to QuickInstall?" in save(company=company.pk).content.decode()
    assert Job.objects.count() == 1
    save(company=company.pk, confirmed="1")
    assert failed_job.created_again.get().status == Job.Status.ASSIGNED


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("duplicate", "Duplicate B QX 2041"),
        ("again", "Create again for this vehicle: B QX 2041"),
    ],
)
def test_the_heading_of_a_copy_names_the_job(name, heading, open_form, failed_job):
    page, _save = open_form(failed_job, name)
    assert f">{heading}</h1>" in page.content.decode()


@pytest.mark.parametrize("name", ["edit", "duplicate", "delete", "assign"])
def test_no_heading_shows_the_id_of_a_job_without_a_name(name, manager_client, at, pending_job):
    Job.objects.update(vin="", license_plate="", custom_name="")
    page = manager_client.get(at(f"jobs/{pending_job.pk}/{name}/")).content.decode()
    headings = re.findall(r"<(?:h1|h2|title)[^>]*>([^<]*)<", page)
    assert headings
    assert not [heading for heading in headings if str(pending_job.pk) in heading]


@pytest.mark.parametrize("method", ["get", "post"])
def test_only_a_failed_job_is_created_again(method, manager_client, at, assigned_job):
    answer = getattr(manager_client, method)(at(f"jobs/{assigned_job.pk}/again/"))
    assert answer.status_code == 409
    assert Job.objects.count() == 1


def test_a_maintenance_job_is_created_again_for_its_vehicle(
    open_form, manager, fleet, partnership, installer
):
    vehicle = VehicleFactory(fleet=fleet, license_plate="B QX 2041")
    job = Job.objects.create_by(
        manager, fleet=fleet, kind="MAINTENANCE", vehicle=vehicle, task="REPAIR"
    )
    job.assign(partnership.company, by=manager)
    job.take(by=installer)
    job.fail(by=installer, comment="Not there")
    _page, save = open_form(job, "again")
    assert save().status_code == 302
    again = job.created_again.get()
    assert (again.kind, again.vehicle, again.task) == ("MAINTENANCE", vehicle, "REPAIR")
