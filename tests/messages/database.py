"""The database of a run: a PostgreSQL of its own, or a database of its own on the server of POSTGRES_URL."""

import os
import signal
import subprocess
from urllib.parse import urlsplit

import psycopg

from tests.migrations import dump_of, state_of_migrations
from tests.torture.servers import Postgres


class Database:
    def __init__(self, given: str | None):
        self.given, self.name = given, f"messages_{os.getpid()}"
        self.server = None if given else Postgres()
        if given:
            self._run(f"CREATE DATABASE {self.name}")

    @property
    def url(self) -> str:
        if self.server:
            return self.server.url
        return urlsplit(self.given or "")._replace(path=f"/{self.name}").geturl()

    def restore(self) -> bool:
        """Take the tables that `bin/test --pg` has kept, which is faster than migrating; whether they were there."""
        dump = dump_of(state_of_migrations())
        if not self.server or not dump.exists():
            return False
        program = self.server.binaries / "pg_restore"
        subprocess.run([program, "--exit-on-error", f"--dbname={self.url}", dump], check=True)
        return True

    def keep(self) -> None:
        """Keep the tables for the next run, where `restore` and `bin/test --pg` find them."""
        dump = dump_of(state_of_migrations())
        if not self.server:
            return
        dump.parent.mkdir(parents=True, exist_ok=True)
        unfinished = dump.with_suffix(f".{os.getpid()}")
        program = self.server.binaries / "pg_dump"
        command = [program, "--format=custom", f"--file={unfinished}", f"--dbname={self.url}"]
        subprocess.run(command, check=True)
        unfinished.rename(dump)

    def stop(self) -> None:
        if self.server:
            self.server.stop(signal.SIGQUIT)
        else:
            self._run(f"DROP DATABASE {self.name} WITH (FORCE)")

    def _run(self, sql: str) -> None:
        with psycopg.connect(self.given or "", autocommit=True) as connection:
            connection.execute(sql.encode())
