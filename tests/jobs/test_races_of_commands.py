"""Machines, people at the desk, installers and tests at one vehicle at the same moment; the unit's own log is judge.

Nothing is handed over without a live key, nothing of the fleet moves a vehicle during a test, nobody waits for ever.
"""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import ApiClient, FleetMembership
from core.errors import MoveRefused, NotAllowed
from jobs.models import InstallationTest, Job
from jobs.models.installation_test import LEASE
from telematics.gateway import get_gateway
from telematics.models import Command, Key, Vehicle
from telematics.models.command import LIFE
from telematics.simulator.models import SimulatorLog
from telematics.tasks import sweep_keys
from telematics.verbs import VERBS
from tests.bench import SETUP
from tests.factories.accounts import FleetMembershipFactory
from tests.factories.telematics import UnitFactory, VehicleFactory
from tests.threads import race

pytestmark = [pytest.mark.pg, pytest.mark.django_db(transaction=True)]

UNLOCK = "unlock-central-lock"
LOCK = "lock-central-lock"
# How much later than the command the other one begins, in seconds.
STAGGERED = (0, 0.005, 0.01, 0.02, 0.04, 0.08)


@pytest.fixture(autouse=True)
def quick(settings):
    settings.TELEMATICS_TIME_SCALE = 0.01  # a command takes 10 to 60 ms


@pytest.fixture
def issue(fleet):
    def with_name(name: str) -> ApiClient:
        return ApiClient.objects.issue(fleet=fleet, name=name, scopes=["commands:write"], by=None)[
            0
        ]

    return with_name


@pytest.fixture
def machine(issue):
    return issue("Booking")


def new_vehicle(fleet) -> Vehicle:
    vehicle = VehicleFactory(fleet=fleet)
    setup = {**SETUP, "vehicle_model": vehicle.vehicle_model_id}
    get_gateway().configure(vehicle.unit_id, setup, sequence=1)
    return vehicle


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def acts_of(key_ids) -> list[SimulatorLog]:
    log = SimulatorLog.objects.filter(action__in=VERBS, key_id__in=key_ids)
    return list(log.order_by("at"))


def check_nothing_outlives_its_key() -> None:
    """Every command was handed over while its key was live, and began within its life, once."""
    began: dict[str, list[SimulatorLog]] = {}
    for act in SimulatorLog.objects.filter(action__in=VERBS).order_by("at"):
        began.setdefault(act.key_id, []).append(act)
    for command in Command.objects.select_related("key").filter(sent_at__isnull=False):
        ended_at = command.key.ended_at or command.key.ends_at
        assert command.sent_at <= ended_at
        for act in began.get(command.key_id, []):
            assert act.at <= ended_at + LIFE
    for key_id, acts in began.items():
        sent = Command.objects.filter(key=key_id, sent_at__isnull=False)
        assert len(acts) <= sent.count()
        assert acts[0].at >= min(sent.values_list("sent_at", flat=True))


# --- ends against a machine's command ---------------------------------------------------------------------------------
def swap(vehicle, machine, manager):
    vehicle.exchange_unit(UnitFactory(fleet=vehicle.fleet).pk, by=manager)


ENDS = {
    "unmount": lambda vehicle, machine, manager: vehicle.unmount(),
    "swap": swap,
    "archive": lambda vehicle, machine, manager: vehicle.edits(manager).archive(),
    "revocation": lambda vehicle, machine, manager: machine.revoke(by=None),
    "loss of the right": lambda vehicle, machine, manager: machine.edit(
        by=None, name=machine.name, scopes=["commands:read"], allowed_addresses=[]
    ),
    "suspension": lambda vehicle, machine, manager: machine.suspend(),
    "suspension of the fleet": lambda vehicle, machine, manager: vehicle.fleet.suspend(),
    "suspension of the provider": lambda vehicle, machine, manager: (
        vehicle.fleet.provider.suspend()
    ),
}


def lift_suspensions(fleet) -> None:
    type(fleet).objects.update(suspended_at=None)
    type(fleet.provider).objects.update(suspended_at=None)


@pytest.mark.parametrize("end", ENDS)
def test_an_end_meets_the_hand_over_of_a_machines_command(end, issue, fleet, manager):
    for number, later in enumerate(STAGGERED):
        machine, vehicle = issue(f"Booking {number}"), new_vehicle(fleet)
        command = vehicle.commands_by(machine).send(UNLOCK, announced=False)

        ran, ended = race(
            fresh(command).run,
            lambda vehicle=vehicle, machine=machine, later=later: (
                time.sleep(later),
                ENDS[end](fresh(vehicle), fresh(machine), manager),
            )[0],
        )

        assert (ran, ended) == (None, None)
        assert fresh(command).settled_at is not None
        assert Key.objects.get(pk=command.key_id).ended_at is not None
        check_nothing_outlives_its_key()
        lift_suspensions(fleet)


@pytest.mark.parametrize("end", ENDS)
def test_an_end_meets_a_machine_that_sends(end, issue, fleet, manager):
    """Whoever is first: no key of the machine is left open at a unit where it has none to use."""
    for number, later in enumerate(STAGGERED[:4]):
        machine, vehicle = issue(f"Booking {number}"), new_vehicle(fleet)

        sent, ended = race(
            lambda vehicle=vehicle, machine=machine: (
                fresh(vehicle).commands_by(fresh(machine)).send(UNLOCK, announced=False)
            ),
            lambda vehicle=vehicle, machine=machine, later=later: (
                time.sleep(later / 4),
                ENDS[end](fresh(vehicle), fresh(machine), manager),
            )[0],
        )

        assert ended is None
        assert isinstance(sent, Command | NotAllowed | MoveRefused)
        mounted = fresh(vehicle).unit_id
        for key in Key.objects.live().filter(vehicle=vehicle):
            assert end == "swap"
            assert key.unit_id == mounted
        lift_suspensions(fleet)


def test_many_commands_of_one_machine_at_once_share_one_key(machine, fleet):
    vehicle = new_vehicle(fleet)

    sent = race(
        *[
            lambda: fresh(vehicle).commands_by(fresh(machine)).send(UNLOCK, announced=False)
            for _ in range(12)
        ]
    )

    assert all(isinstance(command, Command) for command in sent)
    assert len({command.key_id for command in sent}) == 1
    assert race(*[fresh(command).run for command in sent]) == [None] * 12
    assert len(acts_of([sent[0].key_id])) == 12


def test_each_machine_has_one_key_of_its_own_whoever_sends_at_once(issue, fleet):
    vehicle, machines = new_vehicle(fleet), [issue(f"Booking {number}") for number in range(3)]

    sent = race(
        *[
            lambda machine=machine: (
                fresh(vehicle).commands_by(fresh(machine)).send(UNLOCK, announced=False)
            )
            for machine in machines * 3
        ]
    )

    assert all(isinstance(command, Command) for command in sent)
    owners = {(command.key_id, command.key.client_id) for command in sent}
    assert sorted(client for _key, client in owners) == [machine.pk for machine in machines]
    assert Key.objects.live().filter(vehicle=vehicle).count() == 3


@pytest.mark.parametrize("later", STAGGERED)
def test_a_key_that_runs_out_meets_the_sweep_and_the_next_command(later, machine, fleet):
    vehicle = new_vehicle(fleet)
    first = vehicle.commands_by(machine).send(UNLOCK, announced=False)
    Key.objects.update(ends_at=timezone.now() + timedelta(seconds=0.03))

    ran, swept, second = race(
        fresh(first).run,
        lambda: (time.sleep(later), sweep_keys())[1],
        lambda: (
            time.sleep(0.03),
            fresh(vehicle).commands_by(fresh(machine)).send(LOCK, announced=False),
        )[1],
    )

    assert (ran, swept) == (None, None)
    assert isinstance(second, Command)
    fresh(second).run()
    assert fresh(second).status == "DONE"
    assert fresh(first).status in ("DONE", "REFUSED", "FAILED")
    assert Key.objects.live().filter(vehicle=vehicle, client=machine).count() == 1
    check_nothing_outlives_its_key()


# --- ends against a command of the desk -------------------------------------------------------------------------------
def membership_of(person, fleet) -> FleetMembership:
    return FleetMembership.objects.get(user=person, fleet=fleet)


ENDS_OF_THE_DESK = {
    "removal": lambda fleet, person: fleet.remove_member(membership_of(person, fleet), by=None),
    "another role": lambda fleet, person: fleet.change_role(
        membership_of(person, fleet), "VIEWER", by=None
    ),
    "suspension": lambda fleet, person: person.suspend(),
    "suspension of the fleet": lambda fleet, person: fleet.suspend(),
}


@pytest.mark.parametrize("end", ENDS_OF_THE_DESK)
def test_an_end_meets_the_hand_over_of_a_command_of_the_desk(end, fleet, fleet_admin):
    for later in STAGGERED:
        vehicle, person = (
            new_vehicle(fleet),
            FleetMembershipFactory(fleet=fleet, role="MANAGER").user,
        )
        command = vehicle.commands_by(person).send(UNLOCK, announced=False)

        ran, ended = race(
            fresh(command).run,
            lambda person=person, later=later: (
                time.sleep(later),
                ENDS_OF_THE_DESK[end](fresh(fleet), fresh(person)),
            )[0],
        )

        assert (ran, ended) == (None, None)
        command = fresh(command)
        assert command.settled_at is not None
        assert command.key.ended_at is not None
        if command.sent_at is None:
            assert acts_of([command.key_id]) == []
        check_nothing_outlives_its_key()
        lift_suspensions(fleet)


# --- a machine, the desk, an installer and a test ---------------------------------------------------------------------
def test_a_machine_the_desk_and_an_installer_send_at_once_each_under_its_own_key(
    configured_job, installer, manager, machine
):
    vehicle = configured_job.vehicle

    sent = race(
        lambda: fresh(configured_job).access.current().command(LOCK, by=installer, announced=False),
        lambda: fresh(vehicle).commands_by(machine).send(UNLOCK, announced=False),
        lambda: fresh(vehicle).commands_by(manager).send(LOCK, announced=False),
    )
    ran = race(*[fresh(command).run for command in sent])

    assert ran == [None] * 3
    kinds = [fresh(command).key.kind for command in sent]
    assert kinds == ["PERSON", "CLIENT", "STAFF"]
    assert [act.action for act in acts_of([sent[1].key_id])] == [UNLOCK]
    check_nothing_outlives_its_key()


def test_a_test_begins_or_the_command_is_handed_over_but_never_both(
    configured_job, installer, machine
):
    outcomes = set()
    for later in STAGGERED:
        configured_job.request_tests(by=installer, kinds=["CONNECTIVITY"])
        test = configured_job.tests.open().get()
        command = configured_job.vehicle.commands_by(machine).send(UNLOCK, announced=False)
        command.key.deliver()

        claimed, ran = race(
            lambda test=test, later=later: (time.sleep(later), fresh(test).claim())[1],
            fresh(command).run,
        )

        assert ran is None
        command = fresh(command)
        assert claimed in (True, False)
        if claimed:
            began = fresh(test).lease_until - LEASE
            assert command.error == "test_running" or command.settled_at <= began
        else:
            assert command.status == "DONE"
        outcomes.add((claimed, command.status))
        fresh(test).cancel(by=installer)
    assert len(outcomes) > 1


def test_no_command_of_the_fleet_comes_into_a_test(configured_job, installer, manager, machine):
    vehicle = configured_job.vehicle
    configured_job.request_tests(by=installer, kinds=["CENTRAL_LOCK"])
    test = configured_job.tests.get()
    over = []

    def run_test():
        try:
            until = time.monotonic() + 20
            while fresh(test).status == "QUEUED" and time.monotonic() < until:
                fresh(test).run()
            began = Command.objects.filter(key__kind="PERSON", sent_at__isnull=False)
            return began.order_by("id").first().sent_at
        finally:
            over.append(True)

    def send_on(by):
        verbs = [UNLOCK, LOCK]
        sent = 0
        while not over or sent < 3:
            fresh(vehicle).commands_by(by).send(verbs[sent % 2], announced=False).run()
            sent += 1
            time.sleep(0.02)

    began, by_machine, by_desk = race(run_test, lambda: send_on(machine), lambda: send_on(manager))

    assert (by_machine, by_desk) == (None, None)
    test = fresh(test)
    assert test.status == "AWAITING_CONFIRMATION", test.hint
    assert test.started_at is not None
    fleets = Key.objects.of_fleet().values_list("pk", flat=True)
    later = [act for act in acts_of(list(fleets)) if act.at >= test.started_at]
    assert [act.action for act in later] == []
    assert Command.objects.filter(error="test_running").exists()
    assert began >= test.started_at
    check_nothing_outlives_its_key()


def test_a_job_ends_while_its_vehicle_is_commanded_by_the_fleet(
    configured_job, installer, manager, machine
):
    """The mounting is undone, so the unit leaves the vehicle, and every key to it ends."""
    vehicle = configured_job.vehicle
    command = vehicle.commands_by(machine).send(UNLOCK, announced=False)

    ran, failed, sent = race(
        fresh(command).run,
        lambda: fresh(configured_job).fail(by=installer, comment="No"),
        lambda: fresh(vehicle).commands_by(manager).send(LOCK, announced=False),
    )

    assert (ran, failed) == (None, None)
    assert isinstance(sent, Command | MoveRefused)
    assert Job.objects.get(pk=configured_job.pk).status == "FAILED"
    assert not Key.objects.live().of_fleet().exists()
    check_nothing_outlives_its_key()


def test_a_suspended_fleet_with_a_running_job_and_a_machine_at_its_vehicle(
    configured_job, installer, machine
):
    vehicle = configured_job.vehicle
    command = vehicle.commands_by(machine).send(UNLOCK, announced=False)
    installers = configured_job.access.current().command(LOCK, by=installer, announced=False)

    results = race(fresh(command).run, fresh(installers).run, fresh(vehicle.fleet).suspend)

    assert results == [None] * 3
    assert not Key.objects.live().exclude(kind="SYSTEM").exists()
    assert not InstallationTest.objects.at_unit().exists()
    check_nothing_outlives_its_key()
    soon = timezone.now() + timedelta(seconds=1)
    assert all(act.at < soon for act in acts_of([command.key_id, installers.key_id]))
