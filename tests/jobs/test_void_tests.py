"""What no longer proves a job reads as void, with the reason: in its rows, on every page and in the API."""

import re

import pytest
from django.urls import reverse

from jobs import tasks
from jobs.models import InstallationTest
from tests.cast.work import as_once_written, run_tests
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory, VehicleFactory

Status = InstallationTest.Status
SETUP = "The configuration was changed after this test."


def marks(job) -> set[tuple]:
    """Status and reason of the job's attempts, as they are stored."""
    return set(job.tests.values_list("status", "void_reason"))


# --- the moves that void ----------------------------------------------------------------------------------------------
def test_a_changed_setup_voids_the_passes(changed_job):
    assert marks(changed_job) == {("VOIDED", "CONFIGURATION_CHANGED")}
    assert not changed_job.tests.filter(voided_at=None).exists()


def test_another_unit_voids_the_passes(proven_job, installer, fleet):
    proven_job.link_unit(UnitFactory(fleet=fleet).pk, by=installer)

    assert marks(proven_job) == {("VOIDED", "UNIT_CHANGED")}


def test_a_setup_whose_vehicle_model_is_not_known_voids_the_passes_too(proven_job):
    type(proven_job.vehicle).objects.filter(pk=proven_job.vehicle_id).update(vehicle_model=None)
    proven_job.vehicle_model = None
    proven_job.vehicle.refresh_from_db()

    proven_job.proof.request_configuration()

    assert marks(proven_job) == {("VOIDED", "CONFIGURATION_CHANGED")}


def test_a_job_that_goes_back_to_the_fleet_leaves_void_tests(proven_job, company_admin, installer):
    proven_job.withdraw(by=installer)
    assert marks(proven_job) == {("PASSED", "")}, "a colleague goes on where the holder was"

    proven_job.hand_back(by=company_admin, reason="Wrong partner")
    assert marks(proven_job) == {("VOIDED", "JOB_RETURNED")}


def test_a_job_that_comes_back_is_configured_anew(
    fleet, manager, partnership, company_admin, installer, vehicle_model
):
    vehicle = VehicleFactory(fleet=fleet, vehicle_model=vehicle_model)
    job = JobFactory(by=manager, fleet=fleet, vehicle=vehicle, vehicle_model=vehicle_model)
    job.assign(partnership.company, by=manager)
    job.take(by=installer)
    first = job.proof.latest_configuration
    job.withdraw(by=installer)
    job.take(by=installer)
    assert job.proof.latest_configuration == first, "a colleague goes on with the same plan"

    job.withdraw(by=installer)
    job.hand_back(by=company_admin, reason="Wrong partner")
    job.edit(by=manager, tracking=True)
    job.assign(partnership.company, by=manager)
    job.take(by=installer)

    assert job.proof.latest_configuration != first
    assert job.proof.latest_configuration.setup["tracking"] is True


def test_a_failed_attempt_stays_failed_and_is_marked(proven_job, installer):
    proven_job.tests.filter(kind="GNSS").update(status=Status.FAILED, hint="No fix.")

    proven_job.fill_in(by=installer, tracking=True)

    gnss = proven_job.tests.get(kind="GNSS")
    assert (gnss.status, gnss.hint_text) == (Status.FAILED, f"No fix. {SETUP}")


def test_the_first_reason_stays(changed_job, installer, fleet):
    first = set(changed_job.tests.values_list("voided_at", flat=True))

    changed_job.link_unit(UnitFactory(fleet=fleet).pk, by=installer)

    assert marks(changed_job) == {("VOIDED", "CONFIGURATION_CHANGED")}
    assert set(changed_job.tests.values_list("voided_at", flat=True)) == first


def test_what_was_passed_again_counts(changed_job, installer):
    changed_job.proof.latest_configuration.push()
    changed_job.request_tests(by=installer)
    run_tests(changed_job)

    assert changed_job.proof.missing() == []
    assert {test.status for test in changed_job.tests.newest_of_each_kind()} == {"PASSED"}
    assert {test.status for test in changed_job.tests.filter(attempt=1).as_read()} == {"VOIDED"}


def test_the_record_of_a_failed_job_keeps_its_passes(proven_job, installer):
    proven_job.fail(by=installer, comment="The door is broken.")

    assert {test.status for test in proven_job.tests.as_read()} == {"PASSED"}


# --- rows from before -------------------------------------------------------------------------------------------------
def test_an_old_pass_reads_void_exactly_where_it_does_not_count(old_job):
    assert {(test.status, test.void_reason) for test in old_job.tests.as_read()} == {
        ("VOIDED", "CONFIGURATION_CHANGED")
    }
    assert marks(old_job) == {("PASSED", "")}, "reading writes nothing"
    assert set(old_job.proof.required_tests()) <= {
        name.removeprefix("test:") for name in old_job.proof.missing()
    }


def test_an_old_pass_of_another_unit_says_so(proven_job, installer, fleet):
    proven_job.link_unit(UnitFactory(fleet=fleet).pk, by=installer)
    as_once_written(proven_job)

    assert {test.void_reason for test in proven_job.tests.as_read()} == {"UNIT_CHANGED"}


def test_an_old_pass_of_a_returned_job_says_so(proven_job, company_admin, installer):
    proven_job.withdraw(by=installer)
    proven_job.hand_back(by=company_admin, reason="Wrong partner")
    proven_job.tests.update(status=Status.PASSED, void_reason="")

    assert {(test.status, test.void_reason) for test in proven_job.tests.as_read()} == {
        ("VOIDED", "JOB_RETURNED")
    }


def test_old_rows_are_rewritten_page_by_page(old_job, monkeypatch):
    monkeypatch.setattr(tasks, "BATCH", 2)
    followed = []
    monkeypatch.setattr(tasks, "nudge", lambda task, key: followed.append(key))
    keys = list(old_job.tests.order_by("pk").values_list("pk", flat=True))

    tasks.mark_void_tests()
    assert followed == [keys[1]]
    assert old_job.tests.filter(status=Status.VOIDED).count() == 2
    while followed:
        tasks.mark_void_tests_after(followed.pop())

    assert marks(old_job) == {("VOIDED", "CONFIGURATION_CHANGED")}
    since = set(old_job.tests.values_list("voided_at", flat=True))
    assert since == {old_job.proof.latest_configuration.requested_at}


def test_rewriting_leaves_what_counts(proven_job):
    tasks.mark_void_tests()

    assert marks(proven_job) == {("PASSED", "")}


# --- where it is read -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("where", ["details", "panel", "company"])
def test_the_sites_say_void_and_why(where, void_job, manager_client, company_admin_client):
    fleet = void_job.fleet_id
    client, url = {
        "details": (manager_client, reverse("fleetcontrol:job-detail", args=[fleet, void_job.pk])),
        "panel": (manager_client, f"/fleetcontrol/{fleet}/jobs/installation/?job={void_job.pk}"),
        "company": (company_admin_client, reverse("installers:job", args=[void_job.pk])),
    }[where]

    text = client.get(url).content.decode()

    assert text.count('data-status="VOIDED"') == len(void_job.proof.required_tests())
    assert 'data-status="PASSED"' not in text
    assert SETUP in text


@pytest.mark.parametrize("where", ["test", "job", "list"])
def test_operators_read_void_and_why(where, void_job, operator_client):
    url = {
        "test": reverse("admin:jobs_installationtest_change", args=[void_job.tests.first().pk]),
        "job": reverse("admin:jobs_job_change", args=[void_job.pk]),
        "list": reverse("admin:jobs_installationtest_changelist"),
    }[where]

    text = operator_client.get(url).content.decode()

    assert re.search(r">\s*Voided\s*<", text)
    assert SETUP in text


def test_the_history_tells_that_a_pass_is_void(void_job, manager_client):
    url = reverse("fleetcontrol:job-detail", args=[void_job.fleet_id, void_job.pk])

    assert f"GNSS passed, now void: {SETUP}" in " ".join(
        manager_client.get(url).content.decode().split()
    )
