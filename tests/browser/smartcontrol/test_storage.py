"""After the end of the access nothing of the vehicle is on the phone, in none of the places that a site has."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.smartcontrol.phone import CONTROLLED, screen, tap
from tests.browser.smartcontrol.storage import found_on, kept_on

PLACES = {
    "local": "text => localStorage.setItem('place', text)",
    "session": "text => sessionStorage.setItem('place', text)",
    "cache": "async text => (await caches.open('other')).put('/place', new Response(text))",
    "facts": """text => new Promise((done) => {
      const asked = indexedDB.open("smartcontrol");
      asked.onsuccess = () => {
        const change = asked.result.transaction("facts", "readwrite");
        change.objectStore("facts").put({ person: 0, name: "place", value: { text } });
        change.oncomplete = () => { asked.result.close(); done(); };
      };
    })""",
}


@pytest.fixture
def secrets(page: Page, sign_in, proven_job, installer, monkeypatch):
    """Look at the vehicle and send it a command; what must not be on the phone afterwards."""
    monkeypatch.setattr("installers.api.views.vehicles.WAIT", 0)
    sign_in(installer)
    with page.expect_response("**/state/") as state:
        page.goto(screen(proven_job, "vehicle"))
    page.evaluate(CONTROLLED)
    position = state.value.json()["position"]["value"]
    expect(page.get_by_text(f"{position['latitude']:.5f}")).to_be_visible()
    with page.expect_response("**/commands/**") as command:
        tap(page, "Draw attention")
    commands = proven_job.vehicle.commands.values_list("pk", flat=True)
    assert command.value.json()["id"] in commands
    proven_job.vehicle.commands.get(pk=command.value.json()["id"]).run()
    expect(page.get_by_text("Draw attention: ")).to_be_visible()
    coordinates = [str(position["latitude"]), str(position["longitude"])]
    return [*coordinates, *commands, proven_job.vehicle.pk]


def test_nothing_of_the_vehicle_is_stored_anywhere(page: Page, secrets, proven_job, installer):
    of_the_access = [text for text in secrets if text != proven_job.vehicle.pk]
    assert found_on(page, *of_the_access) == []
    proven_job.succeed(by=installer)
    expect(page.get_by_text("Your access to this vehicle is over.")).to_be_visible()
    expect(page.get_by_text("Board voltage")).to_have_count(0)
    page.goto(screen(proven_job))
    expect(page.get_by_text("access to the vehicle has ended")).to_be_visible()

    kept = kept_on(page)
    assert kept["jobs"], "the company's own record stays"
    assert kept["cache"], "the app stays"
    assert found_on(page, *secrets) == []


@pytest.mark.parametrize("store", PLACES)
def test_what_is_stored_in_any_of_the_places_would_be_found(page: Page, secrets, store):
    latitude = secrets[0]
    page.evaluate(PLACES[store], latitude)
    assert found_on(page, latitude) == [(latitude, store)]
