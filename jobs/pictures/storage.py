"""The files of photos, in the storage `photos`: `2026/11/29/<random>.jpg`, by the day on which they were stored."""

import logging
import secrets
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone

from jobs.pictures.picture import Picture

log = logging.getLogger(__name__)
NAME = "photos"
# For so long a sweep looks for what an earlier one has left.
LOOKED_AT = timedelta(days=30)
BATCH = 500


class Unavailable(Exception):
    """The storage does not take or give a file."""


class StoredPicture(NamedTuple):
    """A picture whose file is stored; the columns of its row."""

    file: str
    width: int
    height: int
    size: int
    sha256: str


def store(picture: Picture) -> StoredPicture:
    """Store the file under a random name. Until a row names it, it is deleted after a day."""
    name = f"{timezone.now():%Y/%m/%d}/{secrets.token_hex(16)}.jpg"
    try:
        name = storages[NAME].save(name, ContentFile(picture.content))
    except Exception as error:  # each storage has its own
        log.exception("a photo could not be stored")
        raise Unavailable from error
    return StoredPicture(name, picture.width, picture.height, len(picture.content), picture.sha256)


def load(name: str) -> Any:
    """Open a file to be read. Raises FileNotFoundError, or Unavailable."""
    try:
        return storages[NAME].open(name)
    except FileNotFoundError:
        raise
    except Exception as error:
        log.exception("a photo could not be read")
        raise Unavailable from error


def delete(name: str) -> None:
    """Delete a file; one that is gone already is as good."""
    storages[NAME].delete(name)


def discard(stored: StoredPicture) -> None:
    """Delete the file of a photo that was refused after all. What is left, a sweep finds."""
    try:
        delete(stored.file)
    except Exception:
        log.exception("the file of a refused photo was left behind")


class Orphan:
    """A file that no row names."""

    def __init__(self, name: str) -> None:
        self.name = name

    def unlink(self, missing_ok: bool = True) -> None:
        delete(self.name)


def orphans(before: datetime) -> Iterator[Orphan]:
    """The files without a row that were stored before the day of `before`."""
    for day in range(1, LOOKED_AT.days + 1):
        names = _names_of((before - timedelta(days=day)).date())
        while batch := list(islice(names, BATCH)):
            yield from _without_row(batch)


def _names_of(day: date) -> Iterator[str]:
    folder = f"{day:%Y/%m/%d}"
    try:
        _folders, names = storages[NAME].listdir(folder)
    except FileNotFoundError:
        return
    for name in names:
        yield f"{folder}/{name}"


def _without_row(names: list[str]) -> Iterator[Orphan]:
    photos = apps.get_model("jobs.JobPhoto")._base_manager
    known = set(photos.filter(file__in=names).values_list("file", flat=True))
    for name in names:
        if name not in known:
            yield Orphan(name)
