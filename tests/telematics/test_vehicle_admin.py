"""Operators add and correct vehicles with a reason, by the methods that fleets use."""

import pytest
from django.urls import reverse

from accounts.models import OperatorAction
from telematics.models import Vehicle, VehicleEvent
from tests.factories.telematics import UnitFactory, VehicleFactory

LIST = "admin:telematics_vehicle_changelist"


@pytest.fixture
def vehicle(fleet, vehicle_model):
    return VehicleFactory(
        fleet=fleet, vehicle_model=vehicle_model, custom_fields={"Depot": "Mitte"}, tags=["old"]
    )


@pytest.fixture
def correct(operator_client, vehicle):
    """Send the form of the vehicle with these values changed."""
    url = reverse("admin:telematics_vehicle_change", args=[vehicle.pk])
    form = operator_client.get(url).context["adminform"].form
    shown = {name: form[name].value() for name in form.fields}
    begun = {name: value for name, value in shown.items() if value is not None}

    def send(**changed):
        return operator_client.post(url, begun | changed)

    return send


def test_an_operator_adds_a_vehicle_with_a_unit_and_a_reason(
    operator_client, operator, fleet, vehicle_model
):
    unit = UnitFactory(fleet=fleet)
    sent = {"fleet": fleet.pk, "license_plate": "b new 1", "vehicle_model": vehicle_model.pk}
    sent |= {"qnr": unit.pk, "tag_lines": "b\na", "custom_field_lines": "Depot: Mitte: Nord"}
    sent |= {"operation_status": "OPERATING", "tracking": "True"}
    url = reverse("admin:telematics_vehicle_add")
    refused = operator_client.post(url, sent)
    assert set(refused.context["adminform"].form.errors) == {"reason"}
    assert not Vehicle.objects.exists()
    answer = operator_client.post(url, sent | {"reason": "Bought"})
    assert answer.status_code == 302
    made = Vehicle.objects.get()
    assert (made.license_plate, made.unit, made.tags) == ("B NEW 1", unit, ["a", "b"])
    assert (made.custom_fields, made.tracking) == ({"Depot": "Mitte: Nord"}, True)
    event = VehicleEvent.objects.get()
    assert (event.verb, event.actor, event.channel) == ("create", operator, "admin")
    assert event.reason == "Bought"
    assert OperatorAction.objects.get(fleet=fleet).reason == "Bought"


def test_a_correction_is_recorded_with_its_reason_and_read_by_the_fleet(
    correct, vehicle, operator, fleet
):
    sent = {"license_plate": "B RIGHT 1", "custom_field_lines": "Depot: Nord", "tag_lines": "new"}
    answer = correct(**sent, operation_status="GARAGE", reason="Typing error")
    assert answer.status_code == 302
    vehicle.refresh_from_db()
    assert (vehicle.license_plate, vehicle.tags) == ("B RIGHT 1", ["new"])
    assert (vehicle.custom_fields, vehicle.operation_status) == ({"Depot": "Nord"}, "GARAGE")
    events = VehicleEvent.objects.filter(vehicle=vehicle).order_by("seq")
    verbs = ["edit", "set_custom_fields", "set_tags", "set_operation_status"]
    assert [event.verb for event in events] == verbs
    assert {(event.reason, event.actor) for event in events} == {("Typing error", operator)}
    assert OperatorAction.objects.get(fleet=fleet).reason == "Typing error"


def test_a_correction_overwrites_nothing_that_was_saved_since(correct, vehicle, manager):
    vehicle.edits(manager).set_master_data(license_plate="B FIRST 1")
    answer = correct(license_plate="B SECOND 2", reason="Late")
    assert "changed in the meantime" in answer.content.decode()
    vehicle.refresh_from_db()
    assert vehicle.license_plate == "B FIRST 1"


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"vin": "short"}, "vin"),
        ({"vin": "WVWZZZ1KZAW000002"}, "vin"),
        ({"custom_field_lines": "no colon"}, "custom_field_lines"),
        ({"custom_field_lines": "x" * 51 + ": 1"}, "custom_field_lines"),
        ({"tag_lines": "x" * 51}, "tag_lines"),
        ({"installation_variant": "OBD2"}, "installation_variant"),
        ({"expected": ""}, "expected"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_written(
    sent, field, correct, vehicle, fleet
):
    VehicleFactory(fleet=fleet, vin="WVWZZZ1KZAW000002")
    answer = correct(**({"tag_lines": "new", "reason": "Wrong"} | sent))
    form = answer.context["adminform"].form
    assert field in form.errors
    vehicle.refresh_from_db()
    assert (vehicle.tags, vehicle.version) == (["old"], 1)


def test_vehicles_are_archived_and_restored_with_a_reason(operator_client, vehicle, fleet):
    def act(action, reason):
        chosen = {"action": action, "_selected_action": [vehicle.pk], "reason": reason}
        operator_client.post(reverse(LIST), chosen, follow=True)
        vehicle.refresh_from_db()

    act("archive", "")
    assert vehicle.archived_at is None
    act("archive", "Sold")
    assert vehicle.archived_at is not None
    page = operator_client.get(reverse("admin:telematics_vehicle_change", args=[vehicle.pk]))
    assert page.status_code == 200
    assert 'name="license_plate"' not in page.content.decode()
    act("restore", "Not sold")
    assert vehicle.archived_at is None
    reasons = VehicleEvent.objects.order_by("seq").values_list("verb", "reason")
    assert list(reasons) == [("archive", "Sold"), ("restore", "Not sold")]
    assert OperatorAction.objects.filter(fleet=fleet).count() == 2
