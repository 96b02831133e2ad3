"""So many fleets and jobs that the database reads by its indexes; made once for a whole module, and taken back."""

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.rows import fill
from bench.world import World
from tests.cast.parked import park

JOBS, FLEETS, COMPANIES = 20_000, 40, 20
VEHICLES = 20_000
WATCHED = {"jobs_job", "telematics_vehicle"}


@pytest.fixture(scope="module")
def crowd(django_db_setup, django_db_blocker):
    """Tests that take it write nothing, and ask for no `db` beside it."""
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: run with --pg")
    with django_db_blocker.unblock(), transaction.atomic():
        world = World(FLEETS, COMPANIES)
        with connection.cursor() as cursor:
            fill(cursor, JOBS, **world.ids)
            park(cursor, VEHICLES, fleets=world.ids["fleets"], models=world.ids["models"])
        world.vehicles_url = f"/fleetcontrol/{world.fleets[0].pk}/vehicles/"
        world.list_url = f"/fleetcontrol/{world.fleets[0].pk}/jobs/installation/"
        yield world
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def browser_of(crowd):
    """`browser_of(person)`: signed in once."""
    browsers = {}

    def of(person) -> Client:
        if person not in browsers:
            browsers[person] = Client()
            browsers[person].force_login(person)
        return browsers[person]

    return of


@pytest.fixture(scope="module")
def costs():
    """`costs(lambda: client.get(…))`: how many statements it sent, and which watched tables one of
    them reads through.
    """

    def ask(act) -> tuple[int, list[str]]:
        with CaptureQueriesContext(connection) as captured:
            response = act()
        assert response.status_code in (200, 204), response.content
        asked = [
            query["sql"]
            for query in captured
            if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))
        ]
        return len(asked), [
            sql for sql in asked if sql.startswith("SELECT") and WATCHED & read_through(sql)
        ]

    return ask


def read_through(sql: str) -> set[str]:
    """The tables that the plan of this statement reads from end to end."""
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) " + sql.replace("%", "%%"), [])
        [plan] = cursor.fetchone()[0]
    nodes, found = [plan["Plan"]], set()
    for node in nodes:
        nodes += node.get("Plans", [])
        if node["Node Type"] == "Seq Scan":
            found.add(node["Relation Name"])
    return found
