"""Real threads at the same moment, each with its own connection."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection


def race(*calls: Callable[[], Any]) -> list[Any]:
    """What each call gave, an exception included, in the order of the calls; all of them start together."""
    line = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            line.wait(10)
            return call()
        except Exception as raised:
            return raised
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


def somebody_waits() -> bool:
    """On PostgreSQL: whether somebody waits for a lock that another one holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0
