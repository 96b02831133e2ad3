"""The files of photos in a backup, from any storage.

A file is stored before the row that names it is written, and deleted after its row. So all files are copied before the
database, and after it those that came meanwhile. Then each row has its file: one that was deleted during the backup was
copied before, unless it was also added during the backup.
"""

from collections.abc import Iterator
from typing import IO

from django.core.files.base import File
from django.core.files.storage import Storage, storages

from config.backup.archive import Backup, Writer
from config.backup.errors import CannotRestore
from jobs.pictures.storage import NAME

PREFIX = "photos/"


def place() -> Storage:
    return storages[NAME]


def names(folder: str = "") -> Iterator[str]:
    try:
        folders, files = place().listdir(folder)
    except FileNotFoundError:
        return
    start = f"{folder}/" if folder else ""
    for name in files:
        yield start + name
    for inner in folders:
        yield from names(start + inner)


def copy(names: list[str], writer: Writer) -> list[str]:
    """Copy those that are not in the backup yet; the names of files that are gone."""
    gone = []
    for name in names:
        if PREFIX + name in writer.files:
            continue
        try:
            with place().open(name) as file:
                writer.add(PREFIX + name, file, file.size)
        except FileNotFoundError:
            gone.append(name)
    return gone


def restore(backup: Backup) -> int:
    """Store what is not there yet; a file never changes under its name."""
    found = backup.names(PREFIX)
    for entry in found:
        name = entry.removeprefix(PREFIX)
        if not place().exists(name) or place().size(name) != backup.files[entry]["size"]:
            with backup.open(entry) as stream:
                _store(name, stream)
    return len(found)


def _store(name: str, stream: IO[bytes]) -> None:
    place().delete(name)
    if place().save(name, File(stream, name)) != name:
        raise CannotRestore(f"The storage of photos gave {name} another name.")
