"""A database that the version before made: migrated, it has lost nothing and opens.

The two dumps beside this file are a demo world of that version, with an operator's rights, an entry
of their log, a saved view and chosen columns. Here come keys on one vehicle, from before a key had a kind.
"""

import gzip
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import psycopg
import pytest

from tests.product import HOME, SIMULATED, environment

HERE = Path(__file__).parent
GROWING = {"django_migrations", "django_content_type", "auth_permission"}
GROWING |= {"auth_group", "auth_group_permissions"}  # by the roles of operators
NAME = f"upgrade_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
ON_POSTGRESQL = os.environ.get("TEST_ON") == "postgresql"
pytestmark = [pytest.mark.slow, pytest.mark.own_database]
# A key each: who holds it, and when it ended.
OLD_KEYS = [
    ("NULL", "NULL"),
    ("(SELECT MIN(id) FROM accounts_user)", "NULL"),
    ("NULL", "'2020-01-01 09:00:00'"),
]
STORE_KEY = """
    INSERT INTO telematics_key
        (id, opened_at, ends_at, ended_at, due_at, attempts, holder_id, unit_id, vehicle_id)
    SELECT '{id}', '2020-01-01 08:00:00', '2999-01-01 08:00:00', {ended}, '2999-01-01 08:00:00',
        0, {holder}, unit_id, vehicle_id
    FROM telematics_vehicle
    WHERE unit_id IS NOT NULL AND vehicle_id NOT IN
        (SELECT vehicle_id FROM telematics_key WHERE ended_at IS NULL AND opened_at > '2021-01-01')
    ORDER BY vehicle_id LIMIT 1
"""


class OldWorld:
    """A database of the version before, and the commands of this version on it."""

    def __init__(self, var: Path):
        self.var = var
        self.variables = {"DEMO": "true", **SIMULATED}
        if ON_POSTGRESQL:
            self.variables["DATABASE_URL"] = self._create_postgresql()
        with self.connection() as connection:
            self._load(connection)
        with self.connection() as connection:  # one that the dump has not set up for itself
            self._store_keys(connection)
        self.before = self.counts()
        self.simulated_before = self.content_types_of_the_simulator()

    def _create_postgresql(self) -> str:
        server = os.environ["TEST_DATABASE_URL"]
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {NAME}")
            connection.execute(f"CREATE DATABASE {NAME}")
        return server.replace("/postgres?", f"/{NAME}?")

    @contextmanager
    def connection(self) -> Iterator[psycopg.Connection | sqlite3.Connection]:
        if ON_POSTGRESQL:
            opened = psycopg.connect(self.variables["DATABASE_URL"], autocommit=True)
        else:
            opened = sqlite3.connect(self.var / "db.sqlite3")
        try:
            yield opened
        finally:
            opened.close()

    def _load(self, connection: psycopg.Connection | sqlite3.Connection) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.executescript(self._dump("sqlite"))
        else:
            connection.execute(self._dump("postgresql"))

    @staticmethod
    def _store_keys(connection: psycopg.Connection | sqlite3.Connection) -> None:
        for number, (holder, ended) in enumerate(OLD_KEYS):
            connection.execute(STORE_KEY.format(id=f"{number:032x}", holder=holder, ended=ended))
        connection.commit()

    @staticmethod
    def _dump(name: str) -> str:
        return gzip.decompress((HERE / f"{name}.sql.gz").read_bytes()).decode()

    def rows(self, sql: str) -> list[tuple]:
        with self.connection() as connection:
            return connection.execute(sql).fetchall()

    def counts(self) -> dict[str, int]:
        catalogue = (
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        )
        if ON_POSTGRESQL:
            catalogue = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        tables = [name for (name,) in self.rows(catalogue)]
        return {name: self.rows(f'SELECT COUNT(*) FROM "{name}"')[0][0] for name in tables}

    def content_types_of_the_simulator(self) -> dict[str, list[tuple]]:
        """App → id and name of each."""
        found: dict[str, list[tuple]] = {}
        for app, *kind in self.rows(
            "SELECT app_label, id, model FROM django_content_type WHERE model LIKE 'simulat%'"
            " ORDER BY id"
        ):
            found.setdefault(app, []).append(tuple(kind))
        return found

    def manage(self, *arguments: str, given: str = "") -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=HOME,
            env=environment(self.var, **self.variables),
            input=given,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


class Reader(Thread):
    """Reads two tables in one transaction, while a migration that changes both waits for the first one."""

    WAITING = """SELECT 1 FROM pg_locks
        WHERE NOT granted AND relation = 'jobs_installationtest'::regclass"""

    def __init__(self, world: OldWorld):
        super().__init__()
        self.world = world
        self.has_met_it = False
        self.error: psycopg.Error | None = None

    def run(self) -> None:
        with self.world.connection() as reads, self.world.connection() as watches:
            try:
                with reads.transaction():
                    reads.execute("SELECT * FROM jobs_installationtest").fetchall()
                    self.has_met_it = self._wait_for_the_migration(watches)
                    time.sleep(
                        1.2
                    )  # the migration has looked for a deadlock, and the reader has not
                    reads.execute("SELECT * FROM jobs_configuration").fetchall()
            except psycopg.Error as error:
                self.error = error

    def _wait_for_the_migration(self, watches: psycopg.Connection) -> bool:
        until = time.monotonic() + 200
        while time.monotonic() < until:
            if watches.execute(self.WAITING).fetchone():
                return True
            time.sleep(0.02)
        return False


@pytest.fixture(scope="module")
def readers() -> list[Reader]:
    """Who read while the world was migrated. On SQLite a migration has the database for itself."""
    return []


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, readers: list[Reader]) -> OldWorld:
    old = OldWorld(tmp_path_factory.mktemp("var"))
    old.manage("collectstatic", "-v0", "--no-input")
    if ON_POSTGRESQL:
        readers.append(Reader(old))
        readers[0].start()
    old.manage("migrate", "-v0")
    for reader in readers:
        reader.join()
    return old


@pytest.mark.pg
def test_who_reads_meanwhile_is_not_refused(world, readers):
    (reader,) = readers
    assert reader.has_met_it
    assert reader.error is None


def test_no_row_is_lost(world):
    after = world.counts()
    kept = {name: after.get(name) for name in world.before if name not in GROWING}
    assert kept == {name: rows for name, rows in world.before.items() if name not in GROWING}
    assert all(after[name] >= world.before[name] for name in GROWING)


def test_an_operator_keeps_their_rights(world):
    rights = world.rows(
        """SELECT t.app_label, p.codename FROM auth_group_permissions g
        JOIN auth_permission p ON p.id = g.permission_id
        JOIN django_content_type t ON t.id = p.content_type_id
        WHERE g.group_id IN (SELECT group_id FROM accounts_user_groups)"""
    )
    assert set(rights) == {
        ("jobs", "view_job"),
        ("jobs", "view_notification"),
        ("simulator", "change_simulatedunit"),
        ("simulator", "view_simulatedunit"),
    }


def test_the_log_of_the_admin_names_what_things_are_called_now(world):
    kinds = world.rows(
        """SELECT t.app_label, t.model FROM django_admin_log l
        JOIN django_content_type t ON t.id = l.content_type_id"""
    )
    assert kinds == [("jobs", "notification")]


@pytest.fixture(scope="module")
def found(world) -> tuple[dict, dict]:
    """What `pages.py` and `keys.py` have found, in one process."""
    scripts = [(HERE / name).read_text() for name in ("pages.py", "keys.py")]
    answer = world.manage("shell", "-v0", given="\n".join(scripts))
    pages, keys = answer.splitlines()[-2:]
    return json.loads(pages), json.loads(keys)


def test_saved_views_bookmarks_and_the_admin_open(found):
    statuses, _keys = found
    assert len(statuses) == 6
    assert set(statuses.values()) == {200}, statuses


def test_open_keys_of_the_system_are_named_and_the_ended_are_left_to_the_task(found):
    _pages, keys = found
    assert keys["migrated"] == ["SYSTEM", "PERSON", "PERSON"]
    assert keys["refused"] == "vehicle_in_use"
    assert keys["named"] == ["SYSTEM", "PERSON", "SYSTEM"]


def test_the_simulator_is_its_own_app_with_the_content_types_it_had(world, found):
    _pages, keys = found
    before, after = world.simulated_before, world.content_types_of_the_simulator()
    assert before.keys() == {"telematics"}
    assert after == {"simulator": before["telematics"]}
    assert keys["simulated"] == "0" * 16


def test_nothing_is_left_to_migrate(world):
    world.manage("migrate", "--check")
    world.manage("makemigrations", "--check", "--dry-run")
