"""The files of photos: in any of Django's storages, and none is left behind for longer than a day."""

from datetime import timedelta
from typing import ClassVar

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.utils import timezone

from core.models import Failure
from core.tasks import forget
from jobs.models import JobPhoto
from jobs.pictures import picture, storage
from jobs.tasks import sweep_photo_files
from tests.factories.jobs import JobPhotoFactory
from tests.pictures import file

SMALL = b"\xff\xd8 small"


class Bucket(Storage):
    """A storage without a disk: it has no paths, no folders, and no URL that everybody can open."""

    files: ClassVar[dict[str, bytes]] = {}
    is_away: ClassVar[bool] = False

    def _open(self, name, mode="rb"):
        self._check()
        if name not in self.files:
            raise FileNotFoundError(name)
        return ContentFile(self.files[name], name)

    def _save(self, name, content):
        self._check()
        self.files[name] = content.read()
        return name

    def delete(self, name):
        self._check()
        self.files.pop(name, None)

    def exists(self, name):
        return name in self.files

    def listdir(self, path):
        self._check()
        prefix = f"{path}/"
        below = [name.removeprefix(prefix) for name in self.files if name.startswith(prefix)]
        return [], [name for name in below if "/" not in name]

    def _check(self):
        if self.is_away:
            raise ConnectionError("the bucket is away")


@pytest.fixture
def bucket(settings, monkeypatch) -> type[Bucket]:
    monkeypatch.setattr(Bucket, "files", {})
    settings.STORAGES = {**settings.STORAGES, "photos": {"BACKEND": f"{__name__}.Bucket"}}
    return Bucket


@pytest.fixture
def folder(settings, tmp_path):
    backend = "django.core.files.storage.FileSystemStorage"
    options = {"location": str(tmp_path / "photos")}
    settings.STORAGES = {
        **settings.STORAGES,
        "photos": {"BACKEND": backend, "OPTIONS": options},
    }


@pytest.fixture(params=["folder", "bucket"])
def place(request):
    """Where the photos of this test are."""
    request.getfixturevalue(request.param)
    return storages["photos"]


def stored(place, name: str, **ago: int) -> str:
    """A file that was stored so long ago."""
    day = timezone.now() - timedelta(**ago)
    return place.save(f"{day:%Y/%m/%d}/{name}.jpg", ContentFile(SMALL))


def test_a_photo_lives_in_any_storage(place, running_job, installer_phone):
    data = {"kind": "SERIAL", "file": file()}
    added = installer_phone.post(f"jobs/{running_job.pk}/photos/", data, form="multipart")
    assert added.status_code == 201
    path = f"jobs/{running_job.pk}/photos/{added.json()['id']}/"
    shown = installer_phone.get(path)
    assert b"".join(shown.streaming_content).startswith(b"\xff\xd8")
    assert shown["Content-Length"] == str(added.json()["size"])
    assert installer_phone.get(path, **{"If-None-Match": shown["ETag"]}).status_code == 304

    photo = JobPhoto.objects.get()
    assert installer_phone.delete(path).status_code == 204
    sweep_photo_files()
    assert not place.exists(photo.file)
    assert installer_phone.get(path).status_code == 404


def test_the_fleet_and_the_company_see_it_from_there(
    bucket, running_job, manager_client, company_admin_client
):
    photo = JobPhotoFactory(job=running_job)
    for client, url in (
        (
            manager_client,
            f"/fleetcontrol/{running_job.fleet_id}/jobs/{running_job.pk}/photos/{photo.pk}/",
        ),
        (company_admin_client, f"/installers/jobs/{running_job.pk}/photos/{photo.pk}/"),
    ):
        answer = client.get(url)
        assert b"".join(answer.streaming_content) == bucket.files[photo.file]


def test_a_file_without_a_row_is_deleted_after_a_day(place, running_job):
    kept = JobPhotoFactory(job=running_job)
    old = stored(place, "with-a-row", days=5)
    JobPhoto.objects.filter(pk=kept.pk).update(file=old)
    left = [stored(place, "left", days=ago) for ago in (3, 20)]
    young = [stored(place, "young", days=0), stored(place, "young", days=1)]
    forget()
    assert [place.exists(name) for name in left] == [False, False]
    assert [place.exists(name) for name in (old, *young)] == [True, True, True]
    assert not Failure.objects.exists()


def test_what_a_killed_process_has_stored_is_deleted_after_a_day(place, running_job):
    """Between the file and its row: the next try of the phone stores another file."""
    lost = storage.store(picture.read(file()))
    photo = JobPhotoFactory(job=running_job)
    days = timezone.now() + timedelta(days=3)
    (orphan,) = storage.orphans(days - timedelta(days=1))
    assert orphan.name == lost.file
    orphan.unlink()
    assert not place.exists(lost.file)
    assert place.exists(photo.file)


def test_a_storage_that_is_away_is_swept_later(bucket, running_job, installer, monkeypatch):
    photo = JobPhotoFactory(job=running_job)
    photo.remove(running_job, by=installer)
    left = stored(storages["photos"], "left", days=3)
    monkeypatch.setattr(Bucket, "is_away", True)
    sweep_photo_files()
    forget()
    photo.refresh_from_db()
    assert photo.file
    assert Failure.objects.count() == 2

    monkeypatch.setattr(Bucket, "is_away", False)
    Failure.objects.all().delete()  # or they are tried again later
    sweep_photo_files()
    forget()
    photo.refresh_from_db()
    assert photo.file == ""
    assert left not in bucket.files
    assert bucket.files == {}
