"""What a backup is on the disk: a directory or a tar file with a manifest, which has the checksum of each file.

It has another name until it is whole: `fleet.tar.partial`.
"""

import hashlib
import json
import os
import shutil
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

from django.utils._os import safe_join

from config.backup.errors import CannotBackUp, CannotRestore

MANIFEST = "manifest.json"
CHUNK = 1024**2


class Hashed:
    """A stream that knows the SHA-256 and the size of what was read from it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        self.digest = hashlib.sha256()
        self.size = 0

    def read(self, size: int = -1) -> bytes:
        chunk = self.stream.read(size)
        self.digest.update(chunk)
        self.size += len(chunk)
        return chunk

    def entry(self) -> dict[str, Any]:
        return {"size": self.size, "sha256": self.digest.hexdigest()}


class Sink(Protocol):
    def add(self, name: str, stream: Any, size: int) -> None: ...

    def close(self) -> None: ...


class DirectorySink:
    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(mode=0o700)

    def add(self, name: str, stream: Any, size: int) -> None:
        target = self.path / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with target.open("xb") as file:
            shutil.copyfileobj(stream, file, CHUNK)

    def close(self) -> None:
        pass


class TarSink:
    def __init__(self, path: Path) -> None:
        self.tar = tarfile.open(path, "x")  # noqa: SIM115 - closed by `close`

    def add(self, name: str, stream: Any, size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size = size
        member.mode = 0o600
        member.mtime = int(time.time())
        self.tar.addfile(member, stream)

    def close(self) -> None:
        self.tar.close()


class Writer:
    """Takes the files of a backup. Nobody but the owner may read them."""

    def __init__(self, partial: Path, sink: Sink) -> None:
        self.partial = partial
        self.sink = sink
        self.files: dict[str, dict[str, Any]] = {}

    def add(self, name: str, stream: IO[bytes], size: int) -> None:
        hashed = Hashed(stream)
        self.sink.add(name, hashed, size)
        self.files[name] = hashed.entry()

    def add_path(self, name: str, path: Path) -> None:
        with path.open("rb") as stream:
            self.add(name, stream, path.stat().st_size)

    def size_of(self, prefix: str) -> int:
        return sum(e["size"] for name, e in self.files.items() if name.startswith(prefix))


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """A backup at `path`, which is there once the block has ended, and whole."""
    partial = path.with_name(f"{path.name}.partial")
    for taken in (path, partial):
        if taken.exists():
            raise CannotBackUp(f"{taken} is there already. Give another name, or delete it.")
    if not path.parent.is_dir():
        raise CannotBackUp(f"{path.parent} is not a directory.")
    before = os.umask(0o077)
    try:
        writer = Writer(partial, _sink(path, partial))
        yield writer
        writer.sink.close()
        os.sync()
        partial.rename(path)
    except BaseException:
        _delete(partial)
        raise
    finally:
        os.umask(before)


def _sink(path: Path, partial: Path) -> Sink:
    return TarSink(partial) if path.suffix == ".tar" else DirectorySink(partial)


def _delete(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


class Backup:
    """A backup that was made."""

    def __init__(self, opened: Callable[[str], IO[bytes]]) -> None:
        self.open = opened
        try:
            with opened(MANIFEST) as file:
                self.manifest = json.load(file)
            self.files: dict[str, dict[str, Any]] = self.manifest["files"]
        except (OSError, KeyError, TypeError, ValueError):
            raise CannotRestore(
                "This is no backup, or not a whole one: it has no manifest."
            ) from None

    def names(self, prefix: str) -> list[str]:
        return [name for name in self.files if name.startswith(prefix)]

    def verify(self) -> None:
        for name, entry in self.files.items():
            try:
                with self.open(name) as stream:
                    hashed = Hashed(stream)
                    while hashed.read(CHUNK):
                        pass
            except (OSError, KeyError, tarfile.TarError):
                raise CannotRestore(f"The backup is damaged: {name} is missing.") from None
            if hashed.entry() != entry:
                raise CannotRestore(f"The backup is damaged: {name} has another checksum.")

    def extract(self, name: str, target: Path) -> None:
        with self.open(name) as stream, target.open("wb") as file:
            shutil.copyfileobj(stream, file, CHUNK)


@contextmanager
def reading(path: Path) -> Iterator[Backup]:
    if path.is_dir():
        yield Backup(lambda name: open(safe_join(path, name), "rb"))  # noqa: SIM115
        return
    try:
        tar = tarfile.open(path)  # noqa: SIM115
        members = {member.name: member for member in tar}
    except (OSError, tarfile.TarError) as error:
        raise CannotRestore(f"{path} cannot be read: {error}.") from None
    with tar:
        yield Backup(lambda name: _member(tar, members[name]))


def _member(tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    stream = tar.extractfile(member)
    if stream is None:
        raise KeyError(member.name)
    return stream
