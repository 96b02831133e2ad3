"""What stays on the phone: for the next person, after signing out, with a new build."""

from playwright.sync_api import Page, expect

from installers.smartcontrol import build
from jobs.models import Job
from tests.browser.smartcontrol.phone import APP, CONTROLLED, confirm, heading, screen, tap
from tests.browser.smartcontrol.storage import kept_on
from tests.product import wait_for


def test_the_next_person_sees_nothing_of_the_one_before_whose_entries_wait_for_them(
    page: Page, cable, sign_in, running_job, installer, outside_installer
):
    sign_in(installer)
    page.goto(cable.url + screen(running_job, "work/VEHICLE_DATA"))
    page.evaluate(CONTROLLED)
    expect(heading(page, "Vehicle data")).to_be_visible()
    cable.pull()
    page.get_by_label("Licence plate").fill("B QX 2041")
    tap(page, "Save")
    expect(page.get_by_role("link", name="1 waiting")).to_be_visible()

    # Before the network is back, or the first person's entry is sent at once.
    sign_in(outside_installer)
    cable.plug_in()
    page.goto(cable.url + APP)
    expect(heading(page, "OtherCo")).to_be_visible()
    expect(page.get_by_role("link", name="1 waiting")).to_have_count(0)
    assert kept_on(page)["jobs"] == []
    running_job.refresh_from_db()
    assert running_job.license_plate == ""

    sign_in(installer)
    page.reload()
    expect(heading(page, "QuickInstall")).to_be_visible()
    expect(page.get_by_role("link", name="1 waiting")).to_have_count(0)
    wait_for(lambda: plate_of(running_job) == "B QX 2041", 20, "the entry of the first person")


def plate_of(job: Job) -> str:
    job.refresh_from_db()
    return job.license_plate


def test_signing_out_warns_of_what_waits_and_empties_the_phone(
    page: Page, cable, sign_in, running_job, installer
):
    sign_in(installer)
    page.goto(cable.url + screen(running_job, "work/VEHICLE_DATA"))
    expect(heading(page, "Vehicle data")).to_be_visible()
    cable.pull()
    page.get_by_label("Licence plate").fill("B QX 2041")
    tap(page, "Save")
    expect(page.get_by_role("link", name="1 waiting")).to_be_visible()
    page.goto(f"{cable.url}{APP}#/account")
    tap(page, "Sign out")
    expect(page.get_by_role("dialog")).to_contain_text("1 entry has not been sent.")
    confirm(page, "Sign out and delete it")
    expect(page.get_by_text("This needs the network.")).to_be_visible()
    assert len(kept_on(page)["queue"]) == 1  # nothing was done

    cable.plug_in()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_role("link", name="1 waiting")).to_have_count(0)
    tap(page, "Sign out")
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    stored = kept_on(page)
    assert (stored["jobs"], stored["facts"], stored["queue"]) == ([], [], [])
    assert page.request.get("/api/smartcontrol/v1/me/").status == 401


def test_a_new_build_takes_over_when_the_person_says_so(
    page: Page, sign_in, assigned_job, installer, monkeypatch
):
    sign_in(installer)
    page.goto(screen(assigned_job))
    page.evaluate(CONTROLLED)
    before = page.locator("html").get_attribute("data-build")
    monkeypatch.setattr(build, "name_of", lambda contents: "0123456789abcdef")
    build._build.cache_clear()
    try:
        page.evaluate("async () => { await (await navigator.serviceWorker.ready).update(); }")
        expect(page.get_by_text("A new version is ready.")).to_be_visible()
        assert page.locator("html").get_attribute("data-build") == before
        tap(page, "Update now")
        expect(page.locator("html")).to_have_attribute("data-build", "0123456789abcdef")
        expect(heading(page, "Blue One")).to_be_visible()
    finally:
        monkeypatch.undo()
        build._build.cache_clear()


def test_another_tab_takes_the_build_that_the_first_has_taken_and_sends_what_waits(
    page: Page, context, sign_in, running_job, installer, monkeypatch
):
    sign_in(installer)
    page.goto(screen(running_job))
    page.evaluate(CONTROLLED)
    other = context.new_page()
    other.goto(screen(running_job, "work/VEHICLE_DATA"))
    other.evaluate(CONTROLLED)
    monkeypatch.setattr(build, "name_of", lambda contents: "0123456789abcdef")
    build._build.cache_clear()
    try:
        page.evaluate("async () => { await (await navigator.serviceWorker.ready).update(); }")
        tap(page, "Update now")
        expect(page.locator("html")).to_have_attribute("data-build", "0123456789abcdef")
        tap(other, "Update now")
        expect(other.locator("html")).to_have_attribute("data-build", "0123456789abcdef")
        other.get_by_label("Licence plate").fill("B QX 2041")
        tap(other, "Save")
        wait_for(lambda: plate_of(running_job) == "B QX 2041", 20, "the entry")
    finally:
        monkeypatch.undo()
        build._build.cache_clear()


NOT_STORED = "The app could not be stored on this phone."
WATCHED = """() => {
  globalThis.banners = new Set();
  const note = () => document.querySelectorAll(".banner").forEach((one) => banners.add(one.innerText));
  new MutationObserver(note).observe(document, { childList: true, subtree: true });
}"""


class Failing:
    """A file of the build that the server does not send, the first `times`."""

    def __init__(self, path: str, times: float):
        self.url = build.current().url(path)
        self.times = times

    def find(self, path: str) -> build.File | None:
        if path == self.url and self.times > 0:
            self.times -= 1
            return None
        return FOUND(path)


FOUND = build.find


def test_the_app_is_stored_at_the_next_try_and_nobody_is_troubled(
    page: Page, sign_in, installer, monkeypatch
):
    decoder = Failing("vendor/qr/decode.js", times=1)
    monkeypatch.setattr(build, "find", decoder.find)
    page.add_init_script(f"({WATCHED})()")
    sign_in(installer)
    page.goto(APP)
    expect(heading(page, "QuickInstall")).to_be_visible()
    page.evaluate(CONTROLLED)
    assert decoder.times == 0
    assert not any(NOT_STORED in text for text in page.evaluate("[...banners]"))


def test_that_the_app_is_not_stored_is_said_as_long_as_it_is_true(
    page: Page, sign_in, installer, monkeypatch
):
    decoder = Failing("vendor/qr/decode.js", times=float("inf"))
    monkeypatch.setattr(build, "find", decoder.find)
    sign_in(installer)
    page.goto(APP)
    expect(page.get_by_text(NOT_STORED)).to_be_visible(timeout=60_000)
    decoder.times = 0
    expect(page.get_by_text(NOT_STORED)).to_have_count(0, timeout=60_000)
    page.evaluate(CONTROLLED)


def test_a_queue_of_the_first_builds_is_sent(page: Page, sign_in, running_job, installer):
    """Their database had no place for pictures."""
    sign_in(installer)
    page.goto("/smartcontrol/manifest.webmanifest")
    page.evaluate(OLD_QUEUE, [installer.pk, running_job.pk])
    page.goto(APP)
    expect(heading(page, "QuickInstall")).to_be_visible()
    wait_for(lambda: plate_of(running_job) == "B QX 2041", 20, "the old build's entry")


# The database as builds before the photos have made it, with one entry.
OLD_QUEUE = """async ([person, job]) => {
  const db = await new Promise((done) => {
    const asked = indexedDB.open("smartcontrol", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("jobs", { keyPath: ["person", "id"] });
      asked.result.createObjectStore("facts", { keyPath: ["person", "name"] });
      const queue = asked.result.createObjectStore("queue", { keyPath: "id", autoIncrement: true });
      queue.createIndex("person", "person");
    };
    asked.onsuccess = () => done(asked.result);
  });
  const change = db.transaction("queue", "readwrite");
  change.objectStore("queue").add({
    person, job, name: "Blue One", action: "fill_in", method: "PATCH", path: `jobs/${job}/fields/`,
    headers: { "Content-Type": "application/json" }, after: [], assignment: null, depends_on: null,
    body: new TextEncoder().encode(JSON.stringify({ license_plate: "B QX 2041" })),
    key: crypto.randomUUID(), occurred_at: new Date().toISOString(), created_at: Date.now(), about: {},
    tried: false, refused: null, next_at: 0, asked: false,
  });
  await new Promise((done) => { change.oncomplete = done; });
  db.close();
}"""


def test_an_entry_is_not_lost_to_a_captive_portal(page: Page, sign_in, running_job, installer):
    """Its page is an answer, with 200 and without our headers."""
    sign_in(installer)
    page.goto(screen(running_job, "work/VEHICLE_DATA"))
    expect(heading(page, "Vehicle data")).to_be_visible()
    portal = "**/api/smartcontrol/**"
    page.route(
        portal, lambda route: route.fulfill(status=200, body="<h1>Welcome to the Hotel</h1>")
    )
    page.get_by_label("Licence plate").fill("B QX 2041")
    tap(page, "Save")
    expect(page.get_by_role("link", name="1 waiting")).to_be_visible()
    expect(page.get_by_text("This network asks you to sign in to it first.")).to_be_visible()

    page.unroute(portal)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_role("link", name="1 waiting")).to_have_count(0)
    running_job.refresh_from_db()
    assert running_job.license_plate == "B QX 2041"
