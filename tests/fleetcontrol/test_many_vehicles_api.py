"""Many vehicles in one request over OneAPI: all or nothing, every error at its row, a fixed number of statements."""

import pytest

from accounts.models import ApiClient
from core.models import AnsweredRequest
from telematics.models import Vehicle, VehicleEvent
from tests.factories.telematics import UnitFactory, VehicleFactory
from tests.fleetcontrol.test_vehicles_api import machine, machine_of, told  # noqa: F401 - fixtures

VINS = ["WVWZZZ1JZXW000001", "WVWZZZ1JZXW000002"]


def add(machine, *rows, **headers):  # noqa: F811
    return machine.post("vehicles/bulk", {"vehicles": list(rows)}, **headers)


def change(machine, vehicles, **body):  # noqa: F811
    ids = [getattr(vehicle, "pk", vehicle) for vehicle in vehicles]
    return machine.patch("vehicles/custom-fields", {"vehicle_ids": ids, **body})


def errors_of(answer) -> dict:
    assert answer.status_code == 400, answer.content
    return answer.json()["errors"]


# --- adding -----------------------------------------------------------------------------------------------------------
def test_many_vehicles_are_added_in_the_order_of_their_rows(machine, fleet, vehicle_model):  # noqa: F811
    unit = UnitFactory(fleet=fleet)
    answer = add(
        machine,
        {"master_data": {"vin": "wvw zzz1jzxw-000001"}, "telematics_unit_id": unit.pk},
        {},
        {"vehicle_model_id": vehicle_model.pk, "custom_fields": {"depot": "Mitte"}, "tags": ["a"]},
    )
    assert answer.status_code == 201
    first, second, third = answer.json()["vehicles"]
    assert first["master_data"]["vin"] == VINS[0]
    assert first["telematics_unit"]["qnr"] == unit.pk
    assert first["telematics_unit"]["attached_at"] is not None
    assert second["master_data"]["vin"] is None
    assert third["vehicle_model"]["id"] == vehicle_model.pk
    assert (third["custom_fields"], third["tags"]) == ({"depot": "Mitte"}, ["a"])
    found = machine.get("vehicles", {"search": VINS[0][-6:]}).json()["results"]
    assert [row["vehicle_id"] for row in found] == [first["vehicle_id"]]
    events = VehicleEvent.objects.filter(vehicle__fleet=fleet)
    assert {(event.verb, event.seq, event.client) for event in events} == {
        ("create", 1, ApiClient.objects.get())
    }


def test_the_errors_of_every_row_come_at_once_and_nothing_is_written(machine, fleet, other_fleet):  # noqa: F811
    VehicleFactory(fleet=fleet, vin=VINS[0])
    mounted = VehicleFactory(fleet=fleet).unit_id
    free = UnitFactory(fleet=fleet).pk
    before = Vehicle.objects.count()
    answer = add(
        machine,
        {"master_data": {"vin": "WRONG", "fuel_type": "WATER"}},
        {"master_data": {"vin": VINS[0]}},
        {"master_data": {"vin": VINS[1]}, "telematics_unit_id": free},
        {"master_data": {"vin": VINS[1]}, "telematics_unit_id": free},
        {"telematics_unit_id": mounted, "colour": "blue"},
        {"telematics_unit_id": mounted},
        {"telematics_unit_id": UnitFactory(fleet=other_fleet).pk},
        {"vehicle_model_id": "01J0000000000000000000000N"},
        {"custom_fields": {"x": "y" * 501}},
        "no object",
    )
    assert set(errors_of(answer)) == {
        "vehicles.0.vin",
        "vehicles.0.fuel_type",
        "vehicles.1.vin",
        "vehicles.3.vin",
        "vehicles.3.telematics_unit_id",
        "vehicles.4.colour",
        "vehicles.5.telematics_unit_id",
        "vehicles.6.telematics_unit_id",
        "vehicles.7.vehicle_model_id",
        "vehicles.8.custom_fields.x",
        "vehicles.9.non_field_errors",
    }
    assert Vehicle.objects.count() == before


def test_a_unit_of_another_fleet_reads_like_one_that_does_not_exist(machine, other_fleet):  # noqa: F811
    answer = add(
        machine,
        {"telematics_unit_id": UnitFactory(fleet=other_fleet).pk},
        {"telematics_unit_id": "00000000000000FF"},
    )
    foreign, unknown = errors_of(answer).values()
    assert foreign == unknown == ["The fleet has no unit with this QNR."]


def test_a_repeat_gets_the_same_vehicles(machine):  # noqa: F811
    first, again = (add(machine, {}, {}, Idempotency_Key="once") for _ in range(2))
    assert first.json() == again.json()
    assert Vehicle.objects.count() == 2
    assert len(AnsweredRequest.objects.get().object_ids) == 2


@pytest.mark.parametrize("number", [0, 101])
def test_a_request_has_from_one_to_a_hundred_rows(number, machine):  # noqa: F811
    assert set(errors_of(add(machine, *[{}] * number))) == {"vehicles"}


@pytest.mark.parametrize("number", [0, 1001])
def test_a_change_has_from_one_to_a_thousand_vehicles(number, machine, fleet):  # noqa: F811
    vehicle = VehicleFactory(fleet=fleet)
    body = {"vehicle_ids": [vehicle.pk] * number, "set": {"a": "1"}}
    answer = machine.patch("vehicles/custom-fields", body)
    assert told(answer) == (400, "invalid")
    assert set(answer.json()["errors"]) == {"vehicle_ids"}
    vehicle.refresh_from_db()
    assert vehicle.custom_fields == {}


@pytest.mark.pg  # SQLite takes fewer parameters in a statement
def test_a_hundred_rows_cost_the_statements_of_two(machine, fleet, statements):  # noqa: F811
    units = [UnitFactory(fleet=fleet).pk for _ in range(102)]

    def rows(some):
        return [{"telematics_unit_id": qnr, "tags": ["a"]} for qnr in some]

    few = statements(lambda: add(machine, *rows(units[:2])))
    many = statements(lambda: add(machine, *rows(units[2:])))
    assert Vehicle.objects.filter(unit__isnull=False).count() == 102
    assert many <= few


# --- custom fields ----------------------------------------------------------------------------------------------------
def test_custom_fields_of_many_vehicles_are_set_and_removed(machine, fleet):  # noqa: F811
    same = VehicleFactory(fleet=fleet, custom_fields={"depot": "Mitte"})
    other = VehicleFactory(fleet=fleet, custom_fields={"depot": "Nord", "colour": "blue", "x": "1"})
    answer = change(machine, [same, other], set={"depot": " Mitte "}, remove=["colour"])
    assert (answer.status_code, answer.json()) == (200, {"changed": 1, "unchanged": 1})
    for vehicle in (same, other):
        vehicle.refresh_from_db()
    assert (same.custom_fields, same.version) == ({"depot": "Mitte"}, 1)
    assert (other.custom_fields, other.version) == ({"depot": "Mitte", "x": "1"}, 2)
    event = VehicleEvent.objects.get()
    assert (event.vehicle, event.verb, event.seq) == (other, "set_custom_fields", 2)
    changed = machine.get("vehicles", {"changed_after": other.updated_at.isoformat()}).json()
    assert other.pk in [row["vehicle_id"] for row in changed["results"]]


def test_unknown_and_foreign_ids_are_named_and_nothing_is_written(machine, fleet, other_fleet):  # noqa: F811
    mine, foreign = VehicleFactory(fleet=fleet), VehicleFactory(fleet=other_fleet)
    answer = change(machine, [mine, foreign, "NXNE1"], set={"depot": "Mitte"})
    assert told(answer) == (400, "referenced_resource_not_found")
    (text,) = answer.json()["errors"]["vehicle_ids"]
    assert foreign.pk in text
    assert "NXNE1" in text
    assert mine.pk not in text
    mine.refresh_from_db()
    assert (mine.custom_fields, mine.version) == ({}, 1)


def test_archived_vehicles_and_too_many_fields_are_named(machine, fleet):  # noqa: F811
    archived = VehicleFactory(fleet=fleet, unit=None)
    archived.archive()
    assert archived.pk in errors_of(change(machine, [archived], set={"a": "1"}))["vehicle_ids"][0]
    full = VehicleFactory(fleet=fleet, custom_fields={f"f{n}": "1" for n in range(50)})
    assert full.pk in errors_of(change(machine, [full], set={"a": "1"}))["vehicle_ids"][0]
    assert change(machine, [full], set={"a": "1"}, remove=["f1"]).status_code == 200


def test_wrong_names_and_values_are_named(machine, fleet):  # noqa: F811
    vehicle = VehicleFactory(fleet=fleet)
    wrong = change(machine, [vehicle], set={"a": 1, "b": "x" * 501}, remove=["y" * 51])
    assert set(errors_of(wrong)) == {"set.a", "set.b", "remove.0"}
    assert set(errors_of(change(machine, [vehicle], set={"n" * 51: "1"}))) == {"set." + "n" * 51}
    assert set(errors_of(change(machine, [], set={"a": "1"}))) == {"vehicle_ids"}


def test_a_repeat_of_a_change_gets_the_same_numbers(machine, fleet):  # noqa: F811
    vehicle = VehicleFactory(fleet=fleet)
    body = {"vehicle_ids": [vehicle.pk], "set": {"a": "1"}}
    answers = [
        machine.patch("vehicles/custom-fields", body, Idempotency_Key="once").json()
        for _ in range(2)
    ]
    assert answers == [{"changed": 1, "unchanged": 0}] * 2


def test_many_vehicles_cost_the_statements_of_two(machine, fleet, statements):  # noqa: F811
    vehicles = [VehicleFactory(fleet=fleet, unit=None) for _ in range(60)]
    few = statements(lambda: change(machine, vehicles[:2], set={"a": "1"}))
    many = statements(lambda: change(machine, vehicles[2:], set={"a": "1"}))
    assert many <= few
    assert Vehicle.objects.filter(custom_fields__a="1", version=2).count() == 60


def test_a_client_without_the_right_changes_nothing(machine_of, fleet):  # noqa: F811
    reading = machine_of(fleet, "vehicles:read", "commands:write")
    assert told(add(reading, {})) == (403, "missing_permissions")
    refused = change(reading, [VehicleFactory(fleet=fleet)], set={"a": "1"})
    assert told(refused) == (403, "missing_permissions")
