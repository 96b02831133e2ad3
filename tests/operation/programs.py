"""Programs of Debian that the files of docs/operation are for, and where those files are."""

import os
import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.product import HOME

FILES = HOME / "docs" / "operation"
UNITS = FILES / "systemd"


def path_of(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")


def required(name: str) -> str:
    """The path of a program. A test that needs it is skipped where it is missing, or fails if this run demands it."""
    path = path_of(name)
    if path is None and os.environ.get("DEMAND_PROGRAMS"):
        pytest.fail(f"There is no {name}, and this run demands it (DEMAND_PROGRAMS).")
    if path is None:
        pytest.skip(f"needs {name}")
    return path


def changed(path: Path, **places: str) -> str:
    """A file of docs/operation with other places than it names. Each has to be there."""
    text = path.read_text()
    for old, new in places.items():
        assert old in text, f"{path.name} has no {old}"
        text = text.replace(old, new)
    return text


def command_of(unit: Path) -> list[str]:
    """What Python is started with by a unit of systemd, without the name of a worker."""
    line = re.search(r"^ExecStart=/bin/sh -c '(.*)'$", unit.read_text(), re.MULTILINE)
    assert line, unit.name
    _exec, _python, *words = shlex.split(line[1])
    return words[: words.index("-n")] if "-n" in words else words
