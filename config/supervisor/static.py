"""Static files, hashed and compressed once for each state of them."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def is_due() -> bool:
    """Whether the files have changed since they were collected."""
    stamp = _stamp()
    return not stamp.exists() or stamp.read_text() != _state()


def collect() -> None:
    state = _state()
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    _stamp().write_text(state)


def _stamp() -> Path:
    return Path(settings.STATIC_ROOT) / ".state"


def _state() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = Path(storage.path(path)).stat()
            digest.update(f"{path}|{stat.st_size}|{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()
