"""Photos of a job at the fleet and at the company: shown to both, required by the fleet."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import storages

from jobs.models import Job, JobTemplate
from jobs.reading.job_sheet import JobSheet
from jobs.tasks import sweep_photo_files
from tests.factories.jobs import JobFactory, JobPhotoFactory
from tests.pictures import PLACE


@pytest.fixture
def photo(running_job):
    return JobPhotoFactory(job=running_job, kind="MOUNTING")


def page(client, url) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def url_of(at, photo) -> str:
    return at(f"jobs/{photo.job_id}/photos/{photo.pk}/")


# --- FleetControl -------------------------------------------------------------------------------------------------
def test_the_details_show_each_photo_and_lead_to_it(photo, installer, manager_client, at):
    details = page(manager_client, at(f"jobs/{photo.job_id}/"))
    assert details.count(url_of(at, photo)) == 2, "as a link, and as a small picture"
    assert f"Mounting, added by {installer.name}" in details
    assert "added a photo: Mounting" in details
    answer = manager_client.get(url_of(at, photo))
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("image/jpeg", "private, no-cache")
    assert answer["X-Content-Type-Options"] == "nosniff"
    content = b"".join(answer.streaming_content)
    assert content.startswith(b"\xff\xd8")
    assert PLACE not in content


def test_a_deleted_photo_is_in_the_history_alone(photo, running_job, installer, manager_client, at):
    before = JobSheet(Job.objects.for_sheet().get(pk=running_job.pk)).digest
    photo.remove(running_job, by=installer)
    details = page(manager_client, at(f"jobs/{running_job.pk}/"))
    assert url_of(at, photo) not in details
    assert "deleted a photo: Mounting" in details
    assert manager_client.get(url_of(at, photo)).status_code == 404
    assert JobSheet(Job.objects.for_sheet().get(pk=running_job.pk)).digest != before


def test_a_photo_of_another_fleets_job_is_not_found(
    photo, fleet, manager, manager_client, outside_manager_client, at
):
    assert outside_manager_client.get(url_of(at, photo)).status_code == 404
    other = JobFactory(by=manager, fleet=fleet)
    assert manager_client.get(at(f"jobs/{other.pk}/photos/{photo.pk}/")).status_code == 404


def test_the_details_name_the_photos_that_are_missing(photo, manager_client, at):
    Job.objects.update(required_photos=["SERIAL", "MOUNTING", "PLATE"])
    (sheet,) = [JobSheet(job) for job in Job.objects.for_sheet()]
    assert sheet.missing_photos == ["Serial number", "Number plate"]
    assert "Serial number" in page(manager_client, at(f"jobs/{photo.job_id}/"))


def test_a_storage_that_is_away_is_503(photo, manager_client, at, monkeypatch):
    def away(name):
        raise OSError("the disk is gone")

    monkeypatch.setattr(storages["photos"], "_open", lambda name, mode: away(name))
    answer = manager_client.get(url_of(at, photo))
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


# --- the company --------------------------------------------------------------------------------------------------
def test_the_company_sees_the_photos_of_its_job_also_after_the_end(
    photo, running_job, installer, company_admin, company_admin_client, partnership
):
    url = f"/installers/jobs/{running_job.pk}/photos/{photo.pk}/"
    running_job.fail(by=installer, comment="No keys.")
    partnership.end(by=company_admin)
    assert url in page(company_admin_client, f"/installers/jobs/{running_job.pk}/")
    answer = company_admin_client.get(url)
    assert answer["Content-Type"] == "image/jpeg"
    b"".join(answer.streaming_content)


def test_another_company_does_not_see_the_photos_of_the_one_before(
    photo, running_job, installer, company_admin, manager, other_company, fleet,
    outside_admin_client, manager_client, at,
):  # fmt: skip
    from tests.factories.accounts import PartnershipFactory

    PartnershipFactory(fleet=fleet, company=other_company)
    running_job.withdraw(by=installer)
    running_job.hand_back(by=company_admin, reason="Wrong site.")
    running_job.assign(other_company, by=manager)
    details = page(outside_admin_client, f"/installers/jobs/{running_job.pk}/")
    assert photo.pk not in details
    assert "added a photo" not in details
    url = f"/installers/jobs/{running_job.pk}/photos/{photo.pk}/"
    assert outside_admin_client.get(url).status_code == 404
    b"".join(manager_client.get(url_of(at, photo)))


# --- what is required ---------------------------------------------------------------------------------------------
def test_the_form_of_a_job_and_of_a_template_require_photos(manager_client, at):
    sent = {"required_photos": ["PLATE", "SERIAL"]}
    assert manager_client.post(at("jobs/new/"), {**sent, "custom_name": "A"}).status_code == 302
    assert Job.objects.get().required_photos == ["SERIAL", "PLATE"]
    assert manager_client.post(at("templates/new/"), {**sent, "name": "T"}).status_code == 302
    template = JobTemplate.objects.get()
    assert template.required_photos == ["SERIAL", "PLATE"]
    assert template.for_job()["required_photos"] == ["SERIAL", "PLATE"]
    refused = manager_client.post(at("jobs/new/"), {"required_photos": ["SELFIE"]})
    assert list(refused.context["form"].errors) == ["required_photos"]


def test_many_jobs_are_edited_to_require_photos(manager, fleet):
    jobs = [JobFactory(by=manager, fleet=fleet) for _ in range(2)]
    Job.objects.edit_all(fleet=fleet, by=manager, required_photos=["OTHER"])
    assert [job.required_photos for job in Job.objects.all()] == [["OTHER"]] * len(jobs)


def test_what_is_required_is_frozen_with_the_plan_and_copied(pending_job, partnership, manager):
    pending_job.edit(by=manager, required_photos=["SERIAL"])
    pending_job.assign(partnership.company, by=manager)
    assert pending_job.planned["required_photos"] == ["SERIAL"]
    assert pending_job.copies.duplicate()["required_photos"] == ["SERIAL"]


def test_a_wrong_kind_is_stored_nowhere(fleet, pending_job):
    with pytest.raises(ValidationError, match="SELFIE"):
        JobTemplate.objects.create(fleet=fleet, name="T", required_photos=["SELFIE"])
    pending_job.required_photos = ["SELFIE"]
    with pytest.raises(ValidationError, match="SELFIE"):
        pending_job.save()


def test_the_photos_of_a_deleted_job_are_deleted_with_their_files(
    photo, running_job, installer, company_admin, manager
):
    running_job.withdraw(by=installer)
    running_job.hand_back(by=company_admin, reason="Wrong site.")
    sweep_photo_files()
    assert storages["photos"].exists(photo.file)
    running_job.delete_by(by=manager)
    sweep_photo_files()
    assert not storages["photos"].exists(photo.file)
    photo.refresh_from_db()
    assert photo.deleted_at
    assert photo.file == ""
