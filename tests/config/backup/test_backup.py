"""A backup is made while people work, and restored elsewhere. What was acknowledged before it is there."""

import errno
import os
import time
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.management import CommandError, call_command

from accounts.models import User
from jobs.models import Job, JobPhoto
from tests.config.backup.elsewhere import ON_POSTGRESQL, hexadecimal
from tests.factories.jobs import JobFactory, JobPhotoFactory
from tests.threads import race


class Work:
    """What people were shown as done: jobs and photos that were added, photos that were removed."""

    def __init__(self, job: Job, manager: User) -> None:
        self.job = job
        self.manager = manager
        self.jobs: set[str] = set()
        self.removed: set[str] = set()
        self.goes_on = Event()
        self.backs_up = Event()
        self.is_over = Event()

    def write(self) -> None:
        while not self.is_over.is_set():
            job = JobFactory(by=self.manager, fleet=self.job.fleet)
            self.jobs.add(hexadecimal(job.pk))
            self.goes_on.set()
            time.sleep(0.02)  # others have their turn

    def remove(self, photos: list[JobPhoto]) -> None:
        self.backs_up.wait(60)
        for photo in reversed(photos):
            photo.remove(self.job, by=self.job.assignee)
            self.removed.add(hexadecimal(photo.pk))
            photo.refresh_from_db()
            photo.drop_file()

    def add(self) -> None:
        self.backs_up.wait(60)
        for _ in range(10):
            JobPhotoFactory(job=self.job)

    def back_up(self, path: Path) -> set[str]:
        """The jobs that were acknowledged before it began."""
        self.goes_on.wait(60)
        acknowledged = set(self.jobs)
        self.backs_up.set()
        try:
            call_command("backup", str(path))
        finally:
            self.is_over.set()
        return acknowledged


class SlowDisk(FileSystemStorage):
    """A backup of many photos takes a while."""

    def _open(self, name: str, mode: str = "rb") -> Any:
        time.sleep(0.1)
        return super()._open(name, mode)


class BrokenDisk(FileSystemStorage):
    def _open(self, name: str, mode: str = "rb") -> Any:
        raise OSError(errno.EIO, os.strerror(errno.EIO))


def use_disk(settings: Any, disk: type[FileSystemStorage]) -> None:
    photos = {**settings.STORAGES["photos"], "BACKEND": f"{__name__}.{disk.__name__}"}
    settings.STORAGES = {**settings.STORAGES, "photos": photos}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["backup", "backup.tar"])
def test_nothing_acknowledged_before_a_backup_is_missing_elsewhere(
    tmp_path, elsewhere, settings, running_job, manager, name
):
    use_disk(settings, SlowDisk)
    work = Work(running_job, manager)
    before = [JobPhotoFactory(job=running_job) for _ in range(25)]
    jobs, *others = race(
        lambda: work.back_up(tmp_path / name),
        work.write,
        work.write,
        work.add,
        lambda: work.remove(before),
    )
    assert others == [None] * 4
    assert jobs
    assert len(work.jobs) > len(jobs)

    done = elsewhere.manage("restore", tmp_path / name)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert "to be applied" not in done.stdout
    assert jobs <= {hexadecimal(pk) for (pk,) in elsewhere.rows("SELECT id FROM jobs_job")}
    photos = elsewhere.photos()
    live = {pk: file for pk, (file, is_live) in photos.items() if is_live}
    assert {hexadecimal(photo.pk) for photo in before} <= photos.keys()
    assert photos.keys() - live.keys() <= work.removed
    assert [file for file in live.values() if not (elsewhere.var / "photos" / file).exists()] == []


@pytest.mark.django_db(transaction=True)
def test_a_backup_is_for_its_owner_alone(backup, settings):
    for path in [backup, *backup.rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0
    if not ON_POSTGRESQL:
        assert (backup / "var" / "secrets" / "field_keys").read_text() in settings.FIELD_KEYS


@pytest.mark.django_db(transaction=True)
def test_a_backup_replaces_nothing_and_a_failed_one_leaves_nothing(backup, settings):
    with pytest.raises(CommandError, match="is there already"):
        call_command("backup", str(backup))
    with pytest.raises(CommandError, match="is not a directory"):
        call_command("backup", str(backup.parent / "nowhere" / "backup"))
    before = sorted(backup.parent.iterdir())
    use_disk(settings, BrokenDisk)
    with pytest.raises(CommandError, match="cannot be written: Input/output error"):
        call_command("backup", str(backup.parent / "second.tar"))
    assert sorted(backup.parent.iterdir()) == before


@pytest.mark.pg
@pytest.mark.django_db(transaction=True)
def test_a_missing_program_of_postgresql_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CommandError, match=r"^pg_dump is not installed \(Debian: apt install"):
        call_command("backup", str(tmp_path / "backup"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.pg
@pytest.mark.django_db(transaction=True)
def test_a_program_of_postgresql_that_fails_is_one_line(tmp_path, monkeypatch):
    programs = tmp_path / "bin"
    programs.mkdir()
    old = programs / "pg_dump"
    old.write_text("#!/bin/sh\necho 'error: server version: 18' >&2\necho mismatch >&2\nexit 1\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    with pytest.raises(CommandError, match=r"^pg_dump failed: error: server version: 18 mismatch$"):
        call_command("backup", str(tmp_path / "backup"))
    assert list(tmp_path.iterdir()) == [programs]
