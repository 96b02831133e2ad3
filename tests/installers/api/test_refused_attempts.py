"""An attempt to use a vehicle that is refused because of the access leaves a row, and never changes the answer."""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from core.retention import forget
from installers.api.views import vehicles
from jobs.models import RefusedAttempt
from jobs.models.refused_attempt import SAME, RefusedAttemptQuerySet
from telematics.models import Key

pytestmark = pytest.mark.django_db

UNLOCK = "unlock-central-lock"


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(vehicles, "WAIT", 0)


def command(phone, job, name=UNLOCK):
    return phone.post(f"vehicles/{job.vehicle_id}/commands/{name}/")


def let_lease_run_out(job):
    Key.objects.filter(access__job=job).update(ends_at=timezone.now() - timedelta(seconds=1))


def attempts() -> list[tuple[str, str, int]]:
    return list(RefusedAttempt.objects.order_by("pk").values_list("verb", "code", "times"))


def test_a_command_after_the_end_leaves_who_what_when_and_why(
    linked_job, installer, installer_phone
):
    let_lease_run_out(linked_job)
    before = timezone.now()

    answer = command(installer_phone, linked_job)

    assert (answer.status_code, answer.json()["code"]) == (409, "access_ended")
    row = RefusedAttempt.objects.get()
    assert (row.person, row.job, row.vehicle_id) == (installer, linked_job, linked_job.vehicle_id)
    assert (row.verb, row.code, row.access) == (UNLOCK, "access_ended", linked_job.accesses.get())
    assert abs(row.at - before) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("method", "path", "data", "verb"),
    [
        ("post", "vehicles/{vehicle}/commands/lock-central-lock/", None, "lock-central-lock"),
        ("get", "vehicles/{vehicle}/state/", None, "show-state"),
        ("get", "vehicles/{vehicle}/commands/01J0000000000000000000000N/", None, "show-command"),
        ("post", "jobs/{job}/access/", None, "renew"),
        ("post", "jobs/{job}/tests/", {}, "request-tests"),
    ],
)
def test_each_use_is_recorded_while_the_fleet_has_stopped_the_access(
    configured_job, manager, installer_phone, method, path, data, verb
):
    configured_job.stop_access(by=manager)

    url = path.format(vehicle=configured_job.vehicle_id, job=configured_job.pk)
    answer = getattr(installer_phone, method)(url, data)

    assert (answer.status_code, answer.json()["code"]) == (409, "access_stopped")
    assert attempts() == [(verb, "access_stopped", 1)]


def test_a_colleague_without_an_access_of_their_own_is_recorded_with_the_job(
    linked_job, colleague, colleague_phone
):
    answer = colleague_phone.post(f"jobs/{linked_job.pk}/access/")

    assert answer.json()["code"] == "not_holder"
    row = RefusedAttempt.objects.get()
    assert (row.person, row.job, row.access, row.verb) == (colleague, linked_job, None, "renew")


def test_a_former_holder_is_recorded_also_where_the_vehicle_is_not_found(
    linked_job, installer_phone, company_admin
):
    linked_job.withdraw(by=company_admin)

    assert command(installer_phone, linked_job).status_code == 404

    assert attempts() == [(UNLOCK, "not_found", 1)]
    assert RefusedAttempt.objects.get().access == linked_job.accesses.get()


def test_the_end_of_a_suspended_company_is_recorded(linked_job, company, installer_phone):
    company.suspend()

    assert command(installer_phone, linked_job).json()["code"] == "company_suspended"

    assert attempts() == [(UNLOCK, "company_suspended", 1)]


def test_strangers_and_calls_that_are_refused_for_other_reasons_leave_nothing(
    linked_job, installer_phone, colleague_phone, outside_installer_phone
):
    assert command(outside_installer_phone, linked_job).status_code == 404
    assert command(colleague_phone, linked_job).status_code == 404
    assert command(installer_phone, linked_job, "fly").status_code == 404
    unknown = f"vehicles/{linked_job.vehicle_id}/commands/01J0000000000000000000000N/"
    assert installer_phone.get(unknown).status_code == 404
    assert colleague_phone.post(f"jobs/{linked_job.pk}/assignment/").status_code == 409
    assert colleague_phone.get(f"jobs/{linked_job.pk}/tests/").status_code == 200

    assert attempts() == []


def test_what_is_allowed_leaves_nothing(configured_job, installer_phone):
    assert command(installer_phone, configured_job).status_code == 202
    assert installer_phone.get(f"vehicles/{configured_job.vehicle_id}/state/").status_code == 200
    assert attempts() == []


def test_a_phone_that_tries_again_and_again_counts_up_one_row(linked_job, installer_phone):
    let_lease_run_out(linked_job)
    for _ in range(5):
        command(installer_phone, linked_job)
    installer_phone.get(f"vehicles/{linked_job.vehicle_id}/state/")

    assert attempts() == [(UNLOCK, "access_ended", 5), ("show-state", "access_ended", 1)]


def test_an_attempt_much_later_is_a_row_of_its_own(linked_job, installer_phone):
    let_lease_run_out(linked_job)
    command(installer_phone, linked_job)
    earlier = timezone.now() - SAME - timedelta(seconds=5)
    RefusedAttempt.objects.update(at=earlier, last_at=earlier)

    command(installer_phone, linked_job)

    assert attempts() == [(UNLOCK, "access_ended", 1)] * 2


def test_the_answer_stays_if_it_cannot_be_recorded(
    linked_job, installer_phone, monkeypatch, caplog
):
    let_lease_run_out(linked_job)

    def fail(*args):
        raise DatabaseError("the table is locked")

    monkeypatch.setattr(RefusedAttemptQuerySet, "_note", fail)
    answer = command(installer_phone, linked_job)

    assert (answer.status_code, answer.json()["code"]) == (409, "access_ended")
    assert "A refused attempt was not recorded" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_it_is_kept_although_the_refused_call_was_rolled_back(linked_job, colleague_phone):
    colleague_phone.post(f"jobs/{linked_job.pk}/access/")

    assert attempts() == [("renew", "not_holder", 1)]


def test_they_go_a_year_after_the_last_one(linked_job, installer_phone):
    let_lease_run_out(linked_job)
    command(installer_phone, linked_job)
    installer_phone.get(f"vehicles/{linked_job.vehicle_id}/state/")
    long_ago = timezone.now() - timedelta(days=366)
    RefusedAttempt.objects.filter(verb=UNLOCK).update(last_at=long_ago)

    forget()

    assert attempts() == [("show-state", "access_ended", 1)]
