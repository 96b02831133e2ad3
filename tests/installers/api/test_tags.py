"""A job's tag changes with everything that its reader can see, and with nothing else that they send back."""

import gzip
import json
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from jobs.models import Job
from tests.cast.work import run_tests
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory, VehicleFactory
from tests.installers.api.contract import ROOT


def tag(phone, job) -> str:
    return phone.get(f"jobs/{job.pk}/")["ETag"]


class Watched:
    """Compares sheet and tag of a job before and after every statement that writes."""

    def __init__(self, phone, job):
        self.phone = phone
        self.job = job
        self.is_reading = False
        self.writes = 0
        self.changes = 0
        self.before = self.read()

    def read(self) -> tuple[dict, str]:
        self.is_reading = True
        answer = self.phone.get(f"jobs/{self.job.pk}/")
        self.is_reading = False
        sheet = answer.json()
        assert sheet.pop("tag") == answer["ETag"]
        return sheet, answer["ETag"]

    def __call__(self, execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if not self.is_reading and sql.startswith(("INSERT", "UPDATE", "DELETE")):
            self.compare(sql)
        return result

    def compare(self, sql: str) -> None:
        self.writes += 1
        sheet, tag = self.read()
        old_sheet, old_tag = self.before
        if sheet != old_sheet:
            self.changes += 1
            assert tag != old_tag, sql
        self.before = sheet, tag


@pytest.mark.slow
def test_every_write_of_an_installation_that_shows_changes_the_tag(
    assigned_job, unit, fleet, manager, installer, company_admin, installer_phone
):
    job = assigned_job
    watched = Watched(installer_phone, job)
    with connection.execute_wrapper(watched):
        job.reserve(installer, by=company_admin)
        job.request_handback(by=manager, reason="Wrong car.")
        job.refuse_handback(by=company_admin, reason="We are there.")
        job.take(by=installer)
        job.link_unit(unit.pk, by=installer)
        job.proof.latest_configuration.push()
        job.fill_in(by=installer, brand="Audi", tracking=True)
        job.proof.latest_configuration.push()
        job.request_tests(by=installer)
        job.proof.cancel_tests()
        job.request_tests(by=installer)
        run_tests(job)
        job.stop_access(by=manager)
        job.allow_access(by=manager)
        job.renew_access(by=installer)
        job.access.current().command("draw-attention", by=installer).run()
        job.link_unit(UnitFactory(fleet=fleet).pk, by=installer)
        job.withdraw(by=installer)
        job.take(by=installer)
        job.fail(by=installer, comment="The car has gone.")
    assert watched.writes > 100
    assert watched.changes > 40


def test_a_renamed_vehicle_changes_the_tag_of_its_job(
    fleet, partnership, manager, vehicle_model, installer_phone
):
    vehicle = VehicleFactory(fleet=fleet, vehicle_model=vehicle_model, license_plate="B AA 1")
    job = JobFactory(by=manager, fleet=fleet, kind="MAINTENANCE", task="OTHER", vehicle=vehicle)
    job.assign(partnership.company, by=manager)
    watched = Watched(installer_phone, job)
    vehicle.change(reason="MASTER_DATA_CHANGED", license_plate="B BB 2")
    watched.compare("renamed")
    assert watched.changes == 1


@pytest.mark.usefixtures("configured_job")
def test_a_lease_that_runs_out_changes_the_tag_without_a_write(configured_job, installer_phone):
    watched = Watched(installer_phone, configured_job)
    key = configured_job.access.current().key
    type(key).objects.filter(pk=key.pk).update(ends_at=timezone.now() - timedelta(seconds=1))
    watched.compare("the lease is over")
    assert watched.before[0]["access"]["open"] is False


def test_a_worker_that_renews_its_lease_changes_nothing(configured_job, installer, installer_phone):
    configured_job.request_tests(by=installer, kinds=["GNSS"])
    test = configured_job.tests.get()
    assert test.claim()
    before = tag(installer_phone, configured_job)
    assert test.write(lease_until=timezone.now() + timedelta(seconds=45))
    assert tag(installer_phone, configured_job) == before
    assert test.write(evidence=[])
    assert tag(installer_phone, configured_job) != before


# --- who reads it -----------------------------------------------------------------------------------------------------
def test_each_reader_and_language_has_a_tag_of_its_own(
    running_job, installer, installer_phone, colleague_phone
):
    mine = tag(installer_phone, running_job)
    assert tag(installer_phone, running_job) == mine
    assert tag(colleague_phone, running_job) != mine
    installer.language = "de"
    installer.save()
    assert tag(installer_phone, running_job) != mine


def test_another_role_changes_the_tag(running_job, installer, company, installer_phone):
    before = tag(installer_phone, running_job)
    installer.company_memberships.update(role="ADMIN")
    assert tag(installer_phone, running_job) != before


# --- 304 and If-Match -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("form", ["{}", 'W/"1.0a", {}', "*"])
def test_a_job_that_is_known_is_not_sent_again(form, running_job, installer_phone):
    known = tag(installer_phone, running_job)
    url = f"jobs/{running_job.pk}/"
    answer = installer_phone.get(url, **{"If-None-Match": form.format(known)})
    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", known)
    assert answer["Poll-After"] == "15"
    other = installer_phone.get(url, **{"If-None-Match": 'W/"1.0a"'})
    assert other.status_code == 200


def test_a_known_tag_shows_no_job_to_others(running_job, installer_phone, outside_installer_phone):
    known = tag(installer_phone, running_job)
    url = f"jobs/{running_job.pk}/"
    assert outside_installer_phone.get(url, **{"If-None-Match": known}).status_code == 404
    assert outside_installer_phone.get(url, **{"If-None-Match": "*"}).status_code == 404


def test_a_test_that_ran_meanwhile_does_not_refuse_an_edit(
    configured_job, installer, installer_phone
):
    read = tag(installer_phone, configured_job)
    configured_job.request_tests(by=installer, kinds=["GNSS"])
    run_tests(configured_job)
    assert tag(installer_phone, configured_job) != read
    url = f"jobs/{configured_job.pk}/fields/"
    edited = installer_phone.patch(url, {"brand": "Audi"}, **{"If-Match": read})
    assert edited.status_code == 200
    refused = installer_phone.patch(url, {"brand": "Seat"}, **{"If-Match": read})
    assert refused.status_code == 412
    again = installer_phone.patch(url, {"brand": "Seat"}, **{"If-Match": edited["ETag"]})
    assert again.status_code == 200


def test_a_move_answers_with_the_tag_of_what_it_shows(assigned_job, installer_phone):
    taken = installer_phone.post(f"jobs/{assigned_job.pk}/assignment/")
    assert taken["ETag"] == taken.json()["tag"] == tag(installer_phone, assigned_job)


# --- Poll-After -------------------------------------------------------------------------------------------------------
def test_the_phone_checks_soon_while_something_runs(linked_job, installer, installer_phone):
    def poll() -> tuple[str, str]:
        job = installer_phone.get(f"jobs/{linked_job.pk}/")
        return job["Poll-After"], installer_phone.get("jobs/index/")["Poll-After"]

    assert poll() == ("2", "2"), "the configuration is being sent"
    linked_job.proof.latest_configuration.push()
    assert poll() == ("15", "15")
    linked_job.request_tests(by=installer, kinds=["GNSS"])
    assert poll() == ("2", "2"), "a test waits"
    run_tests(linked_job)
    assert poll() == ("15", "15")
    command = linked_job.access.current().command("draw-attention", by=installer)
    assert poll() == ("2", "2"), "a command is being sent"
    command.run()
    assert poll() == ("15", "15")


# --- the index and the sheets -----------------------------------------------------------------------------------------
@pytest.fixture
def jobs(fleet, partnership, manager):
    """Three jobs of the company, the oldest first."""
    found = [JobFactory(by=manager, fleet=fleet) for _ in range(3)]
    for job in found:
        job.assign(partnership.company, by=manager)
    return found


def test_the_index_has_the_tag_of_every_job_that_a_phone_keeps(jobs, installer, installer_phone):
    ended, ended_long_ago, _open = jobs
    for job in (ended, ended_long_ago):
        job.take(by=installer)
        job.fail(by=installer, comment="The car has gone.")
    Job.objects.filter(pk=ended_long_ago.pk).update(finished_at=timezone.now() - timedelta(days=31))
    index = installer_phone.get("jobs/index/")
    assert [pk for pk, _tag in index.json()] == [_open.pk, ended.pk]
    assert dict(index.json())[ended.pk] == tag(installer_phone, ended)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Midway"])
def test_what_is_planned_for_today_is_in_the_index_before_newer_jobs(jobs, installer_phone, zone):
    today = timezone.localdate(timezone=ZoneInfo(zone))
    for job, day in zip(jobs, (today, today + timedelta(days=9), None), strict=True):
        Job.objects.filter(pk=job.pk).update(planned_service_date=day)
    index = installer_phone.get("jobs/index/").json()
    assert [pk for pk, _tag in index] == [jobs[0].pk, jobs[2].pk, jobs[1].pk]


def test_the_index_is_sent_again_only_when_a_job_has_changed(jobs, installer, installer_phone):
    known = installer_phone.get("jobs/index/")["ETag"]
    same = installer_phone.get("jobs/index/", **{"If-None-Match": known})
    assert (same.status_code, same.content) == (304, b"")
    jobs[0].take(by=installer)
    assert installer_phone.get("jobs/index/", **{"If-None-Match": known}).status_code == 200


def test_a_job_that_was_handed_back_is_no_longer_in_the_index(jobs, company_admin, installer_phone):
    jobs[0].hand_back(by=company_admin, reason="Wrong partner.")
    assert jobs[0].pk not in dict(installer_phone.get("jobs/index/").json())


def test_sheets_of_many_jobs_are_those_of_each(
    jobs, proven_job, installer_phone, outside_installer_phone
):
    ids = [job.pk for job in (*jobs, proven_job)]
    url = f"jobs/?ids={','.join(ids)}"
    sheets = installer_phone.get(url).json()["results"]
    assert {sheet["id"]: sheet for sheet in sheets} == {
        pk: installer_phone.get(f"jobs/{pk}/").json() for pk in ids
    }
    assert outside_installer_phone.get(url).json() == {"results": []}


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("ids=nonsense", "ids"),
        (f"ids={','.join(['01JDG4M4Q2W8Z3V5T7Y9R1N6KC'] * 51)}", "ids"),
        ("ids=01JDG4M4Q2W8Z3V5T7Y9R1N6KC&category=mine", "category"),
    ],
)
def test_ids_that_cannot_be_read_are_named(query, named, installer_phone):
    refused = installer_phone.get(f"jobs/?{query}")
    assert (refused.status_code, list(refused.json()["errors"])) == (400, [named])


# --- compressed -------------------------------------------------------------------------------------------------------
def test_answers_are_compressed_for_clients_that_take_it(running_job, installer_api):
    url = f"{ROOT}jobs/{running_job.pk}/"
    plain = installer_api.get(url)
    packed = installer_api.get(url, headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < len(plain.content) / 2
    assert json.loads(gzip.decompress(packed.content)) == plain.json()
    assert packed["ETag"] == plain["ETag"]


def test_pages_are_not_compressed(client):
    page = client.get("/accounts/login/", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in page
