"""Photos on the phone: taken, kept without a network, sent before the outcome, deleted, refused."""

import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from jobs.models import Job, JobPhoto
from tests.browser.smartcontrol.phone import APP, CONTROLLED, confirm, heading, screen, tap
from tests.browser.smartcontrol.storage import UNTIL_FULL, set_room
from tests.browser.smartcontrol.test_screens import FITS, check
from tests.pictures import ORIENTATION, PLACE, exif, picture
from tests.product import wait_for

pytestmark = pytest.mark.usefixtures("photo_folder")
HELD_ON_ITS_SIDE = 6


@pytest.fixture
def photo_folder(settings, tmp_path):
    """A storage of this test alone."""
    options = {**settings.STORAGES["photos"]["OPTIONS"], "location": str(tmp_path / "photos")}
    settings.STORAGES = {
        **settings.STORAGES,
        "photos": {**settings.STORAGES["photos"], "OPTIONS": options},
    }


@pytest.fixture
def needed(proven_job) -> Job:
    """A job that lacks nothing but two photos."""
    Job.objects.filter(pk=proven_job.pk).update(required_photos=["SERIAL", "MOUNTING"])
    proven_job.refresh_from_db()
    return proven_job


@pytest.fixture
def phone(page: Page, cable, sign_in, needed, installer):
    """The app, stored on the phone, with the photos of a job open."""
    sign_in(installer)
    page.goto(cable.url + screen(needed, "work/PHOTOS"))
    expect(heading(page, "Photos")).to_be_visible()
    page.evaluate(CONTROLLED)
    return page


def large(**save) -> bytes:
    return picture(size=(3000, 1500), **save)


def take(page: Page, kind: str, content: bytes | None = None) -> None:
    with page.expect_file_chooser() as chosen:
        tap(page, f"Take photo {kind}")
    chosen.value.set_files(
        {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": content or large()}
    )


def part(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=re.compile(name))


def network_is_back(page: Page) -> None:
    page.evaluate("dispatchEvent(new Event('online'))")


def test_required_photos_are_taken_and_the_job_succeeds(phone, needed):
    expect(phone.locator("h2").first).to_contain_text("Serial number")
    expect(phone.get_by_role("button", name="Take photo Serial number")).to_be_visible()
    for kind in ("Serial number", "Mounting"):
        take(phone, kind)
        expect(part(phone, kind).get_by_role("img")).to_be_visible()
    expect(phone.get_by_text("Waiting to be sent.")).to_have_count(0)
    tap(phone, "Continue", role="link")
    expect(heading(phone, "Outcome")).to_be_visible()
    tap(phone, "Finish Job")
    expect(phone.get_by_text("access to the vehicle has ended")).to_be_visible()
    needed.refresh_from_db()
    assert needed.status == "SUCCEEDED"
    assert set(needed.photos.values_list("kind", flat=True)) == {"SERIAL", "MOUNTING"}


def test_a_photo_is_made_small_upright_and_without_its_place(phone, cable, needed):
    cable.pull()
    take(phone, "Mounting", large(exif=exif(HELD_ON_ITS_SIDE)))
    expect(phone.get_by_role("link", name="1 waiting")).to_be_visible()
    body = bytes(phone.evaluate(WAITING_BODY))
    assert PLACE not in body
    made = Image.open(BytesIO(body[body.index(b"\xff\xd8") :]))
    assert (made.format, made.size) == ("JPEG", (1024, 2048))
    assert ORIENTATION not in made.getexif()

    cable.plug_in()
    network_is_back(phone)
    wait_for(needed.photos.exists, 20, "the photo has arrived")
    [photo] = needed.photos.all()
    assert (photo.width, photo.height) == (1024, 2048)


def test_photos_wait_without_a_network_and_are_sent_before_the_outcome(phone, cable, needed):
    cable.pull()
    for kind in ("Serial number", "Mounting"):
        take(phone, kind)
        expect(part(phone, kind).get_by_text("Waiting to be sent.")).to_be_visible()
    phone.reload()
    expect(part(phone, "Mounting").get_by_role("img")).to_be_visible()  # a killed tab loses nothing
    tap(phone, "Continue", role="link")
    tap(phone, "Finish Job")
    expect(phone.get_by_role("link", name="3 waiting")).to_be_visible()
    phone.get_by_role("link", name="3 waiting").click()
    expect(phone.get_by_role("img", name="Photo: Mounting")).to_be_visible()

    cable.plug_in()
    network_is_back(phone)
    expect(phone.get_by_text("Everything has been sent.")).to_be_visible()
    needed.refresh_from_db()
    assert needed.status == "SUCCEEDED"
    assert needed.photos.count() == 2
    assert all(photo.created_at < needed.finished_at for photo in needed.photos.all())


def test_the_outcome_lists_the_photos_that_are_missing(phone, needed):
    take(phone, "Serial number")
    wait_for(needed.photos.exists, 20, "the photo has arrived")
    phone.goto(screen(needed, "work/OUTCOME"))
    missing = phone.get_by_role("link", name="Photo: Mounting")
    expect(missing).to_be_visible()
    expect(phone.get_by_role("link", name="Photo: Serial number")).to_have_count(0)
    missing.click()
    expect(heading(phone, "Photos")).to_be_visible()


def test_a_photo_is_deleted_after_a_question_whether_it_was_sent_or_not(phone, cable, needed):
    take(phone, "Mounting")
    wait_for(needed.photos.exists, 20, "the photo has arrived")
    expect(phone.get_by_text("Waiting to be sent.")).to_have_count(0)
    tap(phone, "Delete Photo: Mounting")
    question = phone.get_by_role("dialog")
    expect(question).to_be_visible()
    phone.keyboard.press("Escape")
    expect(question).to_be_hidden()
    assert JobPhoto.objects.live().count() == 1
    tap(phone, "Delete Photo: Mounting")
    confirm(phone, "Delete")
    expect(part(phone, "Mounting").get_by_role("img")).to_have_count(0)
    assert not JobPhoto.objects.live().exists()
    expect(phone.get_by_role("link", name="1 waiting")).to_have_count(0)
    expect(phone.get_by_text("This network asks you")).to_have_count(0)

    cable.pull()
    take(phone, "Mounting")
    expect(phone.get_by_text("Waiting to be sent.")).to_be_visible()
    tap(phone, "Delete Photo: Mounting")
    confirm(phone, "Delete")
    expect(phone.get_by_role("link", name="1 waiting")).to_have_count(0)
    expect(part(phone, "Mounting").get_by_role("img")).to_have_count(0)


def test_a_refused_photo_shows_what_was_tried(phone, cable, needed, colleague):
    cable.pull()
    take(phone, "Mounting")
    expect(phone.get_by_text("Waiting to be sent.")).to_be_visible()
    needed.withdraw(by=colleague)
    needed.take(by=colleague)
    cable.plug_in()
    network_is_back(phone)
    phone.get_by_role("link", name="1 waiting").click()
    expect(phone.get_by_role("img", name="Photo: Mounting")).to_be_visible()
    expect(phone.get_by_text("You wanted")).to_be_visible()
    assert not needed.photos.exists()


def test_other_photos_have_a_kind_and_follow_for_a_day_after_the_outcome(phone, needed, installer):
    for kind in ("Serial number", "Mounting"):
        take(phone, kind)
    wait_for(lambda: needed.photos.count() == 2, 20, "the photos have arrived")
    needed.refresh_from_db()
    needed.succeed(by=installer)
    phone.goto(screen(needed))
    tap(phone, "Add photos", role="link")
    phone.get_by_label("What it shows").select_option("Dashboard")
    take(phone, "Dashboard")
    expect(part(phone, "Other photos").get_by_role("img")).to_be_visible()
    wait_for(lambda: needed.photos.filter(kind="DASHBOARD").exists(), 20, "the late photo")
    tap(phone, "Open the job", role="link")
    expect(part(phone, "Photos").get_by_role("img", name="Photo:")).to_have_count(3)


def test_a_full_phone_says_so_and_keeps_nothing_by_halves(phone, cable, needed):
    cable.pull()
    full = phone.context.new_cdp_session(phone)
    set_room(full, cable.url, 1)
    phone.evaluate(UNTIL_FULL)
    take(phone, "Mounting")
    expect(phone.get_by_text("The phone's storage is full.")).to_be_visible()
    expect(phone.get_by_role("link", name=re.compile("waiting"))).to_have_count(0)
    set_room(full, cable.url, None)
    take(phone, "Mounting")
    expect(phone.get_by_role("link", name="1 waiting")).to_be_visible()


def test_a_file_that_is_no_picture_is_refused_on_the_phone(phone):
    take(phone, "Mounting", b"%PDF-1.7")
    expect(phone.get_by_text("not a picture that this phone can read")).to_be_visible()
    expect(phone.get_by_role("link", name=re.compile("waiting"))).to_have_count(0)


def test_the_photos_are_usable_by_keyboard_in_german_and_with_large_text(phone, needed, installer):
    User.objects.filter(pk=installer.pk).update(language="de")
    phone.goto(f"{phone.url.partition('#')[0]}{screen(needed, 'work/PHOTOS').removeprefix(APP)}")
    phone.reload()
    expect(heading(phone, "Fotos")).to_be_visible()
    with phone.expect_file_chooser() as chosen:
        phone.get_by_role("button", name="Foto aufnehmen Einbauort").press("Enter")
    chosen.value.set_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": large()})
    wait_for(needed.photos.exists, 20, "the photo has arrived")
    expect(phone.get_by_role("img", name="Foto: Einbauort")).to_be_visible()
    check(phone)
    phone.evaluate("document.documentElement.style.fontSize = '200%'")
    assert phone.evaluate(FITS), "scrolls sideways"
    phone.get_by_role("button", name="Foto: Einbauort löschen").press("Enter")
    expect(phone.get_by_role("dialog")).to_contain_text("Das Foto wird für alle gelöscht.")
    assert phone.evaluate(FITS), "scrolls sideways"
    phone.keyboard.press("Escape")
    expect(phone.get_by_role("dialog")).to_have_count(0)


def test_the_queue_is_read_without_the_pictures_in_it(phone, cable):
    cable.pull()
    for n in range(3):
        take(phone, "Mounting")
        expect(phone.get_by_role("link", name=f"{n + 1} waiting")).to_be_visible()
    assert phone.evaluate(LARGEST_ENTRY) < 60_000


# Of the app that is open: the modules beside its first one.
OPEN = """
  const open = (name) => import(new URL(name, document.querySelector("script[type=module]").src));
  const { queueStorage } = await open("database.js");
  const { entries } = await open("store.js");
"""
WAITING_BODY = f"""async () => {{
  {OPEN}
  return [...(await queueStorage.pictureOf(entries.value[0].id))];
}}"""
LARGEST_ENTRY = f"""async () => {{
  {OPEN}
  const kept = await Promise.all(entries.value.map((entry) => queueStorage.get(entry.id)));
  return Math.max(...kept.map((entry) => JSON.stringify(entry).length));
}}"""
