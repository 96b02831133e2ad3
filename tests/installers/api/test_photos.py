"""Photos of a job, as the phone adds, lists, shows and deletes them."""

import hashlib
import socket
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.storage import storages
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone
from PIL import Image

from jobs.models import Job, JobPhoto
from jobs.parts.photos import MOST
from tests.installers.api.contract import ROOT
from tests.pictures import PLACE, exif, file, picture
from tests.sessions import app_token

pytestmark = pytest.mark.usefixtures("photo_folder")


@pytest.fixture
def photo_folder(settings, tmp_path):
    """A storage of this test alone."""
    options = {**settings.STORAGES["photos"]["OPTIONS"], "location": str(tmp_path / "photos")}
    settings.STORAGES = {
        **settings.STORAGES,
        "photos": {**settings.STORAGES["photos"], "OPTIONS": options},
    }
    return tmp_path / "photos"


def files(folder) -> list[str]:
    return [path.name for path in folder.rglob("*.jpg")]


def add(phone, job, content=None, *, kind="MOUNTING", **more):
    given = {name: more.pop(name) for name in ("taken_at",) if name in more}
    data = {"kind": kind, "file": file(content), **given}
    return phone.post(f"jobs/{job.pk}/photos/", data, form="multipart", **more)


def added(phone, job, **more) -> dict:
    answer = add(phone, job, **more)
    assert answer.status_code == 201, answer.json()
    return answer.json()


def url_of(photo: dict) -> str:
    return photo["image"].removeprefix(ROOT)


def content_of(answer) -> bytes:
    return b"".join(answer.streaming_content)


def sheet(phone, job) -> dict:
    return phone.get(f"jobs/{job.pk}/").json()


def finished(job, **ago):
    Job.objects.filter(pk=job.pk).update(finished_at=timezone.now() - timedelta(**ago))


# --- add, list, show ----------------------------------------------------------------------------------------------
def test_a_photo_is_added_listed_and_shown(running_job, installer, installer_phone):
    sent = picture(exif=exif(6))
    photo = added(installer_phone, running_job, content=sent)
    assert photo["by"] == {"id": installer.pk, "name": installer.name}
    assert (photo["kind"], photo["width"], photo["height"]) == ("MOUNTING", 48, 64)
    assert photo["sha256"] == hashlib.sha256(sent).hexdigest()
    assert installer_phone.get(f"jobs/{running_job.pk}/photos/").json() == [photo]
    assert sheet(installer_phone, running_job)["photos"] == [photo]

    answer = installer_phone.get(url_of(photo))
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Cache-Control"].startswith("private")
    assert answer["X-Content-Type-Options"] == "nosniff"
    shown = content_of(answer)
    assert len(shown) == photo["size"]
    assert PLACE not in shown
    assert Image.open(BytesIO(shown)).size == (48, 64)


def test_a_photo_that_the_phone_has_is_not_sent_again(running_job, installer_phone):
    url = url_of(added(installer_phone, running_job))
    answer = installer_phone.get(url)
    content_of(answer)
    again = installer_phone.get(url, **{"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_time_is_kept_as_what_the_phone_said(running_job, installer_phone):
    said = timezone.now().replace(microsecond=0) - timedelta(hours=3)
    kept = f"{said:%Y-%m-%dT%H:%M:%SZ}"
    assert added(installer_phone, running_job, taken_at=kept)["taken_at"] == kept
    assert added(installer_phone, running_job, **{"Occurred-At": kept})["taken_at"] == kept
    assert added(installer_phone, running_job)["taken_at"] is None
    assert not JobPhoto.objects.filter(is_misdated=True).exists()


@pytest.mark.parametrize("said", ["yesterday", "2001-01-01T00:00:00Z", "2026-11-28T09:20:11"])
def test_a_time_that_cannot_be_right_is_marked(said, running_job, installer_phone):
    assert added(installer_phone, running_job, taken_at=said)["taken_at"] is None
    assert JobPhoto.objects.get().is_misdated


def test_the_same_key_adds_one_photo(running_job, installer_phone, photo_folder):
    content = picture()
    first = add(installer_phone, running_job, content, key="once")
    again = add(installer_phone, running_job, content, key="once")
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert JobPhoto.objects.count() == len(files(photo_folder)) == 1
    other = add(installer_phone, running_job, picture(size=(10, 10)), key="once")
    assert other.status_code == 422
    assert add(installer_phone, running_job, key=None).json()["code"] == "idempotency_key_required"


def test_the_same_picture_under_two_keys_is_two_photos(running_job, installer_phone):
    added(installer_phone, running_job)
    added(installer_phone, running_job)
    assert len(sheet(installer_phone, running_job)["photos"]) == 2


def test_a_colleague_sees_the_photos_and_others_do_not(
    running_job, installer_phone, colleague_phone, outside_installer_phone, manager_phone
):
    photo = added(installer_phone, running_job)
    assert colleague_phone.get(f"jobs/{running_job.pk}/photos/").json() == [photo]
    shown = colleague_phone.get(url_of(photo))
    assert shown.status_code == 200
    content_of(shown)
    for phone in (outside_installer_phone, manager_phone):
        assert phone.get(f"jobs/{running_job.pk}/photos/").status_code == 404
        assert phone.get(url_of(photo)).status_code == 404
        assert phone.delete(url_of(photo)).status_code == 404
        assert add(phone, running_job).status_code == 404


def test_a_photo_is_found_at_its_own_job_alone(
    running_job, installer, installer_phone, fleet, manager, partnership
):
    from tests.factories.jobs import JobFactory

    photo = added(installer_phone, running_job)
    other = JobFactory(by=manager, fleet=fleet)
    other.assign(partnership.company, by=manager)
    other.take(by=installer)
    wrong = f"jobs/{other.pk}/photos/{photo['id']}/"
    assert installer_phone.get(wrong).status_code == 404
    assert installer_phone.delete(wrong).status_code == 404
    assert JobPhoto.objects.live().count() == 1


# --- who, and until when ------------------------------------------------------------------------------------------
def test_only_the_holder_adds_and_deletes(running_job, installer_phone, colleague_phone):
    photo = added(installer_phone, running_job)
    refused = add(colleague_phone, running_job)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_holder")
    assert colleague_phone.delete(url_of(photo)).json()["code"] == "not_holder"


def test_nothing_is_added_before_the_job_is_taken(assigned_job, installer_phone, photo_folder):
    refused = add(installer_phone, assigned_job)
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_status")
    assert files(photo_folder) == []


def test_a_photo_of_an_earlier_assignment_is_not_added_to_a_later_one(
    running_job, installer, installer_phone
):
    earlier = {"Assignment": str(running_job.assignment)}
    added(installer_phone, running_job, **earlier)
    running_job.withdraw(by=installer)
    running_job.take(by=installer)
    refused = add(installer_phone, running_job, **earlier)
    assert (refused.status_code, refused.json()["code"]) == (409, "assignment_over")
    assert JobPhoto.objects.count() == 1


def test_a_deleted_photo_is_gone_and_its_row_and_tag_tell(
    running_job, installer_phone, photo_folder
):
    photo = added(installer_phone, running_job)
    before = installer_phone.get(f"jobs/{running_job.pk}/")["ETag"]
    assert installer_phone.delete(url_of(photo)).status_code == 204
    assert installer_phone.delete(url_of(photo)).status_code == 204
    assert installer_phone.get(url_of(photo)).status_code == 404
    answer = installer_phone.get(f"jobs/{running_job.pk}/")
    assert answer.json()["photos"] == []
    assert answer["ETag"] != before
    row = JobPhoto.objects.get()
    assert row.deleted_at
    row.drop_file()
    assert files(photo_folder) == []
    row.refresh_from_db()
    row.drop_file()
    assert installer_phone.get(f"jobs/{running_job.pk}/")["ETag"] == answer["ETag"]


def test_after_the_outcome_the_same_person_adds_for_a_day_and_deletes_nothing(
    running_job, installer, installer_phone, colleague_phone
):
    photo = added(installer_phone, running_job)
    running_job.fail(by=installer, comment="No keys.")
    can = sheet(installer_phone, running_job)["can"]
    assert can["add_photo"]["allowed"]
    assert can["delete_photo"]["code"] == "wrong_status"
    late = added(installer_phone, running_job, Assignment=str(running_job.assignment))
    for one in (photo, late):
        refused = installer_phone.delete(url_of(one))
        assert refused.status_code == 409
        assert refused.json()["code"] == "wrong_status"
    assert add(colleague_phone, running_job).json()["code"] == "not_holder"
    assert add(installer_phone, running_job, Assignment="77").json()["code"] == "assignment_over"

    finished(running_job, hours=23, minutes=59)
    added(installer_phone, running_job)
    finished(running_job, hours=24, minutes=1)
    assert add(installer_phone, running_job).json()["code"] == "wrong_status"
    assert sheet(installer_phone, running_job)["can"]["add_photo"]["code"] == "wrong_status"
    assert len(sheet(installer_phone, running_job)["photos"]) == 3


def test_who_has_left_the_company_adds_nothing(
    running_job, installer, company, company_admin, installer_phone
):
    running_job.fail(by=installer, comment="No keys.")
    company.remove_member(installer.company_membership, by=company_admin)
    assert add(installer_phone, running_job).status_code == 401


def test_a_job_has_at_most_forty(running_job, installer, company, installer_phone, photo_folder):
    JobPhoto.objects.bulk_create(
        JobPhoto(
            job=running_job, kind="OTHER", added_by=installer, company=company,
            width=1, height=1, size=1, sha256="0" * 64, file=f"{number}.jpg",
        )
        for number in range(MOST - 1)
    )  # fmt: skip
    last = added(installer_phone, running_job)
    refused = add(installer_phone, running_job)
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_photos")
    assert len(files(photo_folder)) == 1
    assert sheet(installer_phone, running_job)["can"]["add_photo"]["code"] == "too_many_photos"
    installer_phone.delete(url_of(last))
    added(installer_phone, running_job)


def test_a_job_that_went_back_is_proven_anew(
    running_job, installer, company_admin, manager, company, installer_phone
):
    photo = added(installer_phone, running_job)
    running_job.withdraw(by=installer)
    running_job.hand_back(by=company_admin, reason="Wrong site.")
    running_job.assign(company, by=manager)
    running_job.take(by=installer)
    assert sheet(installer_phone, running_job)["photos"] == []
    assert installer_phone.get(url_of(photo)).status_code == 404


# --- what is required ---------------------------------------------------------------------------------------------
def test_a_job_succeeds_only_with_the_photos_that_it_requires(
    proven_job, installer, installer_phone
):
    Job.objects.filter(pk=proven_job.pk).update(required_photos=["SERIAL", "MOUNTING"])
    added(installer_phone, proven_job, kind="OTHER")
    mounting = added(installer_phone, proven_job, kind="MOUNTING")
    installer_phone.delete(url_of(mounting))
    answer = sheet(installer_phone, proven_job)
    assert answer["required_photos"] == ["SERIAL", "MOUNTING"]
    steps = {step["name"]: step for step in answer["steps"]}
    assert list(steps)[-2:] == ["PHOTOS", "OUTCOME"]
    assert steps["PHOTOS"] == {
        "name": "PHOTOS", "status": "OPEN", "missing": ["photo:SERIAL", "photo:MOUNTING"],
    }  # fmt: skip
    outcome = f"jobs/{proven_job.pk}/outcome/"
    refused = installer_phone.post(outcome, {"outcome": "SUCCEEDED"})
    assert (refused.status_code, refused.json()["code"]) == (409, "incomplete")
    assert refused.json()["missing"] == ["photo:SERIAL", "photo:MOUNTING"]

    added(installer_phone, proven_job, kind="MOUNTING")
    added(installer_phone, proven_job, kind="SERIAL")
    assert sheet(installer_phone, proven_job)["can"]["succeed"]["allowed"]
    done = installer_phone.post(outcome, {"outcome": "SUCCEEDED"})
    assert done.status_code == 200, done.json()
    assert len(done.json()["photos"]) == 3


def test_without_required_photos_the_step_is_done(running_job, installer_phone):
    steps = {step["name"]: step for step in sheet(installer_phone, running_job)["steps"]}
    assert steps["PHOTOS"] == {"name": "PHOTOS", "status": "DONE", "missing": []}


def test_many_sheets_show_the_photos_of_each(running_job, linked_job, installer_phone):
    photo = added(installer_phone, running_job)
    (found,) = installer_phone.get(f"jobs/?ids={running_job.pk}").json()["results"]
    assert found["photos"] == [photo]


# --- what is refused ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"kind": "MOUNTING"}, "file"),
        ({"file": file()}, "kind"),
        ({"kind": "SELFIE", "file": file()}, "kind"),
        ({"kind": "MOUNTING", "file": file(), "colour": "red"}, "colour"),
        ({"kind": ["MOUNTING", "OTHER"], "file": file()}, "kind"),
        ({"kind": "MOUNTING", "file": [file(), file()]}, "file"),
        ({"kind": "MOUNTING", "file": "a text"}, "file"),
        ({"kind": "MOUNTING", "file": file(b"")}, "file"),
        ({"kind": "MOUNTING", "file": file(b"<svg/>", "x.jpg")}, "file"),
        ({"kind": "MOUNTING", "file": file(picture("GIF"))}, "file"),
    ],
)
def test_a_form_is_read_strictly(data, field, running_job, installer_phone, photo_folder):
    answer = installer_phone.post(f"jobs/{running_job.pk}/photos/", data, form="multipart")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert files(photo_folder) == []


def test_the_name_and_the_type_that_a_file_comes_with_say_nothing(running_job, installer_phone):
    sent = file(picture("PNG"), name="../../x.svg", type="image/svg+xml")
    data = {"kind": "OTHER", "file": sent}
    answer = installer_phone.post(f"jobs/{running_job.pk}/photos/", data, form="multipart")
    assert answer.status_code == 201
    assert installer_phone.get(url_of(answer.json()))["Content-Type"] == "image/jpeg"


def test_a_body_that_is_too_large_is_not_read(running_job, installer_phone):
    answer = add(installer_phone, running_job, picture() + b"\0" * (10 * 1024 * 1024))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    answer = add(installer_phone, running_job, picture() + b"\0" * (8 * 1024 * 1024))
    assert list(answer.json()["errors"]) == ["file"]


def test_json_is_no_photo(running_job, installer_phone):
    answer = installer_phone.post(f"jobs/{running_job.pk}/photos/", {"kind": "OTHER"})
    assert answer.status_code == 415


@pytest.mark.parametrize(
    "body", [b"", b"--x\r\n", b"rubbish", b'--x\r\nContent-Disposition: form-data; name="file"']
)
def test_a_broken_body_is_refused(body, running_job, installer_api):
    answer = installer_api.generic(
        "POST",
        f"{ROOT}jobs/{running_job.pk}/photos/",
        body,
        content_type="multipart/form-data; boundary=x",
        headers={"Idempotency-Key": "k"},
    )
    assert answer.status_code == 400


def test_an_upload_that_is_cut_leaves_nothing_and_the_next_try_is_whole(
    running_job, installer, installer_phone, photo_folder, live_server
):
    content = picture(size=(640, 480))
    body = encode_multipart(BOUNDARY, {"kind": "MOUNTING", "file": file(content)})
    head = (
        f"POST {ROOT}jobs/{running_job.pk}/photos/ HTTP/1.1\r\nHost: localhost\r\n"
        f"X-Session-Token: {app_token(installer)}\r\nIdempotency-Key: cut\r\n"
        f"Content-Type: {MULTIPART_CONTENT}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((live_server.thread.host, live_server.thread.port)) as phone:
        phone.sendall(head.encode() + body[: len(body) // 2])
        phone.shutdown(socket.SHUT_WR)
        assert b"201" not in phone.recv(1000)
    assert not JobPhoto.objects.exists()
    assert files(photo_folder) == []

    again = add(installer_phone, running_job, content, key="cut")
    assert again.status_code == 201
    assert again.json()["sha256"] == hashlib.sha256(content).hexdigest()
    assert JobPhoto.objects.count() == len(files(photo_folder)) == 1


# --- the storage --------------------------------------------------------------------------------------------------
def test_a_storage_that_takes_nothing_is_503_and_leaves_no_row(
    running_job, installer_phone, photo_folder
):
    photo_folder.parent.joinpath("photos").write_text("a file where the folder should be")
    answer = add(installer_phone, running_job)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert not JobPhoto.objects.exists()


def test_a_photo_whose_file_is_gone_is_404(running_job, installer_phone):
    photo = added(installer_phone, running_job)
    storages["photos"].delete(JobPhoto.objects.get().file)
    assert installer_phone.get(url_of(photo)).status_code == 404


def test_every_write_changes_the_tag(running_job, installer_phone):
    def tag() -> str:
        return installer_phone.get(f"jobs/{running_job.pk}/")["ETag"]

    seen = [tag()]
    photo = added(installer_phone, running_job)
    seen.append(tag())
    added(installer_phone, running_job)
    seen.append(tag())
    installer_phone.delete(url_of(photo))
    seen.append(tag())
    assert len(set(seen)) == 4


@pytest.mark.usefixtures("unit")
def test_a_picture_in_a_page_names_nobody(running_job, installer, installer_phone, client):
    photo = added(installer_phone, running_job)
    client.force_login(installer)
    answer = client.get(photo["image"], headers={"Accept": "image/jpeg"})
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-cache")
    assert client.get(photo["image"], headers={"X-Person": "1234567"}).status_code == 409
    assert client.delete(photo["image"]).status_code == 400
