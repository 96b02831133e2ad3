"""Room for data: a start on a disk that is full or read-only is refused in one line."""

import shutil
from pathlib import Path

from config.supervisor.errors import CannotStart
from core.disk import MEBIBYTE, NEEDED


def require(var: Path) -> None:
    probe = var / ".writable"
    try:
        probe.write_bytes(b"0" * 4096)
        probe.unlink()
        free = shutil.disk_usage(var).free
    except OSError as error:
        raise CannotStart(f"{var} cannot be written to: {error.strerror}.") from None
    if free < NEEDED:
        raise CannotStart(
            f"The disk of {var} is full: {free // MEBIBYTE} MiB are free, "
            f"{NEEDED // MEBIBYTE} MiB are needed."
        )
