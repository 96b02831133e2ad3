"""The logs of the processes: each start has logs of its own, and one that has grown is turned while it is written."""

import shutil
from contextlib import suppress
from pathlib import Path

LARGEST = 10 * 1024**2
KEPT = 3


def turn(log: Path) -> None:
    """Keep the log as `.1.log`, the one before as `.2.log`, and so on."""
    if not log.exists():
        return
    _make_room(log)
    log.replace(_older(log, 1))


def turn_if_large(log: Path) -> None:
    """Copy and empty the log, because its process keeps writing to the same file.

    On a full disk there is no copy, and the log is emptied all the same.
    """
    with suppress(OSError):
        if log.stat().st_size <= LARGEST:
            return
        with suppress(OSError):
            _make_room(log)
            shutil.copyfile(log, _older(log, 1))
        with log.open("ab") as grown:
            grown.truncate(0)


def _make_room(log: Path) -> None:
    for number in range(KEPT - 1, 0, -1):
        if _older(log, number).exists():
            _older(log, number).replace(_older(log, number + 1))


def _older(log: Path, number: int) -> Path:
    return log.with_suffix(f".{number}.log")
