"""Put a backup in place."""

import os
import tempfile
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.utils._os import safe_join

from config import places, secret_files
from config.backup import photos
from config.backup.archive import Backup, reading
from config.backup.database import Database, database, is_empty
from config.backup.errors import CannotRestore
from config.backup.making import FORMAT, VAR, fingerprint

# Its tables stay after an installation has got a gateway to real units.
OPTIONAL_APPS = {"simulator"}


class Restored(NamedTuple):
    began: str
    photos: int
    gone: list[str]
    to_migrate: int
    missing_keys: list[str]


def check(path: Path) -> Backup:
    """Verify every checksum, and that this version can use it. Raises CannotRestore."""
    with reading(path) as backup:
        _check(backup)
        return backup


def restore(path: Path, *, replace: bool = False) -> Restored:
    """Raises CannotRestore, before anything was written unless it names what was."""
    stored = database()
    with reading(path) as backup:
        _check(backup)
        _check_target(backup, stored, replace=replace)
        number = photos.restore(backup)
        _restore_files(backup)
        with tempfile.TemporaryDirectory(dir=settings.VAR_DIR) as room:
            copy = Path(room) / stored.file
            backup.extract(stored.file, copy)
            stored.restore(copy)
        manifest = backup.manifest
    return Restored(
        manifest["began"],
        number,
        manifest["gone"],
        _to_migrate(),
        _missing_keys(manifest["field_keys"]),
    )


def _check(backup: Backup) -> None:
    if backup.manifest.get("format") != FORMAT:
        raise CannotRestore("The backup has a format that this version does not know.")
    backup.verify()
    unknown = set(backup.manifest["migrations"]) - _known_migrations()
    newer = {name for name in unknown if name.partition(".")[0] not in OPTIONAL_APPS}
    if newer:
        raise CannotRestore(
            f"The backup is of a newer version: it has the migration {min(newer)}, "
            "which this one lacks."
        )


def _known_migrations() -> set[str]:
    """Of this version, and those that a squashed one replaces."""
    found = MigrationLoader(None).disk_migrations
    replaced = {key for migration in found.values() for key in migration.replaces}
    return {f"{app}.{name}" for app, name in {*found, *replaced}}


def _to_migrate() -> int:
    """How many migrations this version has on top of what was restored."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _check_target(backup: Backup, stored: Database, *, replace: bool) -> None:
    wanted = backup.manifest["database"]
    if wanted != stored.file:
        raise CannotRestore(
            f"The backup has {wanted}, and DATABASE_URL names another kind of database."
        )
    stored.check_unused()
    if replace:
        return
    if not is_empty():
        raise CannotRestore(
            f"The database {connection.settings_dict['NAME']} has tables. --replace deletes them first."
        )
    if backup.manifest["has_photos"] and next(photos.names(), None):
        raise CannotRestore(
            "The storage of photos has files. --replace keeps them and adds those of the backup."
        )


def _restore_files(backup: Backup) -> None:
    before = os.umask(0o077)
    try:
        for name in backup.names(VAR):
            target = Path(safe_join(settings.VAR_DIR, name.removeprefix(VAR)))
            target.parent.mkdir(parents=True, exist_ok=True)
            backup.extract(name, target)
    finally:
        os.umask(before)


def _missing_keys(wanted: list[str]) -> list[str]:
    """The keys that sealed what is in the backup, and are not in use here."""
    keys = places.field_keys(secret_files.opened(os.environ), settings.VAR_DIR)
    return [key for key in wanted if key not in {fingerprint(here) for here in keys}]
