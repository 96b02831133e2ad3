"""*Inspect*: does the vehicle answer, what state is it in, where is it; and what has happened to it."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from jobs.models import Job
from telematics.models import ChangeReason, Custody, Unit, Vehicle, VehicleState
from telematics.models.vehicle_state import Device
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory, VehicleFactory

SILENCE = timedelta(minutes=36)
DEVICE = Device("CloudBoxx 4", "4.2.0")


@pytest.fixture
def vehicle(fleet, vehicle_model):
    return VehicleFactory(
        fleet=fleet,
        vehicle_model=vehicle_model,
        vin="WVWZZZ1KZAW000001",
        license_plate="B QX 2041",
        brand="Audi",
    )


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


@pytest.fixture
def html(manager_client, at):
    def page(vehicle, query=""):
        response = manager_client.get(at(f"vehicles/{vehicle.pk}/{query}"))
        assert response.status_code == 200
        return response.content.decode()

    return page


@pytest.fixture
def inspect(html):
    return lambda vehicle, query="": text_of(html(vehicle, query))


@pytest.fixture
def look(manager_client, at):
    """What an open page receives that checks for changes."""

    def look(vehicle, digest):
        url = at(f"vehicles/{vehicle.pk}/")
        return manager_client.get(url, {"digest": digest}, headers={"HX-Request": "true"})

    return look


@pytest.fixture
def digest_of(manager_client, at):
    return lambda vehicle: manager_client.get(at(f"vehicles/{vehicle.pk}/")).context["digest"]


def place(latitude=52.5, longitude=13.4):
    at = timezone.now().isoformat()
    return {"latitude": latitude, "longitude": longitude, "satellites": 7, "time": at}


def send(vehicle, ago=timedelta(0), **values):
    at = timezone.now() - ago
    signals = {
        name: {"value": value, "timestamp": at.isoformat()} for name, value in values.items()
    }
    VehicleState.receive(vehicle.unit_id, signals, at, device=DEVICE)


def section(page: str, name: str) -> str:
    """The text of a section of the page."""
    found = re.search(rf'<(\w+)[^>]* id="{name}".*?</\1>', page, re.DOTALL)
    assert found, f"there is no {name}"
    return text_of(found[0])


def test_it_shows_identity_unit_and_what_the_vehicle_is(inspect, vehicle):
    page = inspect(vehicle)
    assert all(
        part in page
        for part in (vehicle.pk, "B QX 2041", "WVWZZZ1KZAW000001", vehicle.unit_id, "Audi")
    )


def test_it_shows_the_last_state_as_far_as_the_model_has_it(inspect, vehicle):
    at = timezone.now().isoformat()
    said = {
        "board_voltage": 12.6,
        "central_lock": "locked",
        "driving_enabled": False,
        "card_slots": 2,
    }
    said |= {
        "position": {"latitude": 52.5, "longitude": 13.4, "satellites": 7, "time": at},
        "key_fob": "in",
    }
    signals = {name: {"value": value, "timestamp": at} for name, value in said.items()}
    VehicleState.receive(vehicle.unit_id, signals, timezone.now())
    page = inspect(vehicle)
    assert all(part in page for part in ("12.6 V", "locked", "disabled", "52.50000, 13.40000"))
    assert "inserted" not in page  # this model holds no key
    assert "card" not in page.lower()


def test_times_are_the_readers_own(html, vehicle, manager):
    said = {"board_voltage": {"value": 12.6, "timestamp": "2026-01-10T10:15:00+00:00"}}
    VehicleState.receive(vehicle.unit_id, said, timezone.now())
    manager.time_zone = "Asia/Tokyo"
    manager.save()
    assert "19:15" in html(vehicle)


def test_a_silent_unit_and_an_unknown_model_are_said_in_words(inspect, vehicle):
    assert "has not sent any data yet" in inspect(vehicle)
    VehicleState.receive(
        vehicle.unit_id,
        {"ignition": {"value": True, "timestamp": "2026-01-10T10:15:00+00:00"}},
        timezone.now(),
    )
    Vehicle.objects.update(vehicle_model=None)
    assert "vehicle model is not known" in inspect(vehicle)


def test_a_vehicle_without_a_unit_says_whose_state_it_shows(inspect, vehicle):
    said = {"board_voltage": {"value": 12.6, "timestamp": "2026-01-10T10:15:00+00:00"}}
    vehicle.unmount()
    assert "Without a unit the vehicle sends no data" in inspect(vehicle)
    vehicle.mount(unit := UnitFactory(fleet=vehicle.fleet))
    VehicleState.receive(unit.pk, said, timezone.now())
    assert "no longer in the vehicle" not in inspect(vehicle)
    vehicle.unmount()
    assert "From a unit that is no longer in the vehicle" in inspect(vehicle)


def test_who_had_access_and_why_it_ended_stays_to_be_read(inspect, proven_job, installer):
    vehicle = proven_job.vehicle
    assert "Open QuickInstall" in inspect(vehicle)
    assert f"Installer linked unit {vehicle.unit_id}" in inspect(vehicle)
    proven_job.succeed(by=installer)
    page = inspect(vehicle)
    assert "The job succeeded" in page
    assert installer.name in page
    assert "Installation Succeeded" in page
    assert "Lock central lock Done" in page


def test_older_rows_are_shown_when_asked_for(manager_client, at, fleet, manager, vehicle):
    for _n in range(25):
        Job.objects.create_by(manager, fleet=fleet, kind=Job.Kind.MAINTENANCE, vehicle=vehicle)
    page = manager_client.get(at(f"vehicles/{vehicle.pk}/"))
    assert "?jobs=40#jobs" in page.content.decode()
    assert len(page.context["sheet"].jobs.rows) == 20
    older = manager_client.get(at(f"vehicles/{vehicle.pk}/?jobs=40")).context["sheet"].jobs
    assert (len(older.rows), older.more) == (25, 0)
    assert (
        len(manager_client.get(at(f"vehicles/{vehicle.pk}/?jobs=x")).context["sheet"].jobs.rows)
        == 20
    )


def test_a_maintenance_job_starts_with_the_vehicle_filled_in(manager_client, at, vehicle):
    link = at(f"jobs/new/?kind=MAINTENANCE&vehicle={vehicle.pk}")
    for path in ("", "menu/"):
        page = manager_client.get(at(f"vehicles/{vehicle.pk}/{path}")).content.decode()
        assert link.replace("&", "&amp;") in page
    form = manager_client.get(link).context["form"]
    assert form["vehicle"].value() == f"B QX 2041 ({vehicle.pk})"
    VehicleFactory(
        fleet=vehicle.fleet, license_plate=vehicle.license_plate
    )  # a plate alone would not tell which
    manager_client.post(link, {"vehicle": form["vehicle"].value(), "task": "REPLACE_UNIT"})
    job = Job.objects.get()
    assert (job.kind, job.vehicle, job.task) == (
        Job.Kind.MAINTENANCE,
        vehicle,
        Job.Task.REPLACE_UNIT,
    )


def test_of_an_archived_vehicle_nothing_more_is_made(inspect, manager_client, at, vehicle):
    vehicle.archive()
    assert "Archived" in inspect(vehicle)
    assert "jobs/new/" not in manager_client.get(at(f"vehicles/{vehicle.pk}/")).content.decode()


# --- does it answer ---------------------------------------------------------------------------------------------------
def test_a_unit_that_reports_is_online_with_signal_and_firmware(html, vehicle):
    send(vehicle, ignition=False, cellular_signal_quality=4)
    health = section(html(vehicle), "health")
    assert "Online Last message 0 s ago" in health
    assert "4 / 5" in health
    assert "CloudBoxx 4 4.2.0" in health
    assert vehicle.unit_id in health


def test_a_unit_without_a_message_for_35_minutes_is_silent_and_its_values_are_doubted(
    html, vehicle
):
    send(vehicle, ago=timedelta(minutes=34), ignition=False)
    assert "probably outdated" not in html(vehicle)
    VehicleState.objects.update(received_at=timezone.now() - SILENCE)
    page = html(vehicle)
    assert re.search("Silent Silent since .* 36 min ago", section(page, "health"))
    assert "probably outdated" in section(page, "state")


def test_a_unit_that_never_reported_and_no_unit_are_told_apart(html, vehicle, fleet):
    assert "No message yet" in section(html(vehicle), "health")
    assert "none mounted" in section(html(VehicleFactory(fleet=fleet, unit=None)), "health")


# --- what state is it in ----------------------------------------------------------------------------------------------
def test_each_value_has_its_age(html, vehicle):
    at = {"timestamp": (timezone.now() - timedelta(hours=3)).isoformat()}
    signals = {"ignition": {"value": False, **at}, "doors": {"value": "closed", **at}}
    VehicleState.receive(vehicle.unit_id, signals, timezone.now())
    state = section(html(vehicle), "state")
    assert "Ignition off 3 h ago" in state
    assert "Doors closed 3 h ago" in state
    assert "probably outdated" not in state, "the unit repeats it with every message"


def test_an_old_position_is_doubted_alone(html, vehicle):
    send(vehicle, ignition=True)
    old = (timezone.now() - SILENCE).isoformat()
    signals = dict(VehicleState.objects.get().signals)
    signals["position"] = {"value": place() | {"time": old}, "timestamp": old}
    VehicleState.receive(vehicle.unit_id, signals, timezone.now())
    assert html(vehicle).count("probably outdated") == 1


def test_what_the_unit_does_not_report_is_shown_as_missing(html, vehicle):
    send(vehicle, ignition=True)
    assert "Doors Not reported" in section(html(vehicle), "state")


# --- where is it ------------------------------------------------------------------------------------------------------
def test_the_position_leads_to_a_map_and_gives_nothing_away(html, vehicle):
    send(vehicle, position=place(52.51234, 13.40567))
    link = re.search(r'<a[^>]*href="(https://www.openstreetmap.org/[^"]*)"[^>]*>', html(vehicle))
    assert unescape(link[1]).endswith("?mlat=52.51234&mlon=13.40567#map=16/52.51234/13.40567")
    assert 'rel="noreferrer noopener"' in link[0]


def test_with_tracking_off_there_are_no_coordinates_anywhere(html, vehicle, fleet):
    vehicle.change(reason=ChangeReason.MASTER_DATA_CHANGED, tracking=False)
    send(vehicle, ignition=True, position=place(52.51234, 13.40567))
    VehicleState.objects.update(  # from before it was switched off
        signals={"position": {"value": place(52.51234, 13.40567), "timestamp": None}}
    )
    page = html(vehicle)
    for part in ("52.51", "13.40", "openstreetmap"):
        assert part not in page
    Vehicle.objects.update(tracking=None)
    Unit.objects.update(tracking=False)
    assert "52.51" not in html(vehicle)


def test_it_says_that_tracking_is_off(html, vehicle):
    Vehicle.objects.update(tracking=False)
    vehicle.refresh_from_db()
    send(vehicle, ignition=True)
    assert "Position Tracking is off" in section(html(vehicle), "state")


# --- while it is open -------------------------------------------------------------------------------------------------
def test_an_open_page_gets_its_parts_only_when_something_has_changed(look, digest_of, vehicle):
    send(vehicle, ago=timedelta(minutes=2), ignition=False)
    digest = digest_of(vehicle)
    unchanged = look(vehicle, digest)
    assert (unchanged.status_code, unchanged.content) == (204, b"")
    send(vehicle, ignition=True)
    changed = look(vehicle, digest)
    assert "Ignition on" in section(changed.text, "state")
    assert "<html" not in changed.text
    assert changed.context["digest"] in changed.text
    assert look(vehicle, changed.context["digest"]).status_code == 204


def test_what_becomes_outdated_is_a_change(look, digest_of, vehicle):
    send(vehicle, ignition=False)
    digest = digest_of(vehicle)
    VehicleState.objects.update(received_at=timezone.now() - SILENCE)
    assert "probably outdated" in look(vehicle, digest).text


@pytest.mark.parametrize("change", ["command", "job", "edit", "end of access"])
def test_whatever_the_page_shows_is_seen_to_change(
    change, look, digest_of, configured_job, manager, installer, fleet
):
    vehicle = configured_job.vehicle
    digest = digest_of(vehicle)
    assert look(vehicle, digest).status_code == 204
    if change == "command":
        vehicle.commands_by(manager).send("request-vehicle-state")
    elif change == "job":
        Job.objects.create_by(manager, fleet=fleet, kind=Job.Kind.MAINTENANCE, vehicle=vehicle)
    elif change == "edit":
        vehicle.edits(manager).set_tags(["winter"])
    else:
        configured_job.stop_access(by=manager, reason="Wrong car")
    assert look(vehicle, digest).status_code == 200


def test_a_command_is_followed_from_queued_to_done(look, digest_of, configured_job, manager):
    vehicle = configured_job.vehicle
    command = vehicle.commands_by(manager).send("request-vehicle-state")
    digest = digest_of(vehicle)
    command.run()
    assert f"Request vehicle state Done {manager.name}" in section(
        look(vehicle, digest).text, "commands"
    )


def test_the_bell_is_heard(look, digest_of, running_job, installer, fleet):
    vehicle = VehicleFactory(fleet=fleet)
    digest = digest_of(vehicle)
    running_job.fail(by=installer, comment="No car there")
    assert "1 new notification" in look(vehicle, digest).text


def test_a_bookmarked_check_is_the_whole_page(manager_client, at, digest_of, vehicle):
    page = manager_client.get(at(f"vehicles/{vehicle.pk}/"), {"digest": digest_of(vehicle)})
    assert "<html" in page.text


# --- commands ---------------------------------------------------------------------------------------------------------
def test_the_commands_that_are_sent_most_have_a_button(html, manager_client, at, vehicle):
    url = at(f"vehicles/{vehicle.pk}/command/?command=lock-and-disable-driving")
    assert url in html(vehicle)
    assert manager_client.get(url).context["form"]["command"].value() == "lock-and-disable-driving"


def test_a_viewer_and_a_vehicle_without_a_unit_have_no_buttons(
    viewer_client, html, at, vehicle, fleet
):
    assert "?command=" not in viewer_client.get(at(f"vehicles/{vehicle.pk}/")).text
    assert "?command=" not in html(VehicleFactory(fleet=fleet, unit=None))


def test_who_is_at_the_vehicle_is_named_at_the_top(html, configured_job, installer):
    page = html(configured_job.vehicle)
    assert f"{installer.name} (QuickInstall) has access" in section(page, "who-is-there")
    configured_job.fail(by=installer, comment="No car there")
    assert section(html(configured_job.vehicle), "who-is-there") == ""


# --- the rest ---------------------------------------------------------------------------------------------------------
def test_setup_and_features_and_capabilities_are_folded(html, vehicle):
    vehicle.change(
        reason=ChangeReason.MASTER_DATA_CHANGED, installation_variant="OBD", tracking=True
    )
    page = html(vehicle)
    setup = section(page, "setup")
    assert "Installation variant OBD" in setup
    assert "Tracking on" in setup
    assert "Lock central lock" in section(page, "capabilities")
    assert "Odometer" not in setup
    assert "<details open" not in page


def test_the_raw_state_is_what_oneapi_returns(html, vehicle):
    send(vehicle, ignition=True, card_slots=2)
    raw = re.search(r"<pre[^>]*>(.*?)</pre>", html(vehicle), re.DOTALL)[1]
    assert json.loads(unescape(raw)) == VehicleState.public(vehicle)


def test_who_held_the_unit_is_part_of_its_history(html, fleet, vehicle_model, manager, partnership):
    unit = UnitFactory(fleet=fleet)
    Custody.objects.hand_over(unit.pk, partnership.company, fleet=fleet, by=manager)
    made = Vehicle.objects.create_by(
        manager, fleet=fleet, qnr=unit.pk, license_plate="B NEW 1", vehicle_model=vehicle_model
    )
    told = section(html(made), "unit")
    assert "QuickInstall: Handed over by the fleet" in told
    assert "Mounted in a vehicle" in told


def test_it_costs_the_same_however_much_has_happened(
    manager_client, at, look, digest_of, configured_job, installer, manager, fleet, statements
):
    vehicle = configured_job.vehicle
    url = at(f"vehicles/{vehicle.pk}/")
    before = statements(lambda: manager_client.get(url))
    for _n in range(5):
        configured_job.access.current().command("request-vehicle-state", by=installer)
        JobFactory(by=manager, fleet=fleet, kind=Job.Kind.MAINTENANCE, vehicle=vehicle)
    assert statements(lambda: manager_client.get(url)) <= before + 1 <= 12
    digest = digest_of(vehicle)
    assert statements(lambda: look(vehicle, digest)) <= 7
