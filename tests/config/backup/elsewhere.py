"""Another machine that a backup is restored on."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from ulid import ULID

from config.supervisor.claim import claim_data
from tests.product import HOME, SIMULATED, environment

ON_POSTGRESQL = os.environ.get("TEST_ON") == "postgresql"
ULID_LENGTH = 26
NAME = f"restored_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"


class Elsewhere:
    """Another machine: a `VAR_DIR` and a database of its own."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.variables = {**SIMULATED}
        if ON_POSTGRESQL:
            server = os.environ["TEST_DATABASE_URL"]
            with psycopg.connect(server, autocommit=True) as session:
                session.execute(f"DROP DATABASE IF EXISTS {NAME}")
                session.execute(f"CREATE DATABASE {NAME}")
            self.variables["DATABASE_URL"] = server.replace("/postgres?", f"/{NAME}?")

    def manage(self, *arguments: object) -> subprocess.CompletedProcess:
        given = environment(self.var, **self.variables)
        if not ON_POSTGRESQL:
            del given["FIELD_KEYS"]  # those of the backup apply
        return subprocess.run(
            [sys.executable, "manage.py", *map(str, arguments)],
            cwd=HOME,
            env=given,
            capture_output=True,
            text=True,
        )

    @contextmanager
    def session(self) -> Iterator[Any]:
        if ON_POSTGRESQL:
            opened = psycopg.connect(self.variables["DATABASE_URL"])
        else:
            opened = sqlite3.connect(self.var / "db.sqlite3")
        with closing(opened):
            yield opened

    def rows(self, sql: str) -> list[tuple]:
        with self.session() as session:
            return session.execute(sql).fetchall()

    def execute(self, sql: str) -> None:
        with self.session() as session:
            session.execute(sql)
            session.commit()

    def tables(self, name: str) -> list[tuple]:
        if ON_POSTGRESQL:
            return self.rows(f"SELECT tablename FROM pg_tables WHERE tablename = '{name}'")
        return self.rows(f"SELECT name FROM sqlite_master WHERE name = '{name}'")

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """As by the product: a connection, or the lock of `bin/run`."""
        if ON_POSTGRESQL:
            with self.session():
                yield
        else:
            self.var.mkdir()
            with claim_data(self.var, "http://127.0.0.1:8000"):
                yield

    def photos(self) -> dict[str, tuple[str, bool]]:
        """Id → the name of its file, and whether it is shown."""
        rows = self.rows("SELECT id, file, deleted_at IS NULL FROM jobs_jobphoto")
        return {hexadecimal(pk): (file, bool(live)) for pk, file, live in rows}


def hexadecimal(pk: object) -> str:
    """One form of an id, for those of the ORM and of both databases."""
    text = str(pk)
    return ULID.from_str(text).to_uuid().hex if len(text) == ULID_LENGTH else UUID(text).hex
