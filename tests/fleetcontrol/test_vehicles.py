"""The vehicles of a fleet: which are listed, to whom, and at what cost; a new one, and its unit."""

import re

import pytest

from jobs.models import Job
from telematics.models import Vehicle
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory, VehicleFactory, VehicleModelFactory


@pytest.fixture
def vehicle(fleet, vehicle_model):
    return VehicleFactory(
        fleet=fleet,
        vehicle_model=vehicle_model,
        vin="WVWZZZ1KZAW000001",
        license_plate="B QX 2041",
        brand="Audi",
    )


def shown(client, url, **query):
    return [line.id for line in client.get(url, query).context["table"].lines]


# --- the list -----------------------------------------------------------------------------------------------------
def test_it_shows_the_live_vehicles_of_the_fleet_alone(
    manager_client, at, fleet, other_fleet, vehicle
):
    VehicleFactory(fleet=other_fleet)
    gone = VehicleFactory(fleet=fleet, license_plate="GONE")
    gone.archive()
    assert shown(manager_client, at("vehicles/")) == [vehicle.pk]
    assert shown(manager_client, at("vehicles/"), status="ARCHIVED") == [gone.pk]
    bare = VehicleFactory(fleet=fleet, unit=None)
    assert shown(manager_client, at("vehicles/"), status="WITHOUT_UNIT") == [bare.pk]
    tabs = manager_client.get(at("vehicles/")).context["tabs"]
    assert [(str(tab["label"]), str(tab["count"])) for tab in tabs] == [
        ("In the fleet", "2"),
        ("Without unit", "1"),
        ("Archived", "1"),
    ]


@pytest.mark.parametrize("text", ["b-qx 20", "000001", "wvwzzz1k"])
def test_search_ignores_case_blanks_and_hyphens(manager_client, at, fleet, vehicle, text):
    VehicleFactory(fleet=fleet, license_plate="M EV 77")
    assert shown(manager_client, at("vehicles/"), search=text) == [vehicle.pk]


def test_search_finds_a_vehicle_by_its_id_and_by_its_unit(manager_client, at, fleet, vehicle):
    VehicleFactory(fleet=fleet)
    for text in (vehicle.pk, vehicle.pk.lower(), vehicle.unit_id):
        assert shown(manager_client, at("vehicles/"), search=text) == [vehicle.pk]


def test_the_list_is_filtered_by_operation_status_and_tag(manager_client, at, fleet, vehicle):
    other = VehicleFactory(fleet=fleet, operation_status="GARAGE", tags=["winter", "Süd"])
    url = at("vehicles/")
    assert shown(manager_client, url, operation_status="GARAGE") == [other.pk]
    assert shown(manager_client, url, operation_status="OPERATING") == [vehicle.pk]
    assert shown(manager_client, url, tag=" Süd ") == [other.pk]
    assert shown(manager_client, url, tag="Sü") == []
    assert shown(manager_client, url, tag="winter", operation_status="OPERATING") == []
    assert "winter, Süd" in manager_client.get(url).text
    empty = manager_client.get(url, {"tag": "summer"})
    assert "No vehicle matches" in empty.text
    assert 'value="summer"' in empty.text


@pytest.mark.parametrize("wrong", [{"operation_status": "FLYING"}, {"tag": "x" * 51}])
def test_a_filter_that_no_vehicle_can_meet_shows_none(wrong, manager_client, at, vehicle):
    assert shown(manager_client, at("vehicles/"), **wrong) == []


def test_a_tab_keeps_the_filters(manager_client, at, vehicle):
    tabs = manager_client.get(at("vehicles/"), {"tag": "winter"}).context["tabs"]
    assert all("tag=winter" in tab["url"] for tab in tabs)


def test_too_short_a_search_says_so(manager_client, at, vehicle):
    assert (
        "at least three characters"
        in manager_client.get(at("vehicles/"), {"search": "qx"}).content.decode()
    )


def test_pages_follow_one_another(manager_client, at, fleet):
    all_of_them = {VehicleFactory(fleet=fleet, license_plate=f"B {n:03}").pk for n in range(12)}
    first = manager_client.get(at("vehicles/"), {"page_size": 10, "sort": "vehicle"}).context
    second = shown(
        manager_client, at("vehicles/"), page_size=10, sort="vehicle", cursor=first["page"].next
    )
    assert len(second) == 2
    assert {line.id for line in first["table"].lines} | set(second) == all_of_them


@pytest.mark.parametrize("number", [1, 60])
def test_the_list_costs_the_same_for_one_and_for_many(
    number, manager_client, at, fleet, statements
):
    for _n in range(number):
        VehicleFactory(fleet=fleet)
    assert statements(lambda: manager_client.get(at("vehicles/"))) <= 6
    assert (
        statements(
            lambda: manager_client.get(at("vehicles/"), {"search": "bad", "sort": "-vehicle"})
        )
        <= 7
    )


def test_whoever_looks_at_the_list_hears_the_bell(manager_client, at, running_job, installer):
    seen = manager_client.get(at("vehicles/")).context
    look = {"live": seen["page"].here, "digest": seen["digest"]}
    assert manager_client.get(at("vehicles/"), look).status_code == 204
    running_job.fail(by=installer, comment="No car there")
    assert "1 new notification" in manager_client.get(at("vehicles/"), look).content.decode()


# --- who ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["vehicles/", "vehicles/{}/", "vehicles/{}/menu/"])
def test_a_viewer_reads_and_others_find_nothing(viewer_client, outsiders, at, vehicle, path):
    url = at(path.format(vehicle.pk))
    assert "jobs/new/" not in viewer_client.get(url).content.decode()
    for client, expected in outsiders.items():
        assert client.get(url).status_code == (200 if expected == 403 else expected)


def test_a_vehicle_of_another_fleet_is_not_found(manager_client, at, other_fleet):
    foreign = VehicleFactory(fleet=other_fleet)
    assert manager_client.get(at(f"vehicles/{foreign.pk}/")).status_code == 404


# --- a new one ----------------------------------------------------------------------------------------------------
def test_a_vehicle_is_created_with_a_unit_out_of_stock(manager_client, at, fleet, vehicle_model):
    unit = UnitFactory(fleet=fleet)
    sent = {
        "license_plate": "B NEW 1",
        "vin": "wvw zzz1kzaw000002",
        "vehicle_model": vehicle_model.pk,
    }
    sent |= {"installation_variant": "OBD", "tracking": "true", "unit": unit.pk}
    answer = manager_client.post(at("vehicles/new/"), sent)
    made = Vehicle.objects.get(license_plate="B NEW 1")
    assert answer.url == at(f"vehicles/{made.pk}/")
    assert (made.fleet, made.unit, made.vin, made.tracking) == (
        fleet,
        unit,
        "WVWZZZ1KZAW000002",
        True,
    )
    assert made.vehicle_model == vehicle_model


def test_save_and_add_another_begins_with_the_model_and_setup_of_the_last_one(
    manager_client, at, vehicle_model, other_fleet
):
    sent = {"license_plate": "B NEW 1", "vehicle_model": vehicle_model.pk, "tracking": "true"}
    sent |= {"another": "1", "from": at("vehicles/?tag=x")}
    answer = manager_client.post(at("vehicles/new/"), sent)
    assert answer.url.startswith(at("vehicles/new/?like="))
    page = manager_client.get(answer.url)
    form = page.context["form"]
    assert (form["vehicle_model"].value(), form["tracking"].value()) == (vehicle_model.pk, True)
    assert form["license_plate"].value() in (None, "")
    assert page.context["list_url"] == at("vehicles/?tag=x")
    assert "B NEW 1 was created." in page.text
    foreign = VehicleFactory(fleet=other_fleet, brand="Elsewhere")
    assert "Elsewhere" not in manager_client.get(at(f"vehicles/new/?like={foreign.pk}")).text


def test_a_new_vehicle_that_is_sent_twice_is_one(manager_client, at):
    page = manager_client.get(at("vehicles/new/")).content.decode()
    sent = {
        "license_plate": "B NEW 1",
        "shown_as": re.search(r'name="shown_as" value="(\w{26})"', page).group(1),
    }
    once, twice = (manager_client.post(at("vehicles/new/"), sent) for _n in range(2))
    assert (once.status_code, once.url) == (302, twice.url)
    assert Vehicle.objects.get().license_plate == "B NEW 1"


def test_its_form_says_every_error_at_once_and_keeps_what_was_typed(
    manager_client, at, vehicle, other_fleet
):
    plain = VehicleModelFactory(features=[])
    sent = {
        "vehicle_model": plain.pk,
        "tracking": "true",
        "unit": UnitFactory(fleet=other_fleet).pk,
        "brand": "Fiat",
    }
    form = manager_client.post(at("vehicles/new/"), sent).context["form"]
    assert set(form.errors) == {"license_plate", "tracking", "unit"}
    assert form["brand"].value() == "Fiat"
    form = manager_client.post(at("vehicles/new/"), {"vin": vehicle.vin}).context["form"]
    assert form.errors["vin"] == ["Another vehicle of the fleet has this VIN."]
    form = manager_client.post(at("vehicles/new/"), {"license_plate": "B" * 21}).context["form"]
    assert len(form.errors["license_plate"]) == 1, "one thing is wrong with it, and that is said"
    assert Vehicle.objects.get() == vehicle


def test_its_form_follows_the_vehicle_model_also_without_scripts(manager_client, at):
    model = VehicleModelFactory(brand="Fiat", model="500", features=["tracking"])
    sent = {"vehicle_model": model.pk, "license_plate": "B NEW 1"}
    followed = manager_client.post(
        at("vehicles/new/follow/"), sent, headers={"HX-Trigger-Name": "vehicle_model"}
    )
    assert followed.context["form"]["brand"].value() == "Fiat"
    page = manager_client.post(at("vehicles/new/"), sent | {"follow": "vehicle_model"})
    assert (
        page.context["form"]["brand"].value(),
        page.context["form"]["license_plate"].value(),
    ) == ("Fiat", "B NEW 1")
    assert "not known" in page.content.decode()
    assert "installer decides" not in page.content.decode()
    assert not Vehicle.objects.exists()


# --- its unit -----------------------------------------------------------------------------------------------------
@pytest.fixture
def unit_act(manager_client, at, vehicle):
    return lambda act, **sent: manager_client.post(at(f"vehicles/{vehicle.pk}/unit/{act}/"), sent)


def test_a_unit_is_swapped_taken_out_and_assigned(unit_act, vehicle, fleet):
    first, second = vehicle.unit, UnitFactory(fleet=fleet)
    unit_act("swap", unit=second.pk)
    vehicle.refresh_from_db()
    assert vehicle.unit == second
    assert type(first).objects.in_stock().filter(pk=first.pk).exists()
    assert unit_act("assign", unit=first.pk).status_code == 409
    unit_act("remove")
    vehicle.refresh_from_db()
    assert vehicle.unit is None
    assert [unit_act(act).status_code for act in ("swap", "remove")] == [409, 409]
    unit_act("assign", unit=first.pk)
    vehicle.refresh_from_db()
    assert vehicle.unit == first


@pytest.mark.parametrize("act", ["swap", "remove"])
def test_an_open_job_about_a_vehicle_keeps_its_unit(
    act, unit_act, vehicle, fleet, manager, manager_client, at
):
    standing = vehicle.unit
    JobFactory(by=manager, fleet=fleet, kind=Job.Kind.MAINTENANCE, vehicle=vehicle)
    sent = {"unit": UnitFactory(fleet=fleet).pk} if act == "swap" else {}
    page = unit_act(act, **sent)
    assert "There is an open job for this vehicle" in page.content.decode()
    asked = manager_client.get(at(f"vehicles/{vehicle.pk}/unit/{act}/")).content.decode()
    assert at(f"jobs/{Job.objects.get().pk}/") in asked
    assert 'name="unit"' not in asked
    assert ">Swap</button>" not in asked
    assert ">Take it out</button>" not in asked
    vehicle.refresh_from_db()
    assert vehicle.unit == standing


def test_a_unit_that_a_job_counts_on_or_that_is_mounted_goes_into_no_other_vehicle(
    unit_act, manager_client, at, vehicle, fleet, manager
):
    planned, mounted = UnitFactory(fleet=fleet), VehicleFactory(fleet=fleet).unit
    JobFactory(by=manager, fleet=fleet, planned_unit=planned)
    for unit in (planned, mounted):
        assert "unit" in unit_act("swap", unit=unit.pk).context["form"].errors
        sent = {"license_plate": "B NEW 1", "unit": unit.pk}
        assert "unit" in manager_client.post(at("vehicles/new/"), sent).context["form"].errors
    standing = vehicle.unit
    vehicle.refresh_from_db()
    assert vehicle.unit == standing
    assert not Vehicle.objects.filter(license_plate="B NEW 1").exists()


def test_an_archived_vehicle_gets_no_unit(unit_act, vehicle, fleet):
    vehicle.archive()
    assert unit_act("assign", unit=UnitFactory(fleet=fleet).pk).status_code == 409


def test_nobody_else_creates_a_vehicle_or_changes_its_unit(outsiders, at, vehicle, fleet):
    unit, standing = UnitFactory(fleet=fleet), vehicle.unit
    for client, expected in outsiders.items():
        for path in ("new/", f"{vehicle.pk}/unit/swap/", f"{vehicle.pk}/unit/remove/"):
            assert (
                client.post(
                    at(f"vehicles/{path}"), {"license_plate": "X", "unit": unit.pk}
                ).status_code
                == expected
            )
    assert [(one.pk, one.unit) for one in Vehicle.objects.all()] == [(vehicle.pk, standing)]


def test_a_viewer_is_offered_none_of_it(viewer_client, manager_client, at, vehicle):
    for path, offered in (
        ("vehicles/", "vehicles/new/"),
        (f"vehicles/{vehicle.pk}/", "unit/swap/"),
    ):
        assert offered in manager_client.get(at(path)).content.decode()
        assert offered not in viewer_client.get(at(path)).content.decode()
