"""Two who change the same vehicle in the same moment: a conflict for one of them, and nothing is lost in silence."""

import time
from itertools import pairwise

import pytest
from django.test import Client

from telematics.models import Unit, Vehicle, VehicleEvent
from tests.factories.telematics import UnitFactory, VehicleFactory
from tests.fleetcontrol.test_vehicles_api import (  # noqa: F401 - fixtures
    VIN,
    Machine,
    machine,
    machine_of,
    told,
)
from tests.threads import race

pytestmark = [pytest.mark.pg, pytest.mark.django_db(transaction=True)]

STALE = "This has changed in the meantime."
# How much later than the first one the second one begins, in seconds.
STAGGERED = (0, 0.003, 0.01, 0.03)


@pytest.fixture
def call(machine):  # noqa: F811
    """`call("patch", path, body)`: by a copy of the machine, for a thread of its own."""

    def send(method, path, body=None, **headers):
        twin = Machine("")
        twin.api.defaults = machine.api.defaults
        twin.keys = machine.keys
        return getattr(twin, method)(path, body, **headers)

    return send


@pytest.fixture
def desk(manager):
    """A form as somebody at the desk has it open: `desk(vehicle, "edit/data")` sends it with what they type."""

    def opened(vehicle, path):
        browser = Client()
        browser.force_login(manager)
        url = f"/fleetcontrol/{vehicle.fleet_id}/vehicles/{vehicle.pk}/{path}/"
        form = browser.get(url).context["form"]
        shown = {name: form[name].value() for name in form.fields if name != "custom_fields"}
        shown = {name: value for name, value in shown.items() if value is not None}
        return lambda **typed: browser.post(url, shown | typed)

    return opened


def now(vehicle):
    return Vehicle.objects.get(pk=vehicle.pk)


def later(seconds, action):
    def run():
        time.sleep(seconds)
        return action()

    return run


def check_history(vehicle) -> None:
    """Each change has its own version and is recorded."""
    numbers = list(VehicleEvent.objects.filter(vehicle=vehicle).values_list("seq", flat=True))
    assert all(after == before + 1 for before, after in pairwise(numbers))
    assert not numbers or numbers[-1] == now(vehicle).version


@pytest.mark.parametrize("delay", STAGGERED)
def test_of_a_machine_and_the_desk_that_read_the_same_version_one_gets_a_conflict(
    delay, call, desk, fleet
):
    vehicle = VehicleFactory(fleet=fleet, license_plate="B QX 2041", brand="Audi")
    save, tag = desk(vehicle, "edit/data"), f'"{vehicle.version}"'
    path = f"vehicles/{vehicle.pk}/master-data"

    by_machine, by_desk = race(
        lambda: call("patch", path, {"brand": "Opel"}, If_Match=tag),
        later(delay, lambda: save(license_plate="M EV 77")),
    )

    after = now(vehicle)
    assert after.version == vehicle.version + 1
    if by_machine.status_code == 200:
        assert by_desk.status_code == 200
        assert STALE in by_desk.content.decode()
        assert "M EV 77" in by_desk.content.decode()
        assert (after.brand, after.license_plate) == ("Opel", "B QX 2041")
    else:
        assert told(by_machine) == (412, "stale")
        assert by_desk.status_code == 302
        assert (after.brand, after.license_plate) == ("Audi", "M EV 77")
    check_history(vehicle)


@pytest.mark.parametrize("delay", STAGGERED)
def test_a_machine_that_read_nothing_changes_its_field_alone(delay, call, desk, fleet):
    vehicle = VehicleFactory(fleet=fleet, license_plate="B QX 2041", brand="Audi")
    save = desk(vehicle, "edit/data")

    by_machine, by_desk = race(
        lambda: call("patch", f"vehicles/{vehicle.pk}/master-data", {"brand": "Opel"}),
        later(delay, lambda: save(license_plate="M EV 77")),
    )

    assert by_machine.status_code == 200
    after = now(vehicle)
    assert after.brand == "Opel"
    if by_desk.status_code == 302:
        assert after.license_plate == "M EV 77"
    else:
        assert STALE in by_desk.content.decode()
        assert after.license_plate == "B QX 2041"
    check_history(vehicle)


@pytest.mark.parametrize("delay", STAGGERED)
def test_a_change_of_many_and_one_of_a_vehicle_among_them_are_both_kept(delay, call, fleet):
    cars = [VehicleFactory(fleet=fleet, custom_fields={"depot": "Mitte"}) for _ in range(5)]
    ids = [car.pk for car in cars]

    many, one = race(
        lambda: call("patch", "vehicles/custom-fields", {"vehicle_ids": ids, "set": {"a": "1"}}),
        later(
            delay, lambda: call("patch", f"vehicles/{cars[2].pk}/custom-fields", {"depot": "Ost"})
        ),
    )

    assert (many.status_code, one.status_code) == (200, 200)
    assert many.json() == {"changed": 5, "unchanged": 0}
    assert now(cars[2]).custom_fields == {"a": "1", "depot": "Ost"}
    assert now(cars[3]).custom_fields == {"a": "1", "depot": "Mitte"}
    for car in cars:
        check_history(car)


@pytest.mark.parametrize("delay", STAGGERED)
def test_who_replaces_all_custom_fields_of_a_version_loses_none_of_a_change_of_many(
    delay, call, fleet
):
    vehicle = VehicleFactory(fleet=fleet, custom_fields={"depot": "Mitte"})
    body = {"vehicle_ids": [vehicle.pk], "set": {"a": "1"}}
    tag = f'"{vehicle.version}"'

    many, replaced = race(
        lambda: call("patch", "vehicles/custom-fields", body),
        later(
            delay,
            lambda: call(
                "put", f"vehicles/{vehicle.pk}/custom-fields", {"depot": "Ost"}, If_Match=tag
            ),
        ),
    )

    assert many.status_code == 200
    if replaced.status_code == 200:
        assert now(vehicle).custom_fields == {"a": "1", "depot": "Ost"}
    else:
        assert told(replaced) == (412, "stale")
        assert now(vehicle).custom_fields == {"a": "1", "depot": "Mitte"}
    check_history(vehicle)


def test_changes_of_the_same_many_in_other_orders_wait_for_each_other(call, fleet):
    ids = [VehicleFactory(fleet=fleet).pk for _ in range(20)]
    orders = [ids, ids[::-1], ids[10:] + ids[:10], ids[::2] + ids[1::2]]

    answers = race(
        *[
            lambda number=number, order=order: call(
                "patch",
                "vehicles/custom-fields",
                {"vehicle_ids": order, "set": {f"field {number}": "x"}},
            )
            for number, order in enumerate(orders)
        ]
    )

    assert [answer.status_code for answer in answers] == [200] * 4
    fields = {f"field {number}": "x" for number in range(4)}
    assert all(car.custom_fields == fields for car in Vehicle.objects.filter(pk__in=ids))


@pytest.mark.parametrize("delay", STAGGERED)
def test_a_change_of_many_meets_the_archiving_of_one_of_them(delay, call, fleet):
    kept, archived = VehicleFactory(fleet=fleet), VehicleFactory(fleet=fleet)
    body = {"vehicle_ids": [kept.pk, archived.pk], "set": {"a": "1"}}

    many, gone = race(
        lambda: call("patch", "vehicles/custom-fields", body),
        later(delay, lambda: call("delete", f"vehicles/{archived.pk}")),
    )

    assert gone.status_code == 204
    assert now(archived).archived_at is not None
    if many.status_code == 200:
        assert now(archived).custom_fields == now(kept).custom_fields == {"a": "1"}
    else:
        assert archived.pk in str(many.json()["errors"]["vehicle_ids"])
        assert now(archived).custom_fields == now(kept).custom_fields == {}


def test_tags_that_several_add_at_once_are_all_there(call, fleet):
    vehicle = VehicleFactory(fleet=fleet, tags=["winter"])
    path = f"vehicles/{vehicle.pk}/tags"

    answers = race(
        *[lambda tag=tag: call("patch", path, {"add": [tag]}) for tag in "abcd"],
        lambda: call("patch", path, {"remove": ["winter"]}),
    )

    assert [answer.status_code for answer in answers] == [200] * 5
    assert now(vehicle).tags == ["a", "b", "c", "d"]
    check_history(vehicle)


def test_one_vin_is_added_once(call, fleet):
    body = {"master_data": {"vin": VIN}}

    answers = race(
        *[lambda: call("post", "vehicles", body) for _ in range(3)],
        *[lambda: call("post", "vehicles/bulk", {"vehicles": [body, {}]}) for _ in range(3)],
    )

    codes = sorted(answer.status_code for answer in answers)
    assert codes[0] == 201
    assert set(codes[1:]) <= {400, 409}
    assert Vehicle.objects.filter(fleet=fleet, vin=VIN).count() == 1


def test_a_vehicle_is_restored_or_its_vin_is_given_to_another(call, fleet, manager):
    for delay in STAGGERED:
        vehicle = VehicleFactory(fleet=fleet, unit=None, vin=VIN)
        vehicle.edits(manager).archive()

        restored, added = race(
            lambda vehicle=vehicle: call("post", f"vehicles/{vehicle.pk}/restore"),
            later(delay, lambda: call("post", "vehicles", {"master_data": {"vin": VIN}})),
        )

        assert sorted((restored.status_code, added.status_code)) in ([200, 409], [201, 409])
        live = Vehicle.objects.live().get(fleet=fleet, vin=VIN)
        live.edits(manager).archive()


def test_one_unit_of_the_stock_goes_into_one_of_two_vehicles(call, fleet):
    cars = [VehicleFactory(fleet=fleet) for _ in range(2)]
    before = {car.pk: car.unit_id for car in cars}
    unit = UnitFactory(fleet=fleet)

    answers = race(
        *[
            lambda car=car: call(
                "put", f"vehicles/{car.pk}/telematics-unit", {"telematics_unit_id": unit.pk}
            )
            for car in cars
        ]
    )

    assert sorted(map(told_code, answers)) == [(200, ""), (409, "unit_not_available")]
    loser = next(
        car for car, answer in zip(cars, answers, strict=True) if answer.status_code == 409
    )
    assert now(loser).unit_id == before[loser.pk]
    assert Unit.objects.in_stock().filter(fleet=fleet).count() == 1


def test_one_key_sent_twice_at_once_adds_one_vehicle(call, fleet):
    body = {"master_data": {"license_plate": "B QX 1"}}

    answers = race(
        *[lambda: call("post", "vehicles", body, Idempotency_Key="once") for _ in range(6)]
    )

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["vehicle_id"] for answer in answers}) == 1
    assert Vehicle.objects.filter(fleet=fleet, license_plate="B QX 1").count() == 1


def told_code(answer) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")
