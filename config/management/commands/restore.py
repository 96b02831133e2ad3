"""`manage.py restore PATH`: put a backup in place of an empty database, or of what is there."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.backup import restoring
from config.backup.errors import CannotRestore
from config.supervisor.claim import claim_data
from config.supervisor.errors import CannotStart


class Command(BaseCommand):
    help = "Restore a backup into an empty database and storage. Stop the product first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="what `manage.py backup` has written")
        parser.add_argument("--replace", action="store_true", help="delete what the database has")
        parser.add_argument(
            "--check", action="store_true", help="verify the backup, and write nothing"
        )

    def handle(self, *, path: Path, replace: bool, check: bool, **_: Any) -> None:
        try:
            if check:
                found = restoring.check(path)
                self.stdout.write(f"{path} is whole: {len(found.files)} files.")
                return
            with claim_data(settings.VAR_DIR, "manage.py restore"):
                self._report(restoring.restore(path, replace=replace))
        except (CannotRestore, CannotStart) as reason:
            raise CommandError(str(reason)) from reason

    def _report(self, restored: restoring.Restored) -> None:
        self.stdout.write(
            f"Restored: the database of {restored.began} and {restored.photos} photos."
        )
        if restored.gone:
            self.stderr.write(f"These photos were deleted meanwhile: {', '.join(restored.gone)}")
        if restored.missing_keys:
            self.stderr.write(
                f"FIELD_KEYS lacks {', '.join(restored.missing_keys)}: what these keys sealed cannot be opened."
            )
        if restored.to_migrate:
            self.stdout.write(
                f"Migrations to be applied: {restored.to_migrate}. Run manage.py migrate."
            )
