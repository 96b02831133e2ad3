"""Commands: handed over once, begun in time or never, settled once. The unit's own log is judge."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from core.errors import MoveRefused
from telematics import verbs
from telematics.gateway import GatewayError, get_gateway
from telematics.models import Command, Key
from telematics.models.command import SILENCE, Status
from telematics.signals import handing_over
from telematics.simulator.gateway import SimulatorGateway
from telematics.simulator.models import SimulatorLog
from telematics.simulator.wiring import Fault
from telematics.tasks import run_command, sweep_commands
from tests.bench import Bench
from tests.factories.telematics import FullVehicleFactory, SmallVehicleModelFactory

HOUR = timedelta(hours=1)


def queue(bench, verb="unlock-central-lock"):
    return Command.objects.queue(
        bench.vehicle, verb, key=bench.key, requested_by=bench.holder, announced=False
    )


def test_a_command_is_done_and_carries_the_new_state(bench):
    command = bench.command("lock-central-lock")
    assert command.status == Status.DONE
    assert command.state["central_lock"]["value"] == "locked"
    assert command.expires_at - command.sent_at == timedelta(seconds=10)
    assert bench.acts(bench.key) == ["lock-central-lock"]


def test_a_second_run_of_the_task_does_nothing(bench):
    command = queue(bench)
    run_command(command.pk)
    run_command(command.pk)
    assert bench.acts() == ["unlock-central-lock"]


def test_two_runs_that_both_found_it_queued_hand_it_over_once(bench):
    command = queue(bench)
    twin = Command.objects.get(pk=command.pk)
    command.run()
    twin.run()
    assert bench.acts() == ["unlock-central-lock"]


def test_a_worker_that_died_after_the_hand_over_leaves_it_in_flight_then_expired(bench):
    command = queue(bench)
    command._hand_over()
    assert list(Command.objects.in_flight()) == [command]
    run_command(command.pk)
    assert bench.acts() == []
    Command.objects.filter(pk=command.pk).update(
        sent_at=Now() - SILENCE, expires_at=Now() - SILENCE
    )
    assert not Command.objects.in_flight().exists()
    sweep_commands()
    command.refresh_from_db()
    assert (command.status, command.error) == (Status.EXPIRED, "no_answer")


def test_nothing_is_handed_over_after_the_key_has_ended(bench):
    command = queue(bench)
    bench.key.end()
    command.run()
    assert command.status == Status.REFUSED
    assert bench.acts() == []


def test_whoever_guards_the_access_can_refuse_the_hand_over(bench):
    def refuse(sender, command, **kwargs):
        raise MoveRefused("not_today")

    command = queue(bench)
    handing_over.connect(refuse)
    try:
        command.run()
    finally:
        handing_over.disconnect(refuse)
    assert (command.status, command.error) == (Status.REFUSED, "not_today")
    assert bench.acts() == []


def test_the_unit_starts_nothing_after_the_expiry(bench):
    with pytest.raises(GatewayError) as refused:
        get_gateway().execute(
            bench.qnr, "unlock-central-lock", key_id=bench.key.pk, expires_at=timezone.now()
        )
    assert refused.value.code == "expired"
    assert bench.acts() == []


@pytest.mark.parametrize("state", ["unknown", "past its end", "dropped"])
def test_the_unit_asks_for_a_live_key(bench, state):
    key = bench.key.pk
    if state == "unknown":
        key = Key.open(bench.vehicle, None, Now() + HOUR, kind=Key.Kind.SYSTEM).pk
    elif state == "dropped":
        get_gateway().drop_key(bench.qnr, key)
    else:
        get_gateway().add_key(bench.qnr, key, timezone.now())
    with pytest.raises(GatewayError) as refused:
        get_gateway().execute(
            bench.qnr, "unlock-central-lock", key_id=key, expires_at=timezone.now() + HOUR
        )
    assert refused.value.code == "no_key"
    assert bench.acts() == []


def test_a_command_that_nobody_picked_up_in_time_is_never_carried_out(bench):
    command = queue(bench)
    Command.objects.filter(pk=command.pk).update(lapses_at=timezone.now() - HOUR)
    run_command(command.pk)
    sweep_commands()
    command.refresh_from_db()
    assert (command.status, command.error) == (Status.EXPIRED, "lapsed")
    assert bench.acts() == []


def test_the_sweep_announces_a_command_again(bench, monkeypatch):
    announced = []
    monkeypatch.setattr("core.tasks.nudge_now", lambda task, pk, **_: announced.append(pk))
    command = queue(bench)
    sweep_commands()
    assert announced == []
    Command.objects.filter(pk=command.pk).update(due_at=timezone.now() - HOUR)
    sweep_commands()
    sweep_commands()
    assert announced == [command.pk]


@pytest.mark.parametrize(
    ("fault", "error"),
    [(Fault.BUSY, "busy"), (Fault.SLOW, "timeout"), (Fault.NO_COVERAGE, "timeout")],
)
def test_what_goes_wrong_at_the_unit_is_the_commands_error(bench, fault, error):
    bench.break_it(fault)
    command = bench.command("unlock-central-lock")
    assert (command.status, command.error) == (Status.FAILED, error)


def test_a_silent_unit_is_not_waited_for(bench):
    bench.break_it(Fault.NO_POWER)
    command = bench.command("unlock-central-lock")
    assert (command.status, command.error) == (Status.FAILED, "unreachable")


def test_locking_with_the_ignition_on_is_a_conflict_where_a_door_module_can_tell(db):
    bench = Bench(central_lock_connection_type="SKM")
    bench.hands(ignition=True)
    command = bench.command("lock-central-lock")
    assert (command.status, command.error) == (Status.FAILED, "conflict")
    assert bench.acts() == []


def test_directly_wired_it_fails_silently(bench):
    bench.hands(ignition=True)
    command = bench.command("lock-central-lock")
    assert command.status == Status.DONE
    assert command.state["central_lock"]["value"] == "unlocked"


def test_a_state_that_holds_already_is_set_again_never_toggled(bench):
    assert [
        bench.command("lock-central-lock").state["central_lock"]["value"] for _ in range(3)
    ] == ["locked"] * 3


def test_what_the_model_cannot_do_is_refused_at_once(db):
    model = SmallVehicleModelFactory(vehicle_type="MOPED")
    bench = Bench(FullVehicleFactory(vehicle_model=model))
    with pytest.raises(MoveRefused) as refused:
        queue(bench)
    assert refused.value.code == "not_supported"


# --- a unit that has lost a key -------------------------------------------------------------------------------------


def lose_keys(bench):
    """The unit was reset: it knows no key, and the rows still say that it does."""
    unit = bench.unit
    unit.keys = {}
    unit.save()


def test_a_live_key_that_the_unit_does_not_know_is_delivered_again(bench):
    lose_keys(bench)
    command = bench.command("unlock-central-lock")
    assert (command.status, command.error) == (Status.DONE, "")
    assert command.key_redelivered_at is not None
    assert bench.acts(bench.key) == ["unlock-central-lock"]
    assert not Key.objects.to_deliver().exists()


def test_a_key_is_delivered_again_once_per_command(bench):
    get_gateway().drop_key(bench.qnr, bench.key.pk)  # the unit never takes it again
    command = bench.command("unlock-central-lock")
    assert (command.status, command.error) == (Status.FAILED, "no_key")
    log = SimulatorLog.objects.filter(unit=bench.qnr, action="add-key")
    assert log.filter(key_id=bench.key.pk).count() == 2
    assert bench.acts() == []


def test_a_key_that_has_ended_meanwhile_is_not_delivered_again(bench, monkeypatch):
    lose_keys(bench)
    plain = SimulatorGateway.execute

    def execute(gateway, *args, **kwargs):
        bench.key.end()
        return plain(gateway, *args, **kwargs)

    monkeypatch.setattr(SimulatorGateway, "execute", execute)
    command = bench.command("unlock-central-lock")
    assert (command.status, command.error) == (Status.FAILED, "no_key")
    assert command.key_redelivered_at is None
    assert bench.unit.keys == {}


def test_a_command_is_not_sent_again_once_its_key_has_ended(bench, monkeypatch):
    lose_keys(bench)
    plain = SimulatorGateway.add_key

    def add_key(gateway, *args, **kwargs):
        plain(gateway, *args, **kwargs)
        bench.key.end()

    monkeypatch.setattr(SimulatorGateway, "add_key", add_key)
    command = bench.command("unlock-central-lock")
    assert (command.status, command.error) == (Status.REFUSED, "access_ended")
    assert bench.acts() == []


# --- putting back ---------------------------------------------------------------------------------------------------


def test_putting_back_locks_and_disables_under_a_key_that_ends_with_it(bench):
    bench.command("unlock-and-enable-driving")
    command = bench.vehicle.put_back()
    command.run()
    key = command.key
    key.refresh_from_db()
    assert (bench.unit.car["locked"], bench.unit.car["blocked"]) == (True, True)
    assert (key.kind, key.holder) == (Key.Kind.SYSTEM, None)
    assert key.ended_at is not None
    assert bench.acts(key) == ["lock-and-disable-driving"]


def test_putting_back_works_after_the_persons_key_has_ended(bench):
    bench.command("unlock-and-enable-driving")
    bench.key.end()
    bench.vehicle.put_back().run()
    assert bench.unit.car["locked"]


def test_putting_back_waits_for_a_silent_unit(bench):
    bench.break_it(Fault.NO_POWER)
    command = bench.vehicle.put_back()
    command.run()
    command.refresh_from_db()
    assert (command.status, command.error) == (Status.QUEUED, "unreachable")
    bench.break_it("")
    run_command(command.pk)
    command.refresh_from_db()
    assert command.status == Status.DONE


def test_putting_back_does_not_work_against_a_person_who_came_later(bench):
    put_back = bench.vehicle.put_back()
    bench.command("unlock-and-enable-driving")
    put_back.run()
    assert (put_back.status, put_back.error) == (Status.REFUSED, "overtaken")
    assert not bench.unit.car["locked"]


@pytest.mark.parametrize(
    ("vehicle_type", "verb"),
    [
        ("CAR", "lock-and-disable-driving"),
        ("BICYCLE", "lock-central-lock"),
        ("KICKSCOOTER", "disable-driving"),
    ],
)
def test_putting_back_closes_what_the_model_can_close(db, vehicle_type, verb):
    model = SmallVehicleModelFactory(vehicle_type=vehicle_type)
    command = FullVehicleFactory(vehicle_model=model).put_back()
    assert command.verb == verb


def test_putting_back_has_no_command_where_nothing_can_be_closed():
    assert verbs.to_put_back(["ignition"]) is None


# --- putting back and the ignition ---
def run_while_somebody_starts_the_car(bench, command):
    """The ignition is turned on after it was read and before the unit has the command."""

    def turn_on(sender, **kwargs):
        bench.hands(ignition=True)

    handing_over.connect(turn_on)
    try:
        command.run()
    finally:
        handing_over.disconnect(turn_on)
    command.refresh_from_db()


@pytest.mark.parametrize("wiring", ["DIRECT", "SKM"])
def test_putting_back_waits_where_the_ignition_is_turned_on_in_that_moment(bench, wiring):
    setup = bench.setup | {"central_lock_connection_type": wiring}
    get_gateway().configure(bench.qnr, setup, sequence=2)
    bench.command("unlock-and-enable-driving")
    put_back = bench.vehicle.put_back()

    run_while_somebody_starts_the_car(bench, put_back)

    assert (put_back.status, put_back.error) == (Status.QUEUED, "conflict")
    assert put_back.due_at > timezone.now()
    assert put_back.key.is_live()
    assert not bench.unit.car["blocked"]
    assert not Command.objects.in_flight().exists()


def test_putting_back_is_done_once_the_ignition_is_off_again(bench):
    bench.command("unlock-and-enable-driving")
    put_back = bench.vehicle.put_back()
    run_while_somebody_starts_the_car(bench, put_back)

    run_command(put_back.pk)
    put_back.refresh_from_db()
    assert (put_back.status, put_back.error) == (Status.QUEUED, "ignition_on")

    bench.hands(ignition=False)
    run_command(put_back.pk)
    put_back.refresh_from_db()
    assert put_back.status == Status.DONE
    assert (bench.unit.car["locked"], bench.unit.car["blocked"]) == (True, True)


@pytest.mark.parametrize("fault", [Fault.BUSY, Fault.NO_COVERAGE])
def test_putting_back_tries_again_after_a_fault_that_passes(bench, fault):
    put_back = bench.vehicle.put_back()
    put_back.key.deliver()
    bench.break_it(fault)
    put_back.run()
    put_back.refresh_from_db()
    assert put_back.status == Status.QUEUED

    bench.break_it("")
    run_command(put_back.pk)
    put_back.refresh_from_db()
    assert put_back.status == Status.DONE


def test_a_persons_command_is_settled_as_before_where_the_unit_cannot_do_it_now(bench):
    bench.hands(ignition=True)
    command = bench.command("disable-driving")
    assert (command.status, command.error) == (Status.FAILED, "conflict")
    assert not bench.unit.car["blocked"]
