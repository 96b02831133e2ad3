"""What must hold in the database whatever has happened, in SQL alone: nothing here knows the product's code."""

import email
import email.policy
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from psycopg.types.json import Jsonb
from ulid import ULID

from tests.torture.invariants.access import ACCESS
from tests.torture.invariants.background import BACKGROUND
from tests.torture.invariants.base import PREPARED, Invariant
from tests.torture.invariants.commands import COMMANDS
from tests.torture.invariants.creations import CREATIONS
from tests.torture.invariants.edits import EDITS
from tests.torture.invariants.fleets_keys import FLEETS_KEYS
from tests.torture.invariants.jobs import JOBS
from tests.torture.invariants.messages import MESSAGES
from tests.torture.invariants.people import PEOPLE
from tests.torture.invariants.photos import PHOTOS
from tests.torture.invariants.promises import PROMISES
from tests.torture.invariants.setups import SETUPS
from tests.torture.invariants.tests import TESTS
from tests.torture.invariants.vehicles import VEHICLES

INVARIANTS: list[Invariant] = [
    *JOBS, *ACCESS, *COMMANDS, *TESTS, *SETUPS, *VEHICLES, *PHOTOS, *PEOPLE, *BACKGROUND, *PROMISES,
    *FLEETS_KEYS, *EDITS, *CREATIONS, *MESSAGES,
]  # fmt: skip
MESSAGE_ID = re.compile(r"<([0-9A-Z]{26})@")


class Broken(NamedTuple):
    name: str
    number: int
    rows: list[tuple]


def broken_in(url: str, ledger: Path, mails: Path, photos: Path) -> list[Broken]:
    with psycopg.connect(url) as connection:
        prepare(connection, _lines(ledger), _mails(mails), photos_in(photos))
        return broken(connection)


def prepare(
    connection: psycopg.Connection,
    lines: Iterable[dict],
    mails: Iterable[tuple[Any, str]],
    photos: Iterable[str],
) -> None:
    """The functions of the statements, the ledger, and the files of mails and photos, for this session."""
    connection.execute(PREPARED)
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO ledger VALUES (%s)", [(Jsonb(line),) for line in lines])
        cursor.executemany("INSERT INTO mail_file VALUES (%s, %s)", list(mails))
        cursor.executemany("INSERT INTO photo_file VALUES (%s)", [(name,) for name in photos])


def broken(connection: psycopg.Connection) -> list[Broken]:
    found = []
    for invariant in INVARIANTS:
        if rows := connection.execute(invariant.sql.encode()).fetchall():
            found.append(Broken(invariant.name, len(rows), rows))
    return found


def _lines(ledger: Path) -> Iterator[dict]:
    with ledger.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def photos_in(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*.jpg"):
        yield str(path.relative_to(folder))


def _mails(folder: Path) -> Iterator[tuple[Any, str]]:
    for path in folder.glob("[!.]*.eml"):
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        if found := MESSAGE_ID.match(mail["Message-ID"]):
            yield ULID.from_str(found[1]).to_uuid(), mail["To"]
