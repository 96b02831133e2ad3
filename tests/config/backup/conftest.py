"""Backups for the tests beside this file."""

import os

import pytest
from django.core.management import call_command

from tests.config.backup.elsewhere import Elsewhere
from tests.factories.jobs import JobPhotoFactory
from tests.postgres import BINARIES


@pytest.fixture(autouse=True)
def _programs_of_the_server(monkeypatch):
    """pg_dump takes no server that is newer than itself."""
    if BINARIES in os.environ:
        monkeypatch.setenv("PATH", f"{os.environ[BINARIES]}:{os.environ['PATH']}")


@pytest.fixture
def elsewhere(tmp_path):
    return Elsewhere(tmp_path / "elsewhere")


@pytest.fixture
def backup(tmp_path, running_job):
    """Of a database with a photo."""
    JobPhotoFactory(job=running_job)
    call_command("backup", str(tmp_path / "backup"))
    return tmp_path / "backup"
