"""Django's command, which gives way to those who work meanwhile.

A statement that waits to lock a table lets nobody else in. And anyone who has read that table may need another one,
which the migration has locked already: a deadlock. PostgreSQL ends it after a second, and refuses the one who noticed
it. So an atomic migration waits for half a second, is rolled back, and is tried again.
"""

import time
from typing import Any

from django.core.management.commands import migrate
from django.db import OperationalError, connections
from django.db.migrations import Migration

# Less than PostgreSQL's `deadlock_timeout`, so that nobody is refused.
WAITS_MS = 500
PAUSE_S = 1
# Where there is never a moment in which nobody works, it waits as long as it takes.
PATIENCE_S = 300
LOCK_NOT_AVAILABLE, DEADLOCK = "55P03", "40P01"


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        self.connection = connections[options["database"]]
        patient_until = time.monotonic() + PATIENCE_S
        while True:
            self.gives_way = time.monotonic() < patient_until
            try:
                super().handle(*args, **options)
                return
            except OperationalError as error:
                if getattr(error.__cause__, "sqlstate", None) not in (LOCK_NOT_AVAILABLE, DEADLOCK):
                    raise
            if options["verbosity"] >= 1:
                self.stdout.write(" gave way to others, and is tried again")
            time.sleep(PAUSE_S)

    def migration_progress_callback(
        self, action: str, migration: Migration | None = None, fake: bool = False
    ) -> None:
        super().migration_progress_callback(action, migration, fake)
        if migration and action in ("apply_start", "unapply_start"):
            self._wait_for_locks(WAITS_MS if migration.atomic and self.gives_way else 0)
        elif action in ("apply_success", "unapply_success"):
            self._wait_for_locks(0)

    def _wait_for_locks(self, milliseconds: int) -> None:
        """Zero is without limit: an index that is built concurrently waits for every transaction before it."""
        if self.connection.vendor == "postgresql":
            with self.connection.cursor() as cursor:
                cursor.execute(f"SET lock_timeout = {milliseconds}")
