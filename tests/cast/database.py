"""The tests' database: migrated once for each state of the migrations, kept, and copied by every other process.

SQLite's is a file in `var/tests`. PostgreSQL's is a database beside those of the tests, on the same server;
a server of the tests' own has it from a dump in `var/tests`.
"""

import fcntl
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from typing import IO, Any, Protocol

import psycopg
import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management.commands import flush
from django.db import connection, transaction
from psycopg.sql import SQL, Identifier

from tests.migrations import KEPT, dump_of, state_of_migrations
from tests.postgres import BINARIES


class Kept(Protocol):
    """The migrated database, which may be there or not."""

    def exists(self) -> bool: ...

    def prepare_copy(self) -> bool:
        """Let the test database be made from it. Return whether it was made here already."""
        ...

    def keep(self) -> None:
        """Keep the test database that was just migrated, in place of those of older migrations."""
        ...


class KeptFile:
    def __init__(self, state: str) -> None:
        self.path = KEPT / f"{state}.sqlite3"

    def exists(self) -> bool:
        return self.path.exists()

    def prepare_copy(self) -> bool:
        shutil.copy(self.path, connection.creation._get_test_db_name())
        return True

    def keep(self) -> None:
        connection.close()
        for older in KEPT.glob("*.sqlite3"):
            older.unlink()
        unfinished = self.path.with_suffix(".new")
        with (
            sqlite3.connect(connection.settings_dict["NAME"]) as source,
            sqlite3.connect(unfinished) as copy,
        ):
            source.backup(copy)
        unfinished.rename(self.path)


class KeptTemplate:
    """A template database: PostgreSQL copies its files, which takes a second instead of half a minute."""

    PREFIX = "installer_jobs_tests_"

    def __init__(self, state: str) -> None:
        self.name = self.PREFIX + state
        self.dump = dump_of(state)
        self.binaries = os.environ.get(BINARIES)

    def exists(self) -> bool:
        return self.name in self._names() or self._has_dump()

    def prepare_copy(self) -> bool:
        if self.name not in self._names():
            self._restore()
        connection.settings_dict["TEST"]["TEMPLATE"] = self.name
        return False

    def keep(self) -> None:
        connection.close()
        source = connection.settings_dict["NAME"]
        with _server() as server:
            for older in self._names():
                server.execute(SQL("DROP DATABASE {}").format(Identifier(older)))
            copy = SQL("CREATE DATABASE {} TEMPLATE {}")
            server.execute(copy.format(Identifier(self.name), Identifier(source)))
        if self.binaries:
            self._write_dump()

    def _has_dump(self) -> bool:
        """A server that somebody else runs may be of another version than the dump."""
        return bool(self.binaries) and self.dump.exists()

    def _write_dump(self) -> None:
        for older in KEPT.glob("*.dump"):
            older.unlink()
        unfinished = self.dump.with_suffix(".new")
        self._run("pg_dump", "--format=custom", f"--file={unfinished}", f"--dbname={self._url()}")
        unfinished.rename(self.dump)

    def _restore(self) -> None:
        with _server() as server:
            server.execute(SQL("CREATE DATABASE {}").format(Identifier(self.name)))
        self._run("pg_restore", "--exit-on-error", f"--dbname={self._url()}", str(self.dump))

    def _url(self) -> str:
        return os.environ["TEST_DATABASE_URL"].replace("/postgres?", f"/{self.name}?")

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run([f"{self.binaries}/{program}", *arguments], check=True)

    def _names(self) -> list[str]:
        with _server() as server:
            found = server.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [self.PREFIX]
            )
            return [name for (name,) in found]


def _server() -> psycopg.Connection:
    return psycopg.connect(os.environ["TEST_DATABASE_URL"], autocommit=True)


@pytest.fixture(scope="session")
def kept_database(django_db_modify_db_settings) -> Kept:
    KEPT.mkdir(parents=True, exist_ok=True)
    kind = KeptFile if connection.vendor == "sqlite" else KeptTemplate
    return kind(state_of_migrations())


@pytest.fixture(scope="session")
def turn(kept_database) -> Iterator[IO]:
    """A lock that is held while the database is made, so that one process makes it and the others wait."""
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock


@pytest.fixture(scope="session")
def django_db_keepdb(request, kept_database, turn) -> bool:
    """Copy the kept database; then `migrate` finds nothing to do."""
    if kept_database.exists() and kept_database.prepare_copy():
        return True
    return request.config.getvalue("reuse_db")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker, kept_database, turn) -> Iterator[None]:
    if not kept_database.exists():
        with django_db_blocker.unblock():
            kept_database.keep()
    fcntl.flock(turn, fcntl.LOCK_UN)
    emit, empty = flush.emit_post_migrate_signal, flush.sql_flush
    flush.emit_post_migrate_signal, flush.sql_flush = Refill(emit), delete_what_was_written
    yield
    flush.emit_post_migrate_signal, flush.sql_flush = emit, empty


def delete_what_was_written(*_: Any, **options: Any) -> list[str]:
    """Return the statements that empty the tables which have rows.

    Django truncates all of them after each test that has transactions of its own. PostgreSQL makes the files of each
    table and each index anew for that, which takes longer than most of these tests.
    """
    assert not options["reset_sequences"], "sequences go on"
    deletions = [f'DELETE FROM "{table}"' for table in tables_with_rows()]
    if connection.vendor == "postgresql" and _is_superuser():
        return ["SET LOCAL session_replication_role = replica", *deletions]
    return deletions


def _is_superuser() -> bool:
    """Whether this user may leave out the checks of foreign keys, which hold between empty tables."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('is_superuser')")
        return cursor.fetchone() == ("on",)


def tables_with_rows() -> list[str]:
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    searches = [f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in names]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(searches))
        return [name for (name,) in cursor]


class Refill:
    """Fills a database that a test has emptied: with content types and permissions.

    Django compares them with all models after each test that has transactions of its own, which takes longer than
    most of these tests. The rows are the same each time: made once, then inserted.
    """

    def __init__(self, emit: Callable[..., None]) -> None:
        self.emit = emit
        self.rows: dict[str, list[tuple]] = {}

    def __call__(self, *args: Any, **options: Any) -> None:
        if not self.rows:
            self.emit(*args, **options)
            self.rows = all_rows()
            return
        ContentType.objects.clear_cache()
        with transaction.atomic(), connection.cursor() as cursor:
            for table, rows in self.rows.items():
                marks = ", ".join(["%s"] * len(rows[0]))
                cursor.executemany(f'INSERT INTO "{table}" VALUES ({marks})', rows)


def all_rows() -> dict[str, list[tuple]]:
    """The rows of each table that has some, except which migrations have run."""
    found = {}
    with connection.cursor() as cursor:
        for table in tables_with_rows():
            cursor.execute(f'SELECT * FROM "{table}"')
            found[table] = cursor.fetchall()
    return found
