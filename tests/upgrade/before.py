"""The version before this one, which runs while this one is installed beside it: its code is in the history."""

import io
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.product import HOME

# A release sets both to its own: its commit, and the last migration of each app in it.
COMMIT = "3a6e0cd4b8d839cb93dd9e8352e7fd4052802e70"
MIGRATIONS = {
    "accounts": "0015_words_of_calls",
    "core": "0008_objects_of_requests",
    "jobs": "0025_jobs_of_both_kinds",
    "simulator": "0003_plain_names",
    "telematics": "0016_custody",
}


class Unknown(Exception):
    """This checkout has not the history that reaches back to it."""


def unpack(place: Path) -> Path:
    """Put the code of the version before into a directory. Raises Unknown."""
    done = subprocess.run(["git", "archive", COMMIT], cwd=HOME, capture_output=True)
    if done.returncode:
        raise Unknown(f"no commit {COMMIT[:7]} here: git fetch --unshallow")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(place, filter="data")
    return place


def required(place: Path) -> Path:
    """The same for a test: skipped where the history is missing, or failed if this run demands it."""
    try:
        return unpack(place)
    except Unknown as reason:
        if os.environ.get("DEMAND_HISTORY"):
            pytest.fail(f"{reason}, and this run demands it (DEMAND_HISTORY).")
        pytest.skip(str(reason))
