"""What a phone sends late: for an assignment that is over, over a value that has changed, with the time it happened."""

from datetime import timedelta

import pytest
from django.utils import timezone

from installers.api.views import vehicles
from jobs.models import Job
from jobs.reading.history import History
from telematics.models import Command


def assignment(phone, job) -> dict[str, str]:
    return {"Assignment": str(phone.get(f"jobs/{job.pk}/").json()["assignment"]["id"])}


FAILED = {"outcome": "FAILED", "comment": "The car has gone."}
WRITES = [
    ("delete", "assignment/", None),
    ("put", "unit/", {"qnr": "00A1B2C3D4E5F607"}),
    ("patch", "fields/", {"brand": "Audi"}),
    ("post", "tests/", {}),
    ("post", "tests/GNSS/confirmation/", {"observed": True}),
    ("post", "access/", {}),
    ("post", "outcome/", FAILED),
]


def seen(job) -> tuple:
    fresh = Job.objects.get(pk=job.pk)
    return fresh.status, fresh.assignee, fresh.version, fresh.tests.count()


# --- assignment -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_what_was_meant_for_an_earlier_assignment_does_nothing_to_a_later_one(
    method, path, body, configured_job, installer, installer_phone
):
    first = assignment(installer_phone, configured_job)
    configured_job.withdraw(by=installer)
    configured_job.take(by=installer)
    before = seen(configured_job)
    late = getattr(installer_phone, method)(f"jobs/{configured_job.pk}/{path}", body, **first)
    assert (late.status_code, late.json()["code"]) == (409, "assignment_over")
    assert late.json()["job_status"] == "RUNNING"
    assert seen(configured_job) == before


def test_a_command_that_was_meant_for_an_earlier_assignment_is_not_sent(
    running_job, unit, installer, installer_phone, monkeypatch
):
    monkeypatch.setattr(vehicles, "WAIT", 0)
    earlier = assignment(installer_phone, running_job)
    running_job.withdraw(by=installer)
    running_job.take(by=installer)
    sheet = installer_phone.put(f"jobs/{running_job.pk}/unit/", {"qnr": unit.pk}).json()
    command = f"vehicles/{sheet['vehicle']['vehicle_id']}/commands/unlock-central-lock/"
    late = installer_phone.post(command, {}, **earlier)
    assert (late.status_code, late.json()["code"]) == (409, "assignment_over")
    assert not Command.objects.exists()
    assert installer_phone.post(
        command, {}, **assignment(installer_phone, running_job)
    ).status_code in (200, 202)


def test_a_job_that_nobody_holds_has_no_assignment_to_end(running_job, installer, installer_phone):
    first = assignment(installer_phone, running_job)
    running_job.withdraw(by=installer)
    late = installer_phone.post(f"jobs/{running_job.pk}/outcome/", FAILED, **first)
    assert late.json()["code"] == "assignment_over"


def test_the_assignment_under_way_is_worked_on_and_ended(running_job, unit, installer_phone):
    mine = assignment(installer_phone, running_job)
    job = f"jobs/{running_job.pk}/"
    assert installer_phone.put(f"{job}unit/", {"qnr": unit.pk}, **mine).status_code == 200
    assert installer_phone.patch(f"{job}fields/", {"brand": "Audi"}, **mine).status_code == 200
    assert installer_phone.post(f"{job}outcome/", FAILED, **mine).status_code == 200
    again = installer_phone.post(f"{job}outcome/", FAILED, **mine)
    assert again.status_code == 200, "the same outcome once more"


def test_a_colleague_who_withdraws_an_earlier_assignment_leaves_the_later_one(
    running_job, installer, colleague, colleague_phone
):
    first = assignment(colleague_phone, running_job)
    running_job.withdraw(by=installer)
    running_job.take(by=colleague)
    late = colleague_phone.delete(f"jobs/{running_job.pk}/assignment/", **first)
    assert late.json()["code"] == "assignment_over"
    assert Job.objects.get(pk=running_job.pk).assignee == colleague


def test_without_the_header_a_write_is_judged_as_before(running_job, installer, installer_phone):
    running_job.withdraw(by=installer)
    running_job.take(by=installer)
    ended = installer_phone.post(f"jobs/{running_job.pk}/outcome/", FAILED)
    assert ended.status_code == 200


def test_the_assignment_is_part_of_the_write_itself(running_job, installer):
    """Whatever was read before: the row is touched only if its assignment is the one that is meant."""
    stale = Job.objects.get(pk=running_job.pk)
    stale.expected_assignment = stale.assignment
    running_job.withdraw(by=installer)
    running_job.take(by=installer)
    with pytest.raises(Exception, match="status has changed"):
        stale._move("renew", by=installer)


@pytest.mark.parametrize("given", ["", "x", "-1", "1.5", "9" * 30])
def test_an_assignment_that_cannot_be_read_is_named(given, running_job, installer_phone):
    refused = installer_phone.post(f"jobs/{running_job.pk}/outcome/", FAILED, Assignment=given)
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["Assignment"])


# --- expected ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def fields(running_job):
    return f"jobs/{running_job.pk}/fields/"


def test_a_field_that_somebody_changed_is_not_overwritten(fields, running_job, installer_phone):
    installer_phone.patch(fields, {"brand": "Seat", "tracking": True})
    model = running_job.vehicle_model_id
    body = {
        "brand": "Audi",
        "expected": {"brand": None, "tracking": False, "vehicle_model_id": model},
    }
    refused = installer_phone.patch(fields, body)
    assert (refused.status_code, refused.json()["code"]) == (409, "field_changed")
    assert refused.json()["changed"] == {
        "brand": {"expected": None, "value": "Seat"},
        "tracking": {"expected": False, "value": True},
    }
    assert Job.objects.get(pk=running_job.pk).brand == "Seat"


@pytest.mark.parametrize("blank", [None, ""])
def test_a_field_as_it_was_read_is_filled_in_whatever_else_has_changed(
    blank, fields, running_job, installer_phone
):
    installer_phone.patch(fields, {"model": "Ibiza"})
    edited = installer_phone.patch(fields, {"brand": "Seat", "expected": {"brand": blank}})
    assert edited.status_code == 200
    assert Job.objects.get(pk=running_job.pk).brand == "Seat"


@pytest.mark.parametrize(
    ("expected", "named"),
    [({"colour": "red"}, "expected.colour"), ({"brand": []}, "expected.brand"), ([], "expected")],
)
def test_an_expectation_that_cannot_be_read_is_named(expected, named, fields, installer_phone):
    refused = installer_phone.patch(fields, {"brand": "Seat", "expected": expected})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, [named])


# --- Occurred-At ------------------------------------------------------------------------------------------------------
def take(phone, job, occurred: str):
    answer = phone.post(f"jobs/{job.pk}/assignment/", **{"Occurred-At": occurred})
    assert answer.status_code == 200
    return job.events.get(verb="take")


def test_when_it_is_said_to_have_happened_is_kept_and_nothing_is_judged_by_it(
    assigned_job, installer_phone
):
    before_the_assignment = timezone.now() - timedelta(days=3)
    event = take(installer_phone, assigned_job, before_the_assignment.isoformat())
    assert (event.occurred_at, event.is_misdated) == (before_the_assignment, False)
    job = Job.objects.get(pk=assigned_job.pk)
    assert job.taken_at > before_the_assignment
    first = History(job).entries()[0]
    assert "Said to have happened" in dict(first.details)


@pytest.mark.parametrize(
    "occurred", ["yesterday", "2026-13-45T00:00:00Z", "2026-11-28T09:00:00", "1999-01-01T00:00:00Z"]
)
def test_a_time_that_cannot_be_right_is_flagged_and_not_kept(
    occurred, assigned_job, installer_phone
):
    event = take(installer_phone, assigned_job, occurred)
    assert (event.occurred_at, event.is_misdated) == (None, True)


def test_without_a_time_nothing_is_said(assigned_job, installer, installer_phone):
    assigned_job.take(by=installer)
    event = assigned_job.events.get(verb="take")
    assert (event.occurred_at, event.is_misdated) == (None, False)
