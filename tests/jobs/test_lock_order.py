"""Rows are locked in one order by every move, or two of them wait for each other for ever."""

import contextlib
import re
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import ApiClient
from core.sql import lock_in_turn
from jobs.models import Job
from telematics.models import Command, Key, Unit, Vehicle
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory, VehicleFactory

pytestmark = [pytest.mark.pg, pytest.mark.django_db(transaction=True)]

# An access is written after its own key; the two are one place in the order.
ORDER = {
    "accounts_company": 0,
    "accounts_partnership": 1,
    "accounts_companymembership": 2,
    "accounts_fleetmembership": 2,
    "accounts_apiclient": 2,
    "jobs_job": 3,
    "telematics_vehicle": 4,
    "telematics_unit": 5,
    "jobs_vehicleaccess": 6,
    "telematics_key": 6,
    "jobs_installationtest": 7,
    "telematics_command": 8,
}
UPDATED = re.compile(r'^UPDATE "(\w+)"')
LOCKED = re.compile(r'SELECT .*? FROM "(\w+)".*?FOR NO KEY UPDATE', re.DOTALL)


def locked_by(act) -> list[str]:
    """The tables whose rows it locks, in the order of their first lock."""
    with CaptureQueriesContext(connection) as captured:
        act()
    tables = []
    for query in captured:
        kind = LOCKED if query["sql"].startswith("SELECT") else UPDATED
        tables += kind.findall(query["sql"])
    return list(dict.fromkeys(table for table in tables if table in ORDER))


def let_lease_run_out(job):
    Key.objects.filter(access__job=job).update(ends_at=timezone.now() - timedelta(seconds=1))


@pytest.fixture
def cast(configured_job, installer, company_admin, manager, company, partnership, fleet):
    """A test has unlocked the car and asks, so that every end has something to put back."""
    configured_job.request_tests(by=installer, kinds=["CENTRAL_LOCK"])
    configured_job.tests.get().run()
    people = {"installer": installer, "company_admin": company_admin, "manager": manager}
    second = UnitFactory(fleet=fleet)
    return {
        "job": configured_job,
        "company": company,
        "partnership": partnership,
        "second": second,
        **people,
    }


MOVES = {
    "link_unit": lambda c: c["job"].link_unit(c["second"].pk, by=c["installer"]),
    "fill_in": lambda c: c["job"].fill_in(
        by=c["installer"], tracking=True, license_plate="B QX 2041"
    ),
    "fail": lambda c: c["job"].fail(by=c["installer"], comment="No"),
    "withdraw": lambda c: c["job"].withdraw(by=c["company_admin"]),
    "stop_access": lambda c: c["job"].stop_access(by=c["manager"]),
    "partnership ends": lambda c: c["partnership"].end(by=c["company_admin"]),
    "company closes": lambda c: c["company"].close(by=c["company_admin"]),
    "person suspended": lambda c: c["installer"].suspend(),
    "company suspended": lambda c: c["company"].suspend(),
    "fleet suspended": lambda c: c["job"].fleet.suspend(),
    "provider suspended": lambda c: c["job"].fleet.provider.suspend(),
    "person leaves": lambda c: c["company"].remove_member(
        c["installer"].company_membership, by=c["company_admin"]
    ),
}


@pytest.mark.parametrize("move", MOVES)
def test_an_end_locks_in_the_order_of_the_house(cast, move):
    tables = locked_by(lambda: MOVES[move](cast))

    assert "jobs_job" in tables
    assert "telematics_key" in tables or "jobs_installationtest" in tables
    assert tables == sorted(tables, key=ORDER.get)


@pytest.mark.parametrize("move", ["end_lease", "renew_access"])
def test_a_lease_that_is_over_is_ended_and_renewed_in_the_order_of_the_house(cast, installer, move):
    let_lease_run_out(cast["job"])

    tables = locked_by(
        cast["job"].end_lease
        if move == "end_lease"
        else lambda: cast["job"].renew_access(by=installer)
    )

    assert "telematics_key" in tables
    assert tables == sorted(tables, key=ORDER.get)


@pytest.fixture
def planned(fleet, manager):
    """A job for a vehicle, with a unit that is planned for it."""
    vehicle = VehicleFactory(fleet=fleet, unit=None)
    return JobFactory(
        by=manager, fleet=fleet, vehicle=vehicle, planned_unit=UnitFactory(fleet=fleet)
    )


def test_many_jobs_are_assigned_in_the_order_of_the_house(fleet, manager, partnership, planned):
    jobs = Job.objects.filter(pk=planned.pk)

    tables = locked_by(lambda: jobs.assign_all(partnership.company, fleet=fleet, by=manager))

    assert tables == [
        "accounts_partnership",
        "accounts_fleetmembership",
        "jobs_job",
        "telematics_vehicle",
        "telematics_unit",
    ]


def test_one_statement_holds_the_rows_of_several_tables(planned):
    other = connection.copy()
    with transaction.atomic(), contextlib.closing(other):
        found = lock_in_turn(
            Vehicle.objects.to_lock([planned.vehicle_id]),
            Unit.objects.to_lock([planned.planned_unit_id]).values("pk"),
        )
        assert found == [[planned.vehicle_id], [planned.planned_unit_id]]
        with other.cursor() as cursor:
            for table in ("telematics_vehicle", "telematics_unit"):
                cursor.execute(f"SELECT 1 FROM {table} FOR NO KEY UPDATE SKIP LOCKED")
                assert cursor.fetchall() == []


def test_a_unit_is_put_back_in_the_order_of_the_house(
    fleet, vehicle_model, manager, partnership, installer
):
    vehicle = VehicleFactory(fleet=fleet, vehicle_model=vehicle_model)
    job = JobFactory(
        by=manager, fleet=fleet, vehicle=vehicle, kind="MAINTENANCE", task="REPLACE_UNIT"
    )
    job.assign(partnership.company, by=manager)
    job.take(by=installer)
    job.link_unit(UnitFactory(fleet=fleet).pk, by=installer)

    tables = locked_by(lambda: Job.objects.get(pk=job.pk).fail(by=installer, comment="No"))

    assert tables == [
        "jobs_job",
        "telematics_vehicle",
        "telematics_unit",
        "telematics_key",
        "jobs_vehicleaccess",
    ]


@pytest.mark.parametrize("whose", ["the holder's", "the system's"])
def test_a_command_is_handed_over_and_settled_in_the_order_of_the_house(cast, whose):
    queued = cast["job"].vehicle.put_back() if whose == "the system's" else None
    command = queued or cast["job"].access.current().command("lock-central-lock", announced=False)
    command.key.deliver()

    handed_over = locked_by(Command.objects.get(pk=command.pk)._hand_over)
    settled = locked_by(lambda: Command.objects.get(pk=command.pk).settle("DONE"))

    assert handed_over == sorted(handed_over, key=ORDER.get)
    assert settled == (["telematics_key"] if queued else []) + ["telematics_command"]


def test_a_success_locks_in_the_order_of_the_house(proven_job, installer):
    proven_job.fill_in(by=installer, license_plate="B QX 2041")

    tables = locked_by(lambda: proven_job.succeed(by=installer))

    assert tables == sorted(tables, key=ORDER.get)
    assert {"jobs_job", "telematics_key"} <= set(tables)


def test_a_machines_command_is_queued_and_handed_over_in_the_order_of_the_house(cast):
    machine, _secret = ApiClient.objects.issue(
        fleet=cast["job"].fleet, name="Booking", scopes=["commands:write"], by=None
    )
    sent = []
    fleet_commands = cast["job"].vehicle.commands_by(machine)

    queued = locked_by(lambda: sent.append(fleet_commands.send("request-vehicle-state")))
    sent[0].key.deliver()
    handed_over = locked_by(Command.objects.get(pk=sent[0].pk)._hand_over)
    revoked = locked_by(lambda: machine.revoke(by=None))

    assert queued == [
        "accounts_apiclient",
        "telematics_vehicle",
        "telematics_unit",
        "telematics_key",
    ]
    assert handed_over == ["accounts_apiclient", "telematics_key", "telematics_command"]
    assert revoked == ["accounts_apiclient", "telematics_key"]
