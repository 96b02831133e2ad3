"""What the database says at the moment of a cut: whether a request is committed; and how its commit is held back."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
from ulid import ULID

# Seconds for which a request may take to reach the row that is held.
PATIENCE = 20
COMMITTED = "SELECT count(*) FROM core_answeredrequest WHERE key = %s"
BLOCKED = "SELECT count(*) FROM pg_stat_activity WHERE %s = ANY (pg_blocking_pids(pid))"
# The rows that a write of a job changes or refers to. A worker may hold one of them: then it is tried again.
HELD = (
    "SELECT FROM jobs_job WHERE id = %s FOR UPDATE NOWAIT",
    "SELECT FROM jobs_installationtest WHERE job_id = %s FOR UPDATE NOWAIT",
)


class Rows:
    def __init__(self, url: str):
        self.url = url

    def is_committed(self, key: str) -> bool:
        """Whether the request with this key was carried out: its answer is kept in the same transaction."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            return _number(connection, COMMITTED, key) > 0

    @contextmanager
    def held(self, job: str) -> Iterator["Hold"]:
        """Nothing that writes to the job is committed within this block."""
        with psycopg.connect(self.url) as connection, psycopg.connect(self.url) as watcher:
            watcher.autocommit = True
            _lock(connection, job)
            try:
                yield Hold(connection.info.backend_pid, watcher)
            finally:
                with suppress(psycopg.OperationalError):
                    connection.rollback()


class Hold:
    def __init__(self, holder: int, watcher: psycopg.Connection):
        self.holder, self.watcher = holder, watcher

    def has_stopped_somebody(self) -> bool:
        return _number(self.watcher, BLOCKED, self.holder) > 0


def _lock(connection: psycopg.Connection, job: str) -> None:
    row = ULID.from_str(job).to_uuid()
    until = time.monotonic() + PATIENCE
    while True:
        try:
            for sql in HELD:
                connection.execute(sql, [row])
        except psycopg.errors.LockNotAvailable:
            connection.rollback()
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def _number(connection: psycopg.Connection, sql: str, about: object) -> int:
    found = connection.execute(sql.encode(), [about]).fetchone()
    assert found
    return found[0]
