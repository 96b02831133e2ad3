"""What OneAPI's lists send to the database: the same few statements for few rows and many, and none that reads
vehicles, units, commands or jobs from end to end.
"""

import pytest
from django.db import connection

from bench import machines
from bench.vehicle_rows import fill_vehicles
from fleetcontrol.api import limits
from telematics.models import Command, Key, Unit, Vehicle
from tests.cast import crowd as crowds
from tests.fleetcontrol.test_vehicles_api import Machine

pytestmark = [pytest.mark.pg, pytest.mark.usefixtures("db")]

VEHICLES = 20_000
COMMANDS = 2_000
# Token with its client, rows; then what each call leaves: its number and itself, in one.
LIST = 3
WATCHED = {"jobs_job", "telematics_vehicle", "telematics_unit", "telematics_command"}


@pytest.fixture(scope="module")
def db(parked):
    """In place of a database of each test's own."""


@pytest.fixture(scope="module")
def parked(crowd):
    """The crowd with vehicles, each with a unit and a state, and one vehicle with many commands."""
    with connection.cursor() as cursor:
        fill_vehicles(cursor, VEHICLES, **crowd.ids)
        crowd.commanded = Vehicle.objects.filter(fleet=crowd.fleets[0], unit__isnull=False).first()
        send_commands(crowd.commanded)
        cursor.execute("ANALYZE telematics_command")
    return crowd


def send_commands(vehicle) -> None:
    now = "2026-11-29T12:00:00Z"
    key = Key.objects.create(vehicle=vehicle, unit_id=vehicle.unit_id, kind="SYSTEM", ends_at=now)
    Command.objects.bulk_create(
        Command(
            vehicle=vehicle,
            unit_id=vehicle.unit_id,
            key=key,
            verb="lock-central-lock",
            status="EXPIRED",
            lapses_at=now,
            settled_at=now,
            error="lapsed",
        )
        for _ in range(COMMANDS)
    )


@pytest.fixture(scope="module")
def read(parked, costs):
    """`read("vehicles", tag="winter")`: how many statements it sent, and those that read a table through."""
    token = machines.tokens_of(parked.fleets[0], number=1)[0]
    machine = Machine(token)
    patch = pytest.MonkeyPatch()
    patch.setattr(limits, "PER_SECOND", 10_000)
    patch.setattr(limits, "BURST", 10_000)
    patch.setattr(crowds, "WATCHED", WATCHED)
    yield lambda path, **query: costs(lambda: machine.get(path, query))
    patch.undo()


def pages(parked, query):
    """The query of the first page and of the last."""
    return query, query | {"cursor": machines.last_page(parked.fleets[0], query)}


def test_each_list_of_vehicles_reads_by_an_index_from_both_ends(parked, read):
    for name, query in machines.queries(parked).items():
        for page in pages(parked, query):
            assert read("vehicles", **page) == (LIST, []), (name, page)


def test_a_list_of_vehicles_sends_the_same_for_few_rows_and_many(parked, read):
    assert {read("vehicles", limit=limit)[0] for limit in (1, 10, 200)} == {LIST}


def test_what_many_have_at_once_reads_by_an_index(parked, read):
    both = {"tag": "winter", "operation_status": "GARAGE", "has_unit": "true", "search": "WVW"}
    for page in pages(parked, both):
        assert read("vehicles", **page) == (LIST, [])


@pytest.mark.parametrize(
    "part", ["", "/state", "/master-data", "/capabilities", "/telematics-unit"]
)
def test_one_vehicle_costs_no_more_than_a_list(part, parked, read):
    assert read(f"vehicles/{parked.commanded.pk}{part}") == (LIST, [])


def test_the_commands_of_a_vehicle_read_by_an_index(parked, read):
    path = f"vehicles/{parked.commanded.pk}/commands"
    assert {read(path, limit=limit)[0] for limit in (1, 200)} == {LIST + 1}
    assert read(path)[1] == []


def test_units_read_by_an_index(parked, read):
    qnr = Unit.objects.filter(fleet=parked.fleets[0]).latest("pk").pk
    for query in ({}, {"in_stock": "true"}, {"in_stock": "false"}, {"search": qnr[:10]}):
        number, through = read("telematics-units", **query)
        assert (number <= LIST + 1, through) == (True, []), query


def test_a_part_of_a_qnr_is_found_without_reading_all_units_of_the_fleet(parked):
    units = Unit.objects.filter(fleet=parked.fleets[0])
    qnr = units.latest("pk").pk
    plan = units.found_by(qnr[5:13]).order_by("qnr")[:51].explain()
    assert "unit_of_fleet_by_part" in plan


def test_a_search_reads_the_vehicles_of_the_fleet_and_the_end_of_a_long_text_alone(parked):
    vehicles = Vehicle.objects.filter(fleet=parked.fleets[0])
    vin = vehicles.exclude(vin="").latest("created_at").vin
    plan = vehicles.found_by(vin).order_by("-created_at")[:51].explain()
    assert "vehicle_of_fleet_by_part" in plan
    assert f"~~ '%{vin[-8:]}%'" in plan
    assert f"~~ '%{vin}%'" not in plan


GIN = """
SELECT relname FROM pg_class JOIN pg_am ON pg_am.oid = relam WHERE amname = 'gin'
    AND NOT coalesce(reloptions, '{}') @> '{gin_pending_list_limit=256}'
"""


def test_no_search_reads_through_what_was_written_since_long(parked):
    with connection.cursor() as cursor:
        cursor.execute(GIN)
        assert cursor.fetchall() == []


OF_VEHICLES = """
SELECT reloptions, (SELECT count(*) FROM pg_index WHERE indrelid = pg_class.oid AND indkey::text = (
    SELECT attnum::text FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'fleet_id'
)) FROM pg_class WHERE relname = 'telematics_vehicle'
"""


def test_a_change_of_a_vehicle_writes_no_needless_index_and_leaves_little_behind(parked):
    with connection.cursor() as cursor:
        cursor.execute(OF_VEHICLES)
        options, of_fleet_alone = cursor.fetchone()
    assert options == ["autovacuum_vacuum_threshold=20000", "autovacuum_vacuum_scale_factor=0"]
    assert of_fleet_alone == 0


JOBS = {
    "all": {},
    "pending": {"status": "PENDING"},
    "with a partner": {"status": "RUNNING,ASSIGNED"},
    "maintenance": {"kind": "MAINTENANCE"},
    "search of many": {"search": "WVW"},
    "search of few": {"search": "CARGO7"},
    "job number": {"search": "AAA-4711"},
    "reference": {"external_reference": "4711"},
    "changed since yesterday": {"changed_after": machines.since(1)},
    "changed since two years ago": {"changed_after": machines.since(730)},
}


@pytest.mark.parametrize("name", JOBS)
def test_jobs_read_by_an_index(name, parked, read):
    for limit in (1, 200):
        number, through = read("jobs", limit=limit, **JOBS[name])
        assert (number <= LIST + 1, through) == (True, [])


def test_jobs_of_a_company_read_by_an_index(parked, read):
    for company in (parked.companies[0], parked.companies[-1]):
        number, through = read("jobs", company=company.pk)
        assert (number <= LIST + 2, through) == (True, [])
