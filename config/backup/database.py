"""The database of a backup: a copy of SQLite's file, or a dump of PostgreSQL. Both are made while the product runs."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import psycopg
from django.db import connection, connections

from config.backup.errors import CannotBackUp, CannotRestore
from jobs.models import JobPhoto

Rows = list[tuple[Any, ...]]


class Snapshot(NamedTuple):
    """What the rows of the copy name."""

    migrations: list[str]
    photos: list[str]


class Database(Protocol):
    file: str

    def dump(self, target: Path) -> Snapshot:
        """Write the copy. Raises CannotBackUp."""
        ...

    def check_unused(self) -> None:
        """Raises CannotRestore where a process is connected."""
        ...

    def restore(self, source: Path) -> None:
        """Put the copy in place of what is there. Raises CannotRestore."""
        ...


def database() -> Database:
    return SQLite() if connection.vendor == "sqlite" else PostgreSQL()


def is_empty() -> bool:
    return not connection.introspection.table_names()


def _snapshot(rows: Callable[[str], Rows]) -> Snapshot:
    migrations = rows("SELECT app, name FROM django_migrations ORDER BY app, name")
    photos = JobPhoto._meta.db_table
    live = rows(f"SELECT file FROM {photos} WHERE deleted_at IS NULL AND file <> ''")  # noqa: S608
    return Snapshot([f"{app}.{name}" for app, name in migrations], [name for (name,) in live])


class SQLite:
    file = "database.sqlite3"

    def __init__(self) -> None:
        self.path = Path(connection.settings_dict["NAME"])

    def dump(self, target: Path) -> Snapshot:
        """Copy in one step, by SQLite's own backup: others write meanwhile, and none of it is in the copy."""
        try:
            with closing(sqlite3.connect(self.path)) as source, closing(_opened(target)) as copy:
                source.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")
                return _snapshot(lambda sql: copy.execute(sql).fetchall())
        except sqlite3.Error as error:
            raise CannotBackUp(f"The database cannot be copied: {error}.") from None

    def check_unused(self) -> None:
        """The lock on `VAR_DIR` shows whether the product runs (config/supervisor/claim.py)."""

    def restore(self, source: Path) -> None:
        with closing(_opened(source)) as copy:
            [(state,)] = copy.execute("PRAGMA integrity_check(1)").fetchall()
        if state != "ok":
            raise CannotRestore(f"The database of the backup is damaged: {state}.")
        connections.close_all()
        new = self.path.with_name(f"{self.path.name}.restored")
        shutil.copyfile(source, new)
        for left in ("-wal", "-shm"):
            self.path.with_name(self.path.name + left).unlink(missing_ok=True)
        new.replace(self.path)


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


class PostgreSQL:
    file = "database.dump"

    def __init__(self) -> None:
        # As the product connects, without its pool and its limits.
        known = {option.keyword.decode() for option in psycopg.pq.Conninfo.get_defaults()}
        self.parameters = {
            name: value
            for name, value in connection.get_connection_params().items()
            if name in known and name != "options"
        }

    def dump(self, target: Path) -> Snapshot:
        """The dump and the names read here are of one moment: pg_dump takes over the snapshot of this transaction."""
        with psycopg.connect(**self.parameters) as reader:
            reader.execute("SET idle_in_transaction_session_timeout = 0")
            reader.commit()
            reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            [(name,)] = reader.execute("SELECT pg_export_snapshot()").fetchall()
            found = _snapshot(lambda sql: reader.execute(sql).fetchall())
            options = ("--format=custom", "--no-owner", "--no-acl", f"--snapshot={name}")
            if fault := self._run("pg_dump", *options, "--file", str(target)):
                raise CannotBackUp(fault)
        return found

    def check_unused(self) -> None:
        others = """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND backend_type = 'client backend'
            AND pid <> pg_backend_pid()
        """
        self._let_go()
        with psycopg.connect(**self.parameters) as reader:
            [(number,)] = reader.execute(others).fetchall()
        if number:
            raise CannotRestore(
                f"The database is in use by {number} connections. Stop every process first."
            )

    def restore(self, source: Path) -> None:
        self._let_go()
        with psycopg.connect(**self.parameters) as writer:
            for (table,) in writer.execute(TABLES).fetchall():
                writer.execute(f"DROP TABLE {table} CASCADE".encode())
        options = ("--no-owner", "--no-acl", "--exit-on-error", "--single-transaction")
        fault = self._run(
            "pg_restore", *options, "--dbname", connection.settings_dict["NAME"], str(source)
        )
        if fault:
            raise CannotRestore(f"{fault} The database is empty now.")

    @staticmethod
    def _let_go() -> None:
        """Close the connections of this process."""
        connections.close_all()
        if close := getattr(connection, "close_pool", None):
            close()

    def _run(self, program: str, *arguments: str) -> str:
        """Run a program of PostgreSQL; why it failed, in one line, or nothing."""
        if shutil.which(program) is None:
            return f"{program} is not installed (Debian: apt install postgresql-client)."
        done = subprocess.run(  # noqa: S603
            [program, *arguments],
            env=os.environ | self._environment(),
            capture_output=True,
            text=True,
        )
        if not done.returncode:
            return ""
        return f"{program} failed: {' '.join(done.stderr.split())[:500]}"

    def _environment(self) -> dict[str, str]:
        """The parameters as libpq reads them. In the arguments of a process, everyone could read the password."""
        names = {
            option.keyword.decode(): option.envvar.decode()
            for option in psycopg.pq.Conninfo.get_defaults()
            if option.envvar
        }
        given = self.parameters.items()
        return {names[name]: str(value) for name, value in given if name in names}


# Those of the product; tables of extensions belong to their extension.
TABLES = """
    SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
    WHERE schemaname = current_schema() AND NOT EXISTS (
        SELECT FROM pg_depend WHERE deptype = 'e' AND classid = 'pg_class'::regclass
        AND objid = format('%I.%I', schemaname, tablename)::regclass
    )
"""
