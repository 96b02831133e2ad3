"""A vehicle is corrected at the desk: every change, what refuses it, and what Inspect shows of it."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import ApiClient
from jobs.models import Job
from telematics.models import Vehicle, VehicleEvent
from telematics.models.change_reason import MASTER_DATA
from tests.factories.jobs import JobFactory
from tests.factories.telematics import VehicleFactory, VehicleModelFactory

VIN = "WVWZZZ1JZXW000001"
STALE = "This has changed in the meantime."
EDITS = {
    "edit/data": {"license_plate": "M EV 77"},
    "edit/custom-fields": {"custom_fields_name": ["Depot"], "custom_fields_value": ["Mitte"]},
    "edit/tags": {"tags": "winter\n summer "},
    "edit/status": {"operation_status": "GARAGE", "operation_status_remark": "Gearbox"},
    "archive": {},
}


@pytest.fixture
def vehicle(fleet, vehicle_model):
    return VehicleFactory(
        fleet=fleet,
        vehicle_model=vehicle_model,
        license_plate="B QX 2041",
        vin=VIN,
        custom_fields={"Depot": "Mitte", "branch": "North"},
        tags=["winter"],
    )


@pytest.fixture
def get_page(manager_client, at, vehicle):
    return lambda path: manager_client.get(at(f"vehicles/{vehicle.pk}/{path}/"))


@pytest.fixture
def send(manager_client, at, vehicle):
    """Send the form as it is shown, with other values in the fields that are named."""

    def post(path, /, **typed):
        url = at(f"vehicles/{vehicle.pk}/{path}/")
        form = manager_client.get(url).context["form"]
        sent = {name: form[name].value() for name in form.fields if name != "custom_fields"}
        sent = {name: value for name, value in sent.items() if value is not None}
        return manager_client.post(url, sent | typed)

    return post


def now(vehicle):
    return Vehicle.objects.get(pk=vehicle.pk)


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


# --- what is changed ----------------------------------------------------------------------------------------------
def test_master_data_are_corrected_and_read_as_everywhere(send, vehicle, at):
    answer = send("edit/data", license_plate=" m‑ev 77 ", brand="Fiat", year_of_production="2020")
    assert answer.url == at(f"vehicles/{vehicle.pk}/")
    changed = now(vehicle)
    assert (changed.license_plate, changed.brand, changed.year_of_production) == (
        "M-EV 77",
        "Fiat",
        2020,
    )
    assert changed.vin == VIN
    event = VehicleEvent.objects.get(vehicle=vehicle)
    assert (event.verb, event.channel) == ("edit", "fleetcontrol")


def test_its_form_has_the_fields_of_the_master_data(get_page):
    form = get_page("edit/data").context["form"]
    assert set(form.fields) == {"expected", *MASTER_DATA}


def test_the_model_is_chosen_anew_and_an_old_one_is_kept(send, get_page, vehicle):
    model = VehicleModelFactory(brand="Fiat", model="500")
    send("edit/model", vehicle_model=model.pk)
    assert now(vehicle).vehicle_model == model
    type(model).objects.filter(pk=model.pk).update(active=False)
    assert send("edit/model").status_code == 302
    assert now(vehicle).vehicle_model == model


def test_a_model_that_does_not_support_the_setup_is_refused_at_its_field(send, vehicle):
    Vehicle.objects.filter(pk=vehicle.pk).update(tracking=True)
    answer = send("edit/model", vehicle_model=VehicleModelFactory(features=[]).pk)
    assert set(answer.context["form"].errors) == {"vehicle_model"}


def test_custom_fields_are_added_changed_and_removed(get_page, send, vehicle):
    html = get_page("edit/custom-fields").content.decode()
    assert html.count('name="custom_fields_name"') == 2 + 3
    sent = {
        "custom_fields_name": ["branch", "Depot", " Cost  centre", "", ""],
        "custom_fields_value": ["", "Tegel", "4711", "", ""],
    }
    assert send("edit/custom-fields", **sent).status_code == 302
    assert now(vehicle).custom_fields == {"Depot": "Tegel", "Cost centre": "4711"}


def test_what_is_wrong_with_custom_fields_is_said_at_once_and_stays_typed(send, vehicle):
    names = ["Depot", "Depot ", "", "x" * 51, "long"]
    values = ["a", "b", "nameless", "c", "y" * 501]
    answer = send("edit/custom-fields", custom_fields_name=names, custom_fields_value=values)
    errors = answer.context["form"].errors["custom_fields"]
    assert len(errors) == 4
    assert "The name “Depot” is there twice." in errors
    assert "long: Use at most 500 characters." in errors
    assert "nameless" in answer.content.decode()
    assert now(vehicle).custom_fields == {"Depot": "Mitte", "branch": "North"}


def test_a_vehicle_has_at_most_fifty_custom_fields_and_tags(send, vehicle):
    many = [str(number) for number in range(51)]
    answer = send("edit/custom-fields", custom_fields_name=many, custom_fields_value=many)
    assert set(answer.context["form"].errors) == {"custom_fields"}
    answer = send("edit/tags", tags="\n".join(many))
    assert set(answer.context["form"].errors) == {"tags"}
    assert now(vehicle).version == vehicle.version


def test_tags_are_one_on_each_line_and_kept_once(send, vehicle):
    send("edit/tags", tags="summer\r\n\r\n a, b \r\nsummer")
    assert now(vehicle).tags == ["a, b", "summer"]
    assert set(send("edit/tags", tags="x" * 51).context["form"].errors) == {"tags"}


def test_the_operation_status_has_a_remark_and_a_time(send, vehicle, manager_client, at):
    send("edit/status", operation_status="GARAGE", operation_status_remark="Gearbox")
    changed = now(vehicle)
    assert (changed.operation_status, changed.operation_status_remark) == ("GARAGE", "Gearbox")
    shown = text_of(manager_client.get(at(f"vehicles/{vehicle.pk}/")))
    assert "Status In the garage Remark Gearbox Since" in shown


# --- what refuses it ----------------------------------------------------------------------------------------------
def test_every_error_is_shown_at_its_field(send, vehicle):
    answer = send("edit/data", vin="1", fuel_type="WATER", year_of_production="1900")
    assert set(answer.context["form"].errors) == {"vin", "fuel_type", "year_of_production"}
    VehicleFactory(fleet=vehicle.fleet, vin="WVWZZZ1JZXW000002")
    answer = send("edit/data", vin="WVWZZZ1JZXW000002")
    assert answer.context["form"].errors == {"vin": ["Another vehicle of the fleet has this VIN."]}


def test_the_second_of_two_writers_loses_nothing_and_sees_what_the_first_saved(
    send, manager_client, at, vehicle, manager
):
    url = at(f"vehicles/{vehicle.pk}/edit/data/")
    vehicle.edits(manager).set_master_data(license_plate="B FIRST 1")
    typed = {"expected": 1, "license_plate": "B SECOND 2", "vin": VIN, "custom_name": "Blue"}
    answer = manager_client.post(url, typed)
    form = answer.context["form"]
    assert form.non_field_errors() == [STALE]
    assert (form["license_plate"].value(), form["custom_name"].value()) == ("B SECOND 2", "Blue")
    assert "Licence plate B FIRST 1 B SECOND 2" in text_of(answer)
    assert now(vehicle).license_plate == "B FIRST 1"
    again = {**typed, "expected": form["expected"].value()}
    assert manager_client.post(url, again).status_code == 302
    assert now(vehicle).license_plate == "B SECOND 2"


def test_a_field_that_the_second_writer_left_keeps_what_the_first_saved(
    manager_client, at, vehicle, manager, vehicle_model
):
    url = at(f"vehicles/{vehicle.pk}/edit/data/")
    typed = manager_client.get(url).context["form"].initial | {"brand": "Fiat"}
    typed = {name: "" if value is None else value for name, value in typed.items()}
    vehicle.edits(manager).set_master_data(license_plate="B FIRST 1", year_of_production=2020)
    answer = manager_client.post(url, typed)
    assert "Licence plate B FIRST 1 none: the value now is used below" in text_of(answer)
    form = answer.context["form"]
    assert manager_client.post(url, dict(form.data.items())).status_code == 302
    changed = now(vehicle)
    assert (changed.license_plate, changed.year_of_production, changed.brand) == (
        "B FIRST 1",
        2020,
        "Fiat",
    )


@pytest.mark.parametrize("path", EDITS)
def test_no_change_is_made_of_a_version_that_others_have_replaced(
    path, manager_client, at, vehicle, manager
):
    vehicle.edits(manager).set_master_data(custom_name="Red")
    vehicle.edits(manager).set_tags(["first"])
    answer = manager_client.post(
        at(f"vehicles/{vehicle.pk}/{path}/"), EDITS[path] | {"expected": 2}
    )
    assert STALE in text_of(answer)
    assert now(vehicle).version == 3


def test_a_form_that_is_sent_twice_is_saved_once(manager_client, at, vehicle):
    url = at(f"vehicles/{vehicle.pk}/edit/tags/")
    answers = [manager_client.post(url, {"expected": 1, "tags": "a\nb"}) for _n in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert VehicleEvent.objects.count() == 1


@pytest.mark.parametrize("path", [*EDITS, "edit/model"])
@pytest.mark.parametrize("expected", ["", "x", "1.5.2"])
def test_a_form_without_its_version_changes_nothing(path, expected, manager_client, at, vehicle):
    url = at(f"vehicles/{vehicle.pk}/{path}/")
    answer = manager_client.post(url, EDITS.get(path, {}) | {"expected": expected})
    assert "expected" in answer.context["form"].errors
    assert now(vehicle).version == 1


@pytest.mark.parametrize("path", [*EDITS, "edit/model"])
def test_an_archived_vehicle_is_not_changed(path, get_page, manager_client, at, vehicle):
    vehicle.archive()
    assert get_page(path).status_code == 409
    url = at(f"vehicles/{vehicle.pk}/{path}/")
    assert manager_client.post(url, {"expected": 2}).status_code == 409


@pytest.mark.parametrize("path", [*EDITS, "edit/model", "restore"])
def test_nobody_else_changes_a_vehicle(path, outsiders, at, vehicle):
    for client, expected in outsiders.items():
        url = at(f"vehicles/{vehicle.pk}/{path}/")
        assert client.post(url, EDITS.get(path, {}) | {"expected": 1}).status_code == expected
        assert client.get(url).status_code == expected
    assert now(vehicle).version == 1


def test_a_vehicle_of_another_fleet_is_not_found(manager_client, at, other_fleet):
    foreign = VehicleFactory(fleet=other_fleet)
    for path in (*EDITS, "edit/model", "restore"):
        assert manager_client.get(at(f"vehicles/{foreign.pk}/{path}/")).status_code == 404


# --- archive and restore ------------------------------------------------------------------------------------------
def test_a_vehicle_is_archived_and_restored_without_its_unit(
    send, get_page, vehicle, manager_client
):
    unit = vehicle.unit
    assert "goes back to stock" in text_of(get_page("archive"))
    assert get_page("restore").status_code == 409
    send("archive")
    assert now(vehicle).archived_at
    assert type(unit).objects.in_stock().filter(pk=unit.pk).exists()
    send("restore")
    assert (now(vehicle).archived_at, now(vehicle).unit) == (None, None)


def test_while_a_job_holds_it_a_vehicle_is_not_archived(manager_client, at, proven_job):
    held = proven_job.vehicle
    url = at(f"vehicles/{held.pk}/archive/")
    for answer in (
        manager_client.get(url),
        manager_client.post(url, {"expected": held.version}),
    ):
        assert "An assigned or running job is about this vehicle" in text_of(answer)
        assert at(f"jobs/{proven_job.pk}/") in answer.content.decode()
        assert ">Archive</button>" not in answer.content.decode()
    assert now(held).archived_at is None


def test_an_open_job_of_nobody_does_not_keep_a_vehicle(send, vehicle, manager):
    JobFactory(by=manager, fleet=vehicle.fleet, kind=Job.Kind.MAINTENANCE, vehicle=vehicle)
    send("archive")
    assert now(vehicle).archived_at


def test_after_ninety_days_it_is_not_restored(send, vehicle, manager_client, at):
    vehicle.archive()
    for path in ("", "menu/"):
        assert "/restore/" in manager_client.get(at(f"vehicles/{vehicle.pk}/{path}")).text
    Vehicle.objects.update(archived_at=timezone.now() - timedelta(days=91))
    assert "more than 90 days ago" in text_of(send("restore"))
    assert now(vehicle).archived_at
    for path in ("", "menu/"):
        assert "/restore/" not in manager_client.get(at(f"vehicles/{vehicle.pk}/{path}")).text


def test_a_vin_that_was_given_again_keeps_the_old_vehicle_out(send, vehicle):
    vehicle.archive()
    VehicleFactory(fleet=vehicle.fleet, vin=VIN)
    assert "Another vehicle of the fleet has this VIN." in text_of(send("restore"))
    assert now(vehicle).archived_at


# --- Inspect ------------------------------------------------------------------------------------------------------
def test_writers_are_offered_each_edit_and_viewers_none(viewer_client, manager_client, at, vehicle):
    for path in ("", "menu/"):
        url = at(f"vehicles/{vehicle.pk}/{path}")
        for edit in (*EDITS, "edit/model"):
            link = at(f"vehicles/{vehicle.pk}/{edit}/")
            assert link in manager_client.get(url).text
            assert link not in viewer_client.get(url).text


def test_inspect_shows_custom_fields_and_tags(manager_client, at, vehicle):
    shown = text_of(manager_client.get(at(f"vehicles/{vehicle.pk}/")))
    assert "branch North Depot Mitte" in shown
    assert "Tags Edit winter" in shown


def test_the_history_has_each_change_in_words_newest_first(
    manager_client, at, fleet, vehicle, manager, fleet_admin
):
    client, _secret = ApiClient.objects.issue(
        fleet=fleet, name="Booking", scopes=["vehicles:write"], by=fleet_admin
    )
    model = vehicle.vehicle_model
    edits = vehicle.edits(manager)
    edits.set_master_data(license_plate="M EV 77", fuel_type="DIESEL")
    edits.set_vehicle_model(None)
    edits.set_custom_fields({"Depot": None, "branch": "South"})
    vehicle.edits(client).set_tags(["winter", "city"])
    edits.set_operation_status("GARAGE", remark="Gearbox")
    sheet = manager_client.get(at(f"vehicles/{vehicle.pk}/")).context["sheet"]
    changes = sheet.changes.rows
    assert [change.what for change in changes] == [
        "Operation status",
        "Tags",
        "Custom fields",
        "Vehicle data",
        "Vehicle data",
    ]
    assert [tuple(side) for change in changes for side in change.sides] == [
        ("Operation status", "Operating", "In the garage"),
        ("Remark", "–", "Gearbox"),
        ("Tags", "winter", "city, winter"),
        ("branch", "North", "South"),
        ("Depot", "Mitte", "–"),
        ("Vehicle model", str(model), "–"),
        ("Licence plate", "B QX 2041", "M EV 77"),
        ("Fuel type", "–", "Diesel"),
    ]
    assert [change.who for change in changes][:2] == [manager.name, "Booking"]


def test_older_changes_are_shown_when_asked_for_at_the_same_cost(
    manager_client, at, vehicle, manager, statements
):
    url = at(f"vehicles/{vehicle.pk}/")
    vehicle.edits(manager).set_vehicle_model(None)
    before = statements(lambda: manager_client.get(url))
    for number in range(25):
        vehicle.edits(manager).set_tags([str(number)])
        vehicle.edits(manager).set_vehicle_model(VehicleModelFactory())
    assert statements(lambda: manager_client.get(url)) <= before
    page = manager_client.get(url)
    assert len(page.context["sheet"].changes.rows) == 20
    assert "?changes=40#changes" in page.text


def test_a_unit_is_no_change_of_the_vehicle(manager_client, at, vehicle, manager):
    vehicle.exchange_unit(None, by=manager)
    sheet = manager_client.get(at(f"vehicles/{vehicle.pk}/")).context["sheet"]
    assert (sheet.changes.rows, len(sheet.units)) == ([], 1)
