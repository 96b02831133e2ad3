"""State and commands of a vehicle: for whoever has access to it, while he has it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from installers.api.views import vehicles
from jobs.models import Job
from telematics.models import Command, Key
from telematics.simulator.models import SimulatorLog
from telematics.tasks import run_command
from tests.cast.phones import Phone

LOCK = "lock-central-lock"


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Nobody waits for a worker that these tests do not have."""
    monkeypatch.setattr(vehicles, "WAIT", 0)


@pytest.fixture
def prompt_worker(monkeypatch):
    """A worker that is done before the first look."""
    monkeypatch.setattr(Command, "nudge", lambda command: run_command(command.pk))


def told(response):
    return response.status_code, response.json()["code"]


def at(job, path="state/"):
    return f"vehicles/{job.vehicle_id}/{path}"


def send(phone, job, name=LOCK, **more):
    return phone.post(at(job, f"commands/{name}/"), **more)


def test_a_command_that_is_answered_in_time_answers_the_state(
    configured_job, prompt_worker, installer_phone
):
    answer = send(installer_phone, configured_job)
    assert (answer.status_code, answer.json()["name"], answer.json()["status"]) == (
        200,
        LOCK,
        "DONE",
    )
    assert answer.json()["state"]["central_lock"]["value"] == "locked"
    assert set(answer.json()) == {"id", "name", "status", "state", "error"}


def test_a_command_that_takes_longer_is_asked_for_by_its_id(configured_job, installer_phone):
    answer = send(installer_phone, configured_job)
    assert (answer.status_code, answer.json()["status"], answer.json()["state"]) == (
        202,
        "QUEUED",
        None,
    )
    url = at(configured_job, f"commands/{answer.json()['id']}/")
    assert installer_phone.get(url).json() == answer.json()
    run_command(answer.json()["id"])
    assert installer_phone.get(url).json()["status"] == "DONE"


def test_a_repeat_sends_nothing_twice(configured_job, installer_phone):
    first, again = (send(installer_phone, configured_job, key="once") for _ in range(2))
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert Command.objects.filter(verb=LOCK).count() == 1
    run_command(first.json()["id"])
    assert send(installer_phone, configured_job, key="once").json()["status"] == "DONE"


def test_a_key_is_required(configured_job, installer_phone):
    assert told(send(installer_phone, configured_job, key=None)) == (
        400,
        "idempotency_key_required",
    )


def test_a_command_takes_nothing(configured_job, installer_phone):
    assert told(send(installer_phone, configured_job, data={"force": True})) == (400, "invalid")


@pytest.mark.parametrize("name", ["explode", "LOCK", "lock_central_lock"])
def test_a_command_that_there_is_not_is_not_found(name, configured_job, installer_phone):
    assert told(send(installer_phone, configured_job, name)) == (404, "not_found")


def test_what_the_model_cannot_do_is_not_supported(configured_job, installer_phone):
    model = configured_job.vehicle_model
    model.capabilities = [name for name in model.capabilities if name != "central_lock"]
    model.vehicle_type = "MOPED"  # the type of those without
    model.save()
    refused = send(installer_phone, configured_job)
    assert (told(refused), refused.json()["job_status"]) == ((409, "not_supported"), "RUNNING")


def test_the_state_is_what_the_model_can_say(configured_job, prompt_worker, installer_phone):
    send(installer_phone, configured_job, "request-vehicle-state")
    state = installer_phone.get(at(configured_job)).json()
    assert "key_fob" not in state
    assert set(state["central_lock"]) == {"value", "timestamp"}


def test_ones_own_commands_alone_are_found(configured_job, installer_phone, manager):
    access = configured_job.access.current()
    somebody_elses = access.command(LOCK, by=None)
    assert told(installer_phone.get(at(configured_job, f"commands/{somebody_elses.pk}/"))) == (
        404,
        "not_found",
    )
    assert told(installer_phone.get(at(configured_job, "commands/nothing/"))) == (404, "not_found")


CALLS = [
    ("get", "state/"),
    ("post", f"commands/{LOCK}/"),
    ("get", "commands/01ARZ3NDEKTSV4RRFFQ69G5FAV/"),
]


def each_call(phone, job):
    return [getattr(phone, method)(at(job, path)) for method, path in CALLS]


class TestWhoReachesAVehicle:
    @pytest.mark.parametrize("who", ["colleague", "company_admin", "outside_installer", "manager"])
    def test_nobody_but_the_holder(self, who, configured_job, installer_phone, request):
        assert installer_phone.get(at(configured_job)).status_code == 200
        phone = Phone(request.getfixturevalue(f"{who}_api"))
        assert [told(answer) for answer in each_call(phone, configured_job)] == [
            (404, "not_found")
        ] * 3

    def test_nobody_who_is_not_signed_in(self, configured_job, stranger_phone):
        assert {told(answer) for answer in each_call(stranger_phone, configured_job)} == {
            (401, "not_authenticated")
        }


def lease_over(job, **cast):
    Key.objects.filter(access__job=job).update(ends_at=timezone.now() - timedelta(seconds=1))


ENDS = {
    "succeed": lambda job, **cast: job.succeed(by=job.assignee),
    "failed": lambda job, **cast: job.fail(by=job.assignee, comment="No car."),
    "withdrawn": lambda job, **cast: job.withdraw(by=cast["colleague"]),
    "stopped": lambda job, **cast: job.stop_access(by=cast["manager"]),
    "lease over": lease_over,
    "person removed": lambda job, **cast: cast["company"].remove_member(
        cast["installer"].company_membership, by=cast["company_admin"]
    ),
    "partnership ended": lambda job, **cast: cast["partnership"].end(by=cast["manager"]),
    "company closed": lambda job, **cast: cast["company"].close(by=cast["company_admin"]),
    "person suspended": lambda job, **cast: cast["installer"].suspend(),
    "company suspended": lambda job, **cast: cast["company"].suspend(),
    "fleet suspended": lambda job, **cast: cast["fleet"].suspend(),
    "provider suspended": lambda job, **cast: cast["fleet"].provider.suspend(),
}
# Who works on the job still, and could renew, is told so; for everybody else the vehicle is none.
STILL_AT_WORK = {"stopped": (409, "access_stopped"), "lease over": (409, "access_ended")}
SIGNED_OUT = {"person removed", "company closed", "person suspended"}
SUSPENDED = {
    "company suspended": (403, "company_suspended"),
    "fleet suspended": (409, "fleet_suspended"),
    "provider suspended": (409, "fleet_suspended"),
}


@pytest.mark.parametrize("end", ENDS)
def test_the_first_call_after_any_end_is_refused(
    end,
    job_to_end,
    installer,
    installer_phone,
    colleague,
    company_admin,
    manager,
    company,
    partnership,
    fleet,
):
    assert installer_phone.get(at(job_to_end)).status_code == 200
    cast = {
        "installer": installer,
        "colleague": colleague,
        "company_admin": company_admin,
        "manager": manager,
    }
    ENDS[end](
        Job.objects.get(pk=job_to_end.pk),
        **cast,
        company=company,
        partnership=partnership,
        fleet=fleet,
    )
    logged = SimulatorLog.objects.count()

    answers = [told(answer) for answer in each_call(installer_phone, job_to_end)]
    if end in SIGNED_OUT:
        assert {status for status, _ in answers} == {401}
    else:
        assert set(answers) == {(STILL_AT_WORK | SUSPENDED).get(end, (404, "not_found"))}
    assert SimulatorLog.objects.count() == logged


def test_a_renewal_opens_the_vehicle_again(configured_job, installer_phone):
    lease_over(configured_job)
    assert (
        installer_phone.post(f"jobs/{configured_job.pk}/access/").json()["access"]["open"] is True
    )
    assert installer_phone.get(at(configured_job)).status_code == 200
