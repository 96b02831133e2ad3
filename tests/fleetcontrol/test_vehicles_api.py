"""OneAPI's vehicles over HTTP, as a machine of the fleet calls them."""

from datetime import timedelta
from itertools import count

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import ApiClient
from telematics.models import Custody, Vehicle, VehicleEvent, VehicleState
from telematics.models.vehicle_state import Device
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory, VehicleFactory, VehicleModelFactory
from tests.fleetcontrol.test_import_api import token_of

ROOT = "/api/oneapi/v1/"
VIN = "WVWZZZ1JZXW000001"


class Machine:
    """Calls OneAPI with a token; every write has a key of its own."""

    def __init__(self, token: str):
        self.api = APIClient(headers={"Authorization": f"Bearer {token}"})
        self.keys = count()

    def get(self, path, query=None):
        return self.api.get(ROOT + path, query or {})

    def __getattr__(self, method):
        def call(path, body=None, **headers):
            headers = {"Idempotency-Key": f"call-{next(self.keys)}"} | {
                name.replace("_", "-"): value for name, value in headers.items()
            }
            return getattr(self.api, method)(ROOT + path, body, format="json", headers=headers)

        return call


@pytest.fixture
def machine_of(client):
    def build(fleet, *rights):
        made = ApiClient.objects.issue(
            fleet=fleet, name=",".join(rights), scopes=list(rights), by=None
        )
        return Machine(token_of(made, client))

    return build


@pytest.fixture
def machine(machine_of, fleet):
    return machine_of(fleet, "vehicles:read", "vehicles:write")


@pytest.fixture
def vehicle(fleet):
    return VehicleFactory(fleet=fleet, license_plate="B QX 2041", vin=VIN)


def told(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


# --- read -------------------------------------------------------------------------------------------------------------
def test_a_vehicle_says_what_it_is_and_in_what_state(machine, vehicle):
    VehicleState.receive(
        vehicle.unit_id,
        {"central_lock": {"value": "locked", "timestamp": "2026-11-28T09:14:00Z"}},
        timezone.now(),
        device=Device("CloudBoxx 4", "4.2.0"),
    )
    answer = machine.get(f"vehicles/{vehicle.pk}")
    body = answer.json()
    assert answer["ETag"] == f'"{vehicle.version}"'
    assert (body["vehicle_id"], body["fleet_id"]) == (vehicle.pk, vehicle.fleet_id)
    assert (body["status"], body["life_status"]) == ("OPEN", "ONLINE")
    assert body["master_data"]["vin"] == VIN
    assert body["master_data"]["custom_name"] is None
    assert body["telematics_unit"]["firmware"] == "4.2.0"
    assert "lock-central-lock" in body["capabilities"]["commands"]
    state = machine.get(f"vehicles/{vehicle.pk}/state").json()
    assert state["central_lock"]["value"] == "locked"


@pytest.mark.parametrize(
    ("ago", "status"),
    [(timedelta(minutes=34), "ONLINE"), (timedelta(minutes=36), "SILENT"), (None, "NEVER")],
)
def test_a_vehicle_is_silent_after_35_minutes(ago, status, machine, vehicle):
    if ago:
        VehicleState.receive(vehicle.unit_id, {}, timezone.now() - ago)
    assert machine.get(f"vehicles/{vehicle.pk}").json()["life_status"] == status


def test_vehicles_of_other_fleets_are_not_found_by_any_url(machine, outside_manager, other_fleet):
    foreign = VehicleFactory(fleet=other_fleet)
    assert machine.get("vehicles").json()["results"] == []
    for part in (
        "",
        "/master-data",
        "/custom-fields",
        "/state",
        "/capabilities",
        "/telematics-unit",
    ):
        assert told(machine.get(f"vehicles/{foreign.pk}{part}")) == (404, "not_found")
    assert told(machine.patch(f"vehicles/{foreign.pk}/master-data", {"vin": ""})) == (
        404,
        "not_found",
    )
    assert told(machine.get(f"telematics-units/{foreign.unit_id}")) == (404, "not_found")


def test_units_of_other_fleets_are_not_found_by_any_url(machine, fleet, other_fleet):
    mine, foreign = UnitFactory(fleet=fleet), UnitFactory(fleet=other_fleet)
    listed = machine.get("telematics-units").json()["results"]
    assert [unit["qnr"] for unit in listed] == [mine.pk]
    assert told(machine.get(f"telematics-units/{foreign.pk}")) == (404, "not_found")


def test_a_client_without_the_right_is_told_so(machine_of, fleet, vehicle):
    reading = machine_of(fleet, "vehicles:read")
    assert reading.get(f"vehicles/{vehicle.pk}").status_code == 200
    refused = reading.patch(f"vehicles/{vehicle.pk}/master-data", {"brand": "Opel"})
    assert told(refused) == (403, "missing_permissions")
    assert told(machine_of(fleet, "jobs:read").get("vehicles")) == (403, "missing_permissions")


# --- list -------------------------------------------------------------------------------------------------------------
def ids(answer) -> list[str]:
    return [row["vehicle_id"] for row in answer.json()["results"]]


def test_pages_lead_to_every_vehicle_once_and_back(machine, fleet):
    made = [VehicleFactory(fleet=fleet, unit=None).pk for _ in range(5)]
    first = machine.get("vehicles", {"limit": 2})
    second = machine.get("vehicles", {"limit": 2, "cursor": first.json()["next"]})
    last = machine.get("vehicles", {"limit": 2, "cursor": second.json()["next"]})
    assert ids(first) + ids(second) + ids(last) == made[::-1]
    assert last.json()["next"] is None
    back = machine.get("vehicles", {"limit": 2, "cursor": last.json()["previous"]})
    assert ids(back) == ids(second)


@pytest.mark.parametrize(
    "other", [{"limit": 3}, {"limit": 2, "archived": "true"}, {"limit": 2, "tag": "x"}]
)
def test_a_cursor_belongs_to_its_filters_and_limit(other, machine, fleet):
    for _ in range(3):
        VehicleFactory(fleet=fleet, unit=None)
    cursor = machine.get("vehicles", {"limit": 2}).json()["next"]
    assert told(machine.get("vehicles", {**other, "cursor": cursor})) == (400, "invalid_cursor")


def test_a_cursor_of_another_fleet_or_none_is_refused(machine, machine_of, fleet, other_fleet):
    for _ in range(3):
        VehicleFactory(fleet=fleet, unit=None)
    cursor = machine.get("vehicles", {"limit": 2}).json()["next"]
    foreign = machine_of(other_fleet, "vehicles:read")
    assert told(foreign.get("vehicles", {"limit": 2, "cursor": cursor})) == (400, "invalid_cursor")
    assert told(machine.get("vehicles", {"cursor": "x"})) == (400, "invalid_cursor")


FILTERS = [
    ({"search": "qx 2041"}, True),
    ({"search": VIN[-6:]}, True),
    ({"search": "nobody"}, False),
    ({"operation_status": "GARAGE"}, True),
    ({"operation_status": "BROKEN"}, False),
    ({"tag": "winter"}, True),
    ({"tag": "wint"}, False),
    ({"custom_field[depot]": "Mitte"}, True),
    ({"custom_field[depot]": "Nord"}, False),
    ({"custom_field[12]": "Mitte"}, False),
    ({"has_unit": "true"}, True),
    ({"has_unit": "false"}, False),
    ({"archived": "true"}, False),
]


@pytest.mark.parametrize(("query", "found"), FILTERS)
def test_each_filter_finds_what_it_names(query, found, machine, vehicle, manager):
    edits = vehicle.edits(manager)
    edits.set_tags(["winter", "Süd"])
    edits.set_custom_fields({"depot": "Mitte"})
    edits.set_operation_status("GARAGE")
    assert ids(machine.get("vehicles", query)) == [vehicle.pk] * found


def test_vehicles_are_found_by_their_ids_units_and_models(machine, vehicle):
    for query in (
        {"search": vehicle.pk.lower()},
        {"search": vehicle.unit_id},
        {"vehicle_model_id": vehicle.vehicle_model_id},
    ):
        assert ids(machine.get("vehicles", query)) == [vehicle.pk]
    assert ids(machine.get("vehicles", {"vehicle_model_id": VehicleModelFactory().pk})) == []


def test_an_unknown_or_wrong_parameter_is_named(machine):
    wrong = machine.get(
        "vehicles", {"limit": 500, "operation_status": "GONE", "has_unit": "1", "x": "1"}
    )
    assert set(wrong.json()["errors"]) == {"limit", "operation_status", "has_unit", "x"}


def test_what_has_changed_comes_oldest_first_with_the_archived_ones(machine, fleet, manager):
    old, first, second = (VehicleFactory(fleet=fleet, unit=None) for _ in range(3))
    Vehicle.objects.filter(pk=old.pk).update(updated_at=timezone.now() - timedelta(hours=1))
    first.edits(manager).archive()
    since = timezone.now().isoformat()
    found = machine.get("vehicles", {"changed_after": since})
    assert ids(found) == [second.pk, first.pk]
    assert found.json()["next_changed_after"] == found.json()["results"][-1]["updated_at"]


# --- write ------------------------------------------------------------------------------------------------------------
def test_a_vehicle_needs_no_value(machine, fleet):
    made = machine.post("vehicles", {})
    assert made.status_code == 201
    vehicle = Vehicle.objects.get()
    assert made["Location"] == f"{ROOT.removesuffix('/')}/vehicles/{vehicle.pk}"
    assert VehicleEvent.objects.get(vehicle=vehicle).client.name == "vehicles:read,vehicles:write"


def test_a_vehicle_is_added_with_all_that_is_known(machine, fleet):
    unit, model = UnitFactory(fleet=fleet), VehicleModelFactory()
    body = {
        "telematics_unit_id": unit.pk,
        "vehicle_model_id": model.pk,
        "master_data": {"vin": VIN, "license_plate": "b qx 1", "year_of_production": 2024},
        "custom_fields": {"depot": " Mitte "},
        "tags": ["winter"],
        "operation_status": "GARAGE",
    }
    made = machine.post("vehicles", body).json()
    assert made["master_data"]["license_plate"] == "B QX 1"
    assert (made["custom_fields"], made["tags"]) == ({"depot": "Mitte"}, ["winter"])
    assert made["telematics_unit"]["qnr"] == unit.pk
    assert made["operation_status"]["value"] == "GARAGE"


def test_a_creation_that_is_repeated_adds_one_vehicle(machine):
    first = machine.post("vehicles", {"tags": ["a"]}, Idempotency_Key="one")
    again = machine.post("vehicles", {"tags": ["a"]}, Idempotency_Key="one")
    assert first.json() == again.json()
    assert Vehicle.objects.count() == 1
    without = machine.api.post(f"{ROOT}vehicles", {}, format="json")
    assert told(without) == (400, "idempotency_key_required")


def test_every_wrong_value_is_named_at_once(machine):
    body = {"master_data": {"vin": "1", "fuel_type": "WATER"}, "tags": ["t" * 51], "colour": "red"}
    errors = machine.post("vehicles", body).json()["errors"]
    assert {"master_data.vin", "master_data.fuel_type", "tags.0", "colour"} == set(errors)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"vehicle_model_id": "01JDG4M4Q2W8Z3V5T7Y9R1N6KD"}, "vehicle_model_id"),
        ({"vehicle_model_id": "golf"}, "vehicle_model_id"),
        ({"telematics_unit_id": "0123456789ABCDEF"}, "telematics_unit_id"),
    ],
)
def test_what_is_named_and_does_not_exist_is_a_400(body, field, machine):
    refused = machine.post("vehicles", body)
    assert told(refused) == (400, "referenced_resource_not_found")
    assert set(refused.json()["errors"]) == {field}


def test_a_unit_of_another_fleet_does_not_exist_and_a_mounted_one_is_not_available(
    machine, vehicle, other_fleet
):
    foreign = machine.post("vehicles", {"telematics_unit_id": UnitFactory(fleet=other_fleet).pk})
    assert told(foreign) == (400, "referenced_resource_not_found")
    mounted = machine.post("vehicles", {"telematics_unit_id": vehicle.unit_id})
    assert told(mounted) == (409, "unit_not_available")


def test_a_patch_changes_the_fields_it_names_alone(machine, vehicle):
    answer = machine.patch(
        f"vehicles/{vehicle.pk}/master-data", {"license_plate": None, "brand": "Opel"}
    )
    assert (answer.json()["license_plate"], answer.json()["brand"]) == (None, "Opel")
    assert answer.json()["vin"] == VIN
    assert answer["ETag"] == f'"{vehicle.version + 1}"'
    assert machine.get(f"vehicles/{vehicle.pk}/master-data").json() == answer.json()


def test_two_writers_of_one_vehicle_get_a_conflict_and_lose_nothing(machine, vehicle):
    read = machine.get(f"vehicles/{vehicle.pk}")["ETag"]
    path = f"vehicles/{vehicle.pk}/master-data"
    assert machine.patch(path, {"brand": "Opel"}, If_Match=read).status_code == 200
    assert told(machine.patch(path, {"brand": "Audi"}, If_Match=read)) == (412, "stale")
    assert told(machine.patch(path, {"brand": "Audi"}, If_Match="W/nothing")) == (412, "stale")
    assert machine.patch(path, {"brand": "Audi"}, If_Match="*").status_code == 200


def test_the_etag_of_a_compressed_answer_is_good_for_a_write(machine, vehicle):
    path = f"vehicles/{vehicle.pk}"
    answer = machine.api.get(ROOT + path, headers={"Accept-Encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"

    change = machine.patch(f"{path}/master-data", {"brand": "Opel"}, If_Match=answer["ETag"])

    assert change.status_code == 200
    again = machine.patch(f"{path}/master-data", {"brand": "Audi"}, If_Match=answer["ETag"])
    assert told(again) == (412, "stale")


def test_the_vin_of_another_vehicle_is_refused(machine, vehicle, fleet):
    other = VehicleFactory(fleet=fleet)
    refused = machine.patch(f"vehicles/{other.pk}/master-data", {"vin": VIN})
    assert told(refused) == (409, "vin_in_fleet")


def test_custom_fields_tags_and_status_are_changed(machine, vehicle):
    path = f"vehicles/{vehicle.pk}"
    assert machine.patch(f"{path}/custom-fields", {"depot": "Mitte"}).json() == {"depot": "Mitte"}
    assert machine.patch(f"{path}/custom-fields", {"keys": "2", "depot": None}).json() == {
        "keys": "2"
    }
    assert machine.put(f"{path}/custom-fields", {"a": "b"}).json() == {"a": "b"}
    assert machine.put(f"{path}/tags", {"tags": ["a", "b"]}).json()["tags"] == ["a", "b"]
    assert machine.patch(f"{path}/tags", {"add": ["c"], "remove": ["a"]}).json()["tags"] == [
        "b",
        "c",
    ]
    body = {"operation_status": "BROKEN", "remark": "Gearbox"}
    status = machine.put(f"{path}/operation-status", body).json()
    assert (status["value"], status["remark"]) == ("BROKEN", "Gearbox")
    assert status["changed_at"]


@pytest.mark.parametrize("body", [[], "x", {"depot": 5}, {"n" * 51: "x"}])
def test_custom_fields_that_are_none_are_named(body, machine, vehicle):
    refused = machine.patch(f"vehicles/{vehicle.pk}/custom-fields", body)
    assert told(refused) == (400, "invalid")
    vehicle.refresh_from_db()
    assert vehicle.custom_fields == {}


def test_the_vehicle_model_is_set_and_cleared(machine, vehicle):
    model = VehicleModelFactory()
    path = f"vehicles/{vehicle.pk}/vehicle-model"
    assert (
        machine.put(path, {"vehicle_model_id": model.pk}).json()["vehicle_model"]["id"] == model.pk
    )
    assert machine.put(path, {"vehicle_model_id": None}).json()["vehicle_model"] is None


# --- units and models -------------------------------------------------------------------------------------------------
def test_a_unit_is_assigned_swapped_and_taken_out(machine, vehicle, fleet):
    path, before, new = (
        f"vehicles/{vehicle.pk}/telematics-unit",
        vehicle.unit_id,
        UnitFactory(fleet=fleet),
    )
    assert machine.get(path).json()["qnr"] == before
    swapped = machine.put(path, {"telematics_unit_id": new.pk}).json()
    assert (swapped["qnr"], swapped["attached_at"][-1]) == (new.pk, "Z")
    assert machine.get(f"telematics-units/{before}").json()["in_stock"] is True
    assert machine.delete(path).status_code == 204
    assert told(machine.get(path)) == (404, "not_found")
    stock = machine.get("telematics-units", {"in_stock": "true"}).json()["results"]
    assert {row["qnr"] for row in stock} == {before, new.pk}


def test_while_an_open_job_is_about_the_vehicle_its_unit_stays(machine, vehicle, manager):
    JobFactory(by=manager, fleet=vehicle.fleet, kind="MAINTENANCE", vehicle=vehicle)
    assert told(machine.delete(f"vehicles/{vehicle.pk}/telematics-unit")) == (409, "vehicle_in_use")


def test_models_are_listed_and_searched(machine):
    golf = VehicleModelFactory(brand="Volkswagen", model="Golf")
    VehicleModelFactory(brand="Opel", model="Corsa")
    found = machine.get("vehicle-models", {"search": "golf"}).json()["results"]
    assert [row["id"] for row in found] == [golf.pk]
    assert machine.get(f"vehicle-models/{golf.pk}").json()["brand"] == "Volkswagen"


# --- archive and restore ----------------------------------------------------------------------------------------------
def test_a_vehicle_is_archived_and_restored_without_its_unit(machine, vehicle):
    assert machine.delete(f"vehicles/{vehicle.pk}").status_code == 204
    archived = machine.get(f"vehicles/{vehicle.pk}").json()
    assert (archived["status"], archived["telematics_unit"]) == ("ARCHIVED", None)
    refused = machine.patch(f"vehicles/{vehicle.pk}/master-data", {"brand": "Opel"})
    assert told(refused) == (409, "vehicle_archived")
    assert ids(machine.get("vehicles", {"archived": "true"})) == [vehicle.pk]
    assert machine.post(f"vehicles/{vehicle.pk}/restore").json()["status"] == "OPEN"


def test_a_vehicle_with_a_running_job_is_not_archived(machine, vehicle, running_job):
    type(running_job).objects.filter(pk=running_job.pk).update(vehicle=vehicle)
    assert told(machine.delete(f"vehicles/{vehicle.pk}")) == (409, "vehicle_in_use")
    assert Vehicle.objects.live().filter(pk=vehicle.pk).exists()


def test_a_revoked_client_reads_nothing_at_its_next_call(machine, vehicle, fleet_admin):
    ApiClient.objects.get().revoke(by=fleet_admin)
    assert machine.get("vehicles").status_code == 401


def test_a_unit_says_which_company_holds_it(machine, fleet, unit, partnership, manager):
    assert machine.get(f"telematics-units/{unit.pk}").json()["held_by"] is None
    custody = Custody.objects.hand_over(unit.pk, partnership.company, fleet=fleet, by=manager)
    holder = machine.get(f"telematics-units/{unit.pk}").json()["held_by"]
    assert (holder["partner_id"], holder["name"]) == (custody.company_id, "QuickInstall")
    (listed,) = machine.get("telematics-units", {"in_stock": "true"}).json()["results"]
    assert listed["held_by"] == holder


def test_the_stock_is_the_same_on_the_page_of_units(
    machine, fleet, manager, manager_client, partnership
):
    held, planned, retired, free = UnitFactory.create_batch(4, fleet=fleet)
    mounted = VehicleFactory(fleet=fleet).unit
    Custody.objects.hand_over(held.pk, partnership.company, fleet=fleet, by=manager)
    JobFactory(by=manager, fleet=fleet, planned_unit=planned)
    retired.retire(by=manager)
    page = f"/fleetcontrol/{fleet.pk}/units/"
    for in_stock, tab in (("true", "IN_STOCK"), ("false", "MOUNTED")):
        listed = machine.get("telematics-units", {"in_stock": in_stock}).json()["results"]
        lines = manager_client.get(page, {"status": tab}).context["table"].lines
        assert [row["qnr"] for row in listed] == [line.id for line in lines]
    for search in (free.pk[4:12], f"{mounted.pk[:4]}-{mounted.pk[4:8].lower()}"):
        found = machine.get("telematics-units", {"search": search}).json()["results"]
        units = [
            line.id
            for tab in ("IN_STOCK", "MOUNTED", "RETIRED")
            for line in manager_client.get(page, {"status": tab, "search": search})
            .context["table"]
            .lines
        ]
        assert sorted(row["qnr"] for row in found) == sorted(units)
