"""A restore verifies the backup and the place, and names what is still to do."""

import json
import tarfile
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from config.backup import restoring
from config.backup.errors import CannotRestore
from tests.factories.jobs import JobPhotoFactory
from tests.product import HOME


def packed(backup: Path) -> Path:
    path = backup.with_suffix(".tar")
    with tarfile.open(path, "w") as tar:
        for file in sorted(backup.rglob("*")):
            tar.add(file, file.relative_to(backup), recursive=False)
    return path


def database_of(backup: Path) -> Path:
    return next(backup.glob("database.*"))


def photo_of(backup: Path) -> Path:
    return next(backup.rglob("*.jpg"))


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def change(backup: Path, **changed: object) -> None:
    manifest = json.loads((backup / "manifest.json").read_text())
    (backup / "manifest.json").write_text(json.dumps(manifest | changed))


@pytest.mark.django_db(transaction=True)
def test_damage_is_found_wherever_it_is(backup):
    restoring.check(backup)
    for find in (database_of, photo_of):
        flip(find(backup))
        for path in (backup, packed(backup)):
            with pytest.raises(CannotRestore, match="has another checksum"):
                restoring.check(path)
        flip(find(backup))
    photo_of(backup).unlink()
    for path in (backup, packed(backup)):
        with pytest.raises(CannotRestore, match=r"\.jpg is missing"):
            restoring.check(path)
    (backup / "manifest.json").unlink()
    with pytest.raises(CannotRestore, match="has no manifest"):
        restoring.check(backup)


@pytest.mark.django_db(transaction=True)
def test_a_tar_file_that_was_cut_is_found(backup):
    path = packed(backup)
    whole = path.read_bytes()
    for length in (len(whole) // 2, 700, 0):
        path.write_bytes(whole[:length])
        with pytest.raises(CannotRestore):
            restoring.check(path)


@pytest.mark.django_db(transaction=True)
def test_a_backup_of_a_newer_version_is_refused(backup):
    applied = json.loads((backup / "manifest.json").read_text())["migrations"]
    assert "jobs.0001_initial" in applied
    change(backup, migrations=[*applied, "jobs.9999_of_tomorrow"])
    with pytest.raises(CannotRestore, match=r"newer version: it has the migration jobs\.9999"):
        restoring.check(backup)
    change(backup, migrations=[*applied, "simulator.9999_of_tomorrow"])
    restoring.check(backup)
    change(backup, format=2)
    with pytest.raises(CannotRestore, match="format"):
        restoring.check(backup)


@pytest.mark.django_db(transaction=True)
def test_what_is_there_is_replaced_only_when_told(backup, elsewhere):
    assert elsewhere.manage("restore", backup).returncode == 0
    photo = elsewhere.var / "photos" / photo_of(backup).relative_to(backup / "photos")
    photo.write_bytes(b"damaged")
    elsewhere.execute("UPDATE jobs_job SET custom_name = 'written since'")
    elsewhere.execute("CREATE TABLE of_a_newer_version (id integer)")

    refused = elsewhere.manage("restore", backup)
    assert refused.returncode == 1
    assert "has tables. --replace deletes them first." in refused.stderr
    assert elsewhere.rows("SELECT DISTINCT custom_name FROM jobs_job") == [("written since",)]

    assert elsewhere.manage("restore", "--replace", backup).returncode == 0
    assert elsewhere.rows("SELECT DISTINCT custom_name FROM jobs_job") != [("written since",)]
    assert elsewhere.tables("of_a_newer_version") == []
    assert photo.read_bytes() == photo_of(backup).read_bytes()


@pytest.mark.django_db(transaction=True)
def test_a_database_in_use_is_not_replaced(backup, elsewhere):
    with elsewhere.in_use():
        refused = elsewhere.manage("restore", backup)
    assert refused.returncode == 1
    assert "in use by" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert not (elsewhere.var / "photos").exists()


@pytest.fixture
def older_database(running_job):
    """It lacks the last migration of one app."""
    last = max((HOME / "jobs" / "migrations").glob("0*.py")).stem
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("jobs", last)
    yield running_job
    recorder.record_applied("jobs", last)


@pytest.mark.django_db(transaction=True)
def test_a_restore_names_what_is_still_to_do(tmp_path, older_database, elsewhere):
    """The backup is older, its photos have a backup of their own, and its keys are not in use."""
    JobPhotoFactory(job=older_database)
    call_command("backup", str(tmp_path / "backup"), "--without-photos")
    assert list((tmp_path / "backup").rglob("*.jpg")) == []
    change(tmp_path / "backup", field_keys=["0123456789ab"])

    done = elsewhere.manage("restore", tmp_path / "backup")
    assert done.returncode == 0, done.stderr
    assert len(elsewhere.photos()) == 1
    assert "Migrations to be applied: 1. Run manage.py migrate." in done.stdout
    assert "FIELD_KEYS lacks 0123456789ab" in done.stderr
