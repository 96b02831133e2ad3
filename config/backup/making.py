"""Make a backup."""

import hashlib
import io
import json
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from config.backup import photos
from config.backup.archive import MANIFEST, Writer, writing
from config.backup.database import database
from config.backup.errors import CannotBackUp
from core.release import release

FORMAT = 1
VAR = "var/"
# What is made once in VAR_DIR. The rest there is made again at a start, or costs time only: broker, logs, static files.
KEPT = ("certificates", "mail", "secrets", "world")


class Made(NamedTuple):
    photos: int
    bytes: int
    gone: list[str]


def make(path: Path, *, with_photos: bool = True) -> Made:
    """Write a backup to `path`: a tar file if it ends with `.tar`, otherwise a directory. Raises CannotBackUp."""
    began = datetime.now(UTC)
    try:
        with writing(path) as writer, tempfile.TemporaryDirectory(dir=path.parent) as room:
            return _fill(writer, Path(room), began, with_photos=with_photos)
    except OSError as error:
        raise CannotBackUp(f"{path} cannot be written: {error.strerror or error}.") from error


def _fill(writer: Writer, room: Path, began: datetime, *, with_photos: bool) -> Made:
    stored = database()
    if with_photos:
        photos.copy(list(photos.names()), writer)
    snapshot = stored.dump(room / stored.file)
    writer.add_path(stored.file, room / stored.file)
    gone = photos.copy(snapshot.photos, writer) if with_photos else []
    for path in _kept():
        writer.add_path(VAR + str(path.relative_to(settings.VAR_DIR)), path)
    manifest = {
        "format": FORMAT,
        "began": began.isoformat(),
        "ended": datetime.now(UTC).isoformat(),
        "release": release(),
        "database": stored.file,
        "has_photos": with_photos,
        "migrations": snapshot.migrations,
        "field_keys": [fingerprint(key) for key in settings.FIELD_KEYS],
        "gone": gone,
        "files": writer.files,
    }
    text = json.dumps(manifest, indent=1).encode()
    number, size = len(_photos(writer)), writer.size_of("")
    writer.add(MANIFEST, io.BytesIO(text), len(text))
    return Made(number, size, gone)


def _photos(writer: Writer) -> list[str]:
    return [name for name in writer.files if name.startswith(photos.PREFIX)]


def _kept() -> Iterator[Path]:
    for name in KEPT:
        path = settings.VAR_DIR / name
        yield from sorted(_files(path))


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return [file for file in path.rglob("*") if file.is_file()]


def fingerprint(key: str) -> str:
    """Shows whether two keys are the same. The keys are random, so it shows no more."""
    return hashlib.sha256(key.encode()).hexdigest()[:12]
