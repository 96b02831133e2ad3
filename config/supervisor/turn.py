"""One start at a time prepares a database: two that migrate at once would fail each other."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

KEY = 0x6A6F6273  # among the advisory locks of this database
POLL_SECONDS = 0.2


@contextmanager
def taken() -> Iterator[None]:
    """Hold the turn. On SQLite nothing is held: `var/` is claimed already."""
    if connection.vendor != "postgresql":
        yield
        return
    # Trying again rather than waiting in the database, where a time-out for locks may apply.
    while not _query("SELECT pg_try_advisory_lock(%s)"):
        time.sleep(POLL_SECONDS)
    try:
        yield
    finally:
        _query("SELECT pg_advisory_unlock(%s)")


def _query(sql: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, [KEY])
        return bool(cursor.fetchone()[0])
