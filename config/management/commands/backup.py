"""`manage.py backup PATH`: the database, the photos and what is made once in `VAR_DIR`, while the product runs."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.backup.errors import CannotBackUp
from config.backup.making import make


class Command(BaseCommand):
    help = "Back up the database, the photos and the files of VAR_DIR, while the product runs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "path", type=Path, help="a new directory, or a new file that ends with .tar"
        )
        parser.add_argument(
            "--without-photos",
            action="store_true",
            help="the storage of photos has a backup of its own",
        )

    def handle(self, *, path: Path, without_photos: bool, **_: Any) -> None:
        try:
            made = make(path.absolute(), with_photos=not without_photos)
        except CannotBackUp as reason:
            raise CommandError(str(reason)) from reason
        self.stdout.write(f"{path}: the database and {made.photos} photos, {made.bytes} bytes.")
        if made.gone:
            self.stderr.write(f"Added and deleted meanwhile: {len(made.gone)} photos.")
