"""A new demo's tables are made from the models at once, and are those that the migrations make."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.migrations import KEPT, state_of_migrations
from tests.product import HOME, environment

pytestmark = [pytest.mark.once, pytest.mark.django_db]
MAKE = """
import django
django.setup()
from config.supervisor import tables
assert tables.is_possible()
tables.make()
assert not tables.is_possible()
"""


def parts(sql: str) -> Iterator[str]:
    """The columns and constraints of CREATE TABLE, whose order depends on its history."""
    depth = 0
    quote = part = ""
    for sign in sql[sql.index("(") + 1 : sql.rindex(")")]:
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign in "()":
            depth += 1 if sign == "(" else -1
        if sign == "," and not depth and not quote:
            yield part.strip()
            part = ""
        else:
            part += sign
    yield part.strip()


def shape(path: Path) -> dict[str, list]:
    """Each table with its columns, constraints and number of rows, and each index."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        rows = database.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        found = {}
        for kind, name, sql in rows.fetchall():
            if name.startswith("sqlite_"):
                continue
            if kind != "table":
                found[name] = [sql]
                continue
            number = database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
            found[name] = [*sorted(parts(sql)), number]
    return found


def test_tables_made_at_once_are_those_of_the_migrations(tmp_path):
    if connection.vendor != "sqlite":
        pytest.skip("compares databases of SQLite")
    made = subprocess.run(
        [sys.executable, "-c", MAKE],
        cwd=HOME,
        env=environment(tmp_path, DJANGO_SETTINGS_MODULE="config.settings", DEMO="true"),
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr

    of_models = shape(tmp_path / "db.sqlite3")
    of_migrations = shape(KEPT / f"{state_of_migrations()}.sqlite3")
    assert of_models.keys() == of_migrations.keys()
    assert {name for name in of_models if of_models[name] != of_migrations[name]} == set()
