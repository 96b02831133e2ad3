"""Commands of a machine over OneAPI: what is answered, what is refused, and by whose right."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import ApiClient
from fleetcontrol.api import commands
from jobs.models import InstallationTest
from telematics.gateway import get_gateway
from telematics.models import Command, Key
from telematics.simulator.models import SimulatedUnit, SimulatorLog
from telematics.simulator.wiring import Fault
from telematics.tasks import run_command, sweep_keys
from telematics.verbs import VERBS
from tests.bench import SETUP
from tests.factories.telematics import SmallVehicleModelFactory, UnitFactory, VehicleFactory
from tests.fleetcontrol.test_vehicles_api import machine_of, told  # noqa: F401 - a fixture

LOCK = "lock-central-lock"
UNLOCK = "unlock-central-lock"
STATE = "request-vehicle-state"


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Nobody waits for a worker that these tests do not have."""
    monkeypatch.setattr(commands, "WAIT", 0)


@pytest.fixture
def prompt_worker(monkeypatch):
    """A worker that is done before the first look."""
    monkeypatch.setattr(Command, "nudge", lambda command: run_command(command.pk))


@pytest.fixture
def machine(machine_of, fleet):  # noqa: F811
    return machine_of(fleet, "commands:read", "commands:write")


@pytest.fixture
def vehicle(fleet):
    return configured(VehicleFactory(fleet=fleet))


def configured(vehicle):
    setup = {**SETUP, "vehicle_model": vehicle.vehicle_model_id}
    get_gateway().configure(vehicle.unit_id, setup, sequence=1)
    return vehicle


def send(machine, vehicle, name=LOCK, **headers):
    return machine.post(f"vehicles/{vehicle.pk}/commands/{name}", **headers)


def acts(vehicle) -> list[str]:
    log = SimulatorLog.objects.filter(action__in=VERBS).order_by("at")
    return list(log.filter(unit=vehicle.unit_id).values_list("action", flat=True))


# --- sending ----------------------------------------------------------------------------------------------------------
def test_a_command_that_is_answered_in_time_returns_the_new_state(machine, vehicle, prompt_worker):
    answer = send(machine, vehicle)
    body = answer.json()
    assert (answer.status_code, body["name"], body["status"]) == (200, LOCK, "DONE")
    assert body["state"]["central_lock"]["value"] == "locked"
    assert body["sender"] == {"kind": "CLIENT", "name": "commands:read,commands:write"}
    assert acts(vehicle) == [LOCK]


def test_a_command_that_takes_longer_is_read_at_its_location(machine, vehicle):
    answer = send(machine, vehicle)
    assert (answer.status_code, answer.json()["status"]) == (202, "QUEUED")
    assert answer["Location"] == f"/api/oneapi/v1/commands/{answer.json()['id']}"
    path = answer["Location"].removeprefix("/api/oneapi/v1/")
    assert machine.get(path).json() == answer.json()
    run_command(answer.json()["id"])
    assert machine.get(path).json()["state"]["central_lock"]["value"] == "locked"


def test_who_prefers_so_is_answered_at_once(machine, vehicle, monkeypatch):
    monkeypatch.setattr(commands, "WAIT", 3600)
    answer = send(machine, vehicle, Prefer="respond-async, wait=5")
    assert answer.status_code == 202
    assert answer["Preference-Applied"] == "respond-async"


def test_a_repeat_sends_nothing_twice(machine, vehicle):
    first, again = (send(machine, vehicle, Idempotency_Key="once") for _ in range(2))
    assert first.json() == again.json()
    run_command(first.json()["id"])
    done = send(machine, vehicle, Idempotency_Key="once")
    assert (done.status_code, done.json()["status"]) == (200, "DONE")
    assert acts(vehicle) == [LOCK]
    other = send(machine, vehicle, UNLOCK, Idempotency_Key="once")
    assert told(other) == (422, "idempotency_key_reused")


def test_a_key_is_required_and_a_body_is_not_read(machine, vehicle):
    url = f"/api/oneapi/v1/vehicles/{vehicle.pk}/commands/{LOCK}"
    assert told(machine.api.post(url)) == (400, "idempotency_key_required")
    assert told(machine.post(f"vehicles/{vehicle.pk}/commands/{LOCK}", {"force": True})) == (
        400,
        "invalid",
    )
    assert not Command.objects.exists()


@pytest.mark.parametrize("name", ["explode", "LOCK", "lock_central_lock"])
def test_an_unknown_command_is_not_found(name, machine, vehicle):
    assert told(send(machine, vehicle, name)) == (404, "not_found")


# --- who --------------------------------------------------------------------------------------------------------------
def test_a_client_without_the_right_sends_nothing(machine_of, fleet, vehicle):  # noqa: F811
    reading = machine_of(fleet, "commands:read", "vehicles:write")
    assert told(send(reading, vehicle)) == (403, "missing_permissions")
    assert reading.get(f"vehicles/{vehicle.pk}/commands").status_code == 200
    writing = machine_of(fleet, "commands:write")
    refused = writing.get(f"vehicles/{vehicle.pk}/commands")
    assert told(refused) == (403, "missing_permissions")
    assert not Command.objects.exists()


def test_the_vehicles_and_commands_of_other_fleets_are_not_found(
    machine,
    machine_of,  # noqa: F811
    vehicle,
    outside_manager,
    other_fleet,
):
    sent = send(machine, vehicle).json()["id"]
    outside = machine_of(other_fleet, "commands:read", "commands:write")
    assert told(send(outside, vehicle)) == (404, "not_found")
    assert told(outside.get(f"vehicles/{vehicle.pk}/commands")) == (404, "not_found")
    assert told(outside.get(f"commands/{sent}")) == (404, "not_found")


def test_neither_reads_the_result_of_the_others_commands(
    machine, configured_job, installer_phone, prompt_worker
):
    vehicle = configured_job.vehicle
    path = f"vehicles/{vehicle.pk}/commands/"
    theirs = installer_phone.post(f"{path}{UNLOCK}/").json()
    ours = send(machine, vehicle).json()
    assert installer_phone.get(f"{path}{ours['id']}/").status_code == 404
    listed = machine.get(f"vehicles/{vehicle.pk}/commands").json()["results"]
    assert [row["id"] for row in listed] == [ours["id"], theirs["id"]]
    assert (listed[0]["state"], listed[1]["state"]) == (ours["state"], None)
    assert listed[1]["sender"]["kind"] == "PERSON"
    assert machine.get(f"commands/{theirs['id']}").json()["state"] is None


def test_the_installer_sees_the_command_in_the_history_of_the_job(
    machine, configured_job, company_admin_client, prompt_worker
):
    send(machine, configured_job.vehicle, UNLOCK)
    page = company_admin_client.get(f"/installers/jobs/{configured_job.pk}/").content.decode()
    assert "sent the command “Unlock central lock”" in page
    assert "commands:read,commands:write" in page


# --- refusals ---------------------------------------------------------------------------------------------------------
def failed(answer) -> tuple[int, str, str]:
    """Status, code, and the error of the command that it names."""
    body = answer.json()
    return answer.status_code, body["code"], Command.objects.get(pk=body["command_id"]).error


def test_what_the_model_cannot_do_is_refused_without_a_call(machine, fleet):
    small = VehicleFactory(fleet=fleet, vehicle_model=SmallVehicleModelFactory())
    refused = failed(send(machine, small, "lock-and-disable-driving"))
    assert refused == (409, "not_supported", "not_supported")
    assert acts(small) == []


def test_what_the_vehicle_cannot_do_now_is_a_conflict(machine, vehicle, prompt_worker):
    unit = SimulatedUnit.objects.get(pk=vehicle.unit_id)
    unit.set(timezone.now(), ignition=True)
    unit.save()
    refused = send(machine, vehicle, "disable-driving")
    assert failed(refused) == (409, "vehicle_state_conflict", "conflict")


def test_a_unit_that_does_not_answer_is_unreachable(machine, vehicle, prompt_worker):
    SimulatedUnit.objects.get(pk=vehicle.unit_id).afflict(Fault.NO_COVERAGE)
    status, code, _error = failed(send(machine, vehicle))
    assert (status, code) == (504, "unit_unreachable")


def test_a_vehicle_without_a_unit_or_archived_takes_no_command(machine, fleet, vehicle):
    assert told(send(machine, VehicleFactory(fleet=fleet, unit=None))) == (409, "no_unit")
    vehicle.archive()
    assert told(send(machine, vehicle)) == (409, "vehicle_archived")
    assert not Key.objects.exists()


@pytest.fixture
def testing(configured_job, installer):
    """A test has unlocked the vehicle and waits for its person."""
    configured_job.request_tests(by=installer, kinds=["CENTRAL_LOCK"])
    test = configured_job.tests.get()
    test.run()
    test.refresh_from_db()
    assert test.status == "AWAITING_CONFIRMATION"
    return configured_job.vehicle


def test_while_a_test_waits_the_state_alone_is_read(machine, testing, prompt_worker):
    before = acts(testing)
    assert failed(send(machine, testing, UNLOCK)) == (409, "test_running", "test_running")
    assert failed(send(machine, testing, "draw-attention"))[1] == "test_running"
    assert send(machine, testing, STATE).status_code == 200
    assert acts(testing) == [*before, STATE]


def test_a_command_that_waited_while_a_test_began_is_refused_at_the_hand_over(
    machine, configured_job, installer
):
    queued = send(machine, configured_job.vehicle, UNLOCK).json()["id"]
    configured_job.request_tests(by=installer, kinds=["CENTRAL_LOCK"])
    configured_job.tests.get().run()
    run_command(queued)
    command = Command.objects.get(pk=queued)
    assert (command.status, command.error, command.sent_at) == ("REFUSED", "test_running", None)


def test_no_test_begins_while_a_command_of_the_fleet_may_still_move_the_vehicle(
    machine, configured_job, installer
):
    configured_job.request_tests(by=installer, kinds=["CONNECTIVITY"])
    test = configured_job.tests.get()
    command = Command.objects.get(pk=send(machine, configured_job.vehicle, UNLOCK).json()["id"])
    command.key.deliver()
    command._hand_over()
    assert not test.claim()
    Command.objects.filter(pk=command.pk).update(expires_at=timezone.now())
    assert InstallationTest.objects.get(pk=test.pk).claim()


def test_the_open_access_of_an_installer_blocks_nothing(machine, configured_job, prompt_worker):
    assert send(machine, configured_job.vehicle, UNLOCK).status_code == 200


def test_reading_the_state_keeps_no_vehicle_from_being_put_back(
    machine, testing, configured_job, company_admin, prompt_worker
):
    configured_job.withdraw(by=company_admin)
    back = Command.objects.get(key__kind="SYSTEM")
    send(machine, testing, STATE)
    back.run()
    back.refresh_from_db()
    assert back.status == "DONE"


# --- the key ----------------------------------------------------------------------------------------------------------
def test_one_key_serves_the_commands_of_a_client_and_ends_a_quarter_of_an_hour_after_the_last(
    machine, vehicle, prompt_worker
):
    for name in (UNLOCK, LOCK):
        assert send(machine, vehicle, name).status_code == 200
    key = Key.objects.get()
    assert (key.kind, key.client.name) == ("CLIENT", "commands:read,commands:write")
    assert timedelta(minutes=14) < key.ends_at - timezone.now() < timedelta(minutes=16)
    learnt = SimulatorLog.objects.filter(unit=vehicle.unit_id, action="add-key")
    assert learnt.count() == 1
    Key.objects.update(ends_at=timezone.now(), due_at=timezone.now())
    sweep_keys()
    key.refresh_from_db()
    assert key.ended_at is not None


def test_a_key_that_has_run_out_is_followed_by_another(machine, vehicle, prompt_worker):
    send(machine, vehicle)
    Key.objects.update(ends_at=timezone.now())
    assert send(machine, vehicle).status_code == 200
    assert Key.objects.count() == 2
    assert Key.objects.live().count() == 1


def test_each_client_has_a_key_of_its_own(machine, machine_of, fleet, vehicle):  # noqa: F811
    send(machine, vehicle)
    send(machine_of(fleet, "commands:write"), vehicle)
    assert Key.objects.live().count() == 2


def lose_right(client, scopes=("commands:read",)) -> None:
    client.edit(by=None, name=client.name, scopes=scopes, allowed_addresses=[])


ENDS = {
    "unmount": lambda vehicle, by: vehicle.unmount(),
    "swap": lambda vehicle, by: vehicle.exchange_unit(UnitFactory(fleet=vehicle.fleet).pk, by=by),
    "archive": lambda vehicle, by: vehicle.edits(by).archive(),
    "revocation": lambda vehicle, by: ApiClient.objects.get().revoke(by=None),
    "loss of the right": lambda vehicle, by: lose_right(ApiClient.objects.get()),
    "suspension of the client": lambda vehicle, by: ApiClient.objects.get().suspend(),
    "suspension of the fleet": lambda vehicle, by: vehicle.fleet.suspend(),
    "suspension of the provider": lambda vehicle, by: vehicle.fleet.provider.suspend(),
}


@pytest.mark.parametrize("end", ENDS)
def test_a_key_ends_at_once_with_what_it_depends_on(end, machine, vehicle, manager):
    queued = send(machine, vehicle).json()["id"]
    ENDS[end](vehicle, manager)
    key = Key.objects.get()
    assert key.ended_at is not None
    run_command(queued)
    command = Command.objects.get(pk=queued)
    assert (command.status, command.sent_at) == ("REFUSED", None)
    assert acts(vehicle) == []


def test_a_key_stays_open_where_the_right_stays(machine, vehicle):
    send(machine, vehicle)
    lose_right(ApiClient.objects.get(), ["commands:write"])
    assert Key.objects.live().count() == 1


def test_nothing_is_handed_over_for_a_client_that_has_lost_the_right(machine, vehicle):
    queued = send(machine, vehicle).json()["id"]
    credentials = ApiClient.objects.get().client
    credentials.set_scopes(["commands:read"])
    credentials.save()
    run_command(queued)
    command = Command.objects.get(pk=queued)
    assert (command.status, command.error) == ("REFUSED", "missing_permissions")
    assert acts(vehicle) == []


# --- a person at the desk ---------------------------------------------------------------------------------------------
def test_the_key_of_a_person_at_the_desk_ends_with_its_command(vehicle, manager, prompt_worker):
    command = vehicle.commands_by(manager).send(UNLOCK)
    command.refresh_from_db()
    assert (command.status, command.key.kind) == ("DONE", "STAFF")
    assert not Key.objects.filter(ended_at=None).exists()


def test_whoever_left_the_desk_has_nothing_handed_over(vehicle, manager):
    command = vehicle.commands_by(manager).send(UNLOCK)
    manager.fleet_memberships.all().delete()
    run_command(command.pk)
    command.refresh_from_db()
    assert (command.status, command.error) == ("REFUSED", "not_allowed")
