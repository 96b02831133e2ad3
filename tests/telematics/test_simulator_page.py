"""/simulator/<qnr>/: hands and faults in demo mode, nothing otherwise."""

import pytest
from django.urls import reverse

from accounts.models import User
from telematics.gateway import get_gateway
from telematics.simulator.models import SimulatedUnit
from tests.factories.accounts import FleetMembershipFactory, UserFactory
from tests.factories.telematics import UnitFactory


@pytest.fixture
def demo(settings):
    settings.DEMO = True


def page(qnr):
    return reverse("simulator:unit", args=[qnr])


@pytest.mark.parametrize("method", ["get", "post"])
def test_there_is_no_such_page_outside_demo_mode(client, bench, settings, method):
    settings.DEMO = False
    assert getattr(client, method)(page(bench.qnr)).status_code == 404


@pytest.fixture
def driver(client, bench, demo):
    """A demo login of the unit's fleet, signed in."""
    person = UserFactory(is_demo=True)
    FleetMembershipFactory(fleet=bench.vehicle.fleet, user=person, role="VIEWER")
    client.force_login(person)
    return person


def test_a_visitor_who_is_not_signed_in_moves_no_unit(client, bench, demo):
    for method in (client.get, client.post):
        assert "/accounts/login/" in method(page(bench.qnr), {"action": "ignition-on"}).url
    assert get_gateway().read_state(bench.qnr).value("ignition") is False


def test_a_login_that_is_not_of_the_demo_world_opens_no_page(client, bench, demo, driver):
    assert client.get(page(bench.qnr)).status_code == 200
    User.objects.update(is_demo=False)
    assert client.get(page(bench.qnr)).status_code == 404


@pytest.mark.parametrize("who", ["outside_manager", "outside_installer", "colleague", "operator"])
def test_a_demo_login_of_another_tenant_does_not_find_the_unit(
    request, client, linked_job, demo, who
):
    """Also a colleague of the installer, who could withdraw the job and take it."""
    person = request.getfixturevalue(who)
    User.objects.filter(pk=person.pk).update(is_demo=True)
    client.force_login(person)

    assert client.get(page(linked_job.unit_id)).status_code == 404
    assert client.post(page(linked_job.unit_id), {"action": "lock"}).status_code == 404


@pytest.mark.parametrize("who", ["viewer", "manager", "installer"])
def test_a_demo_login_of_the_fleet_or_with_a_job_on_the_unit_opens_its_page(
    request, client, linked_job, demo, who
):
    person = request.getfixturevalue(who)
    User.objects.filter(pk=person.pk).update(is_demo=True)
    client.force_login(person)

    assert client.get(page(linked_job.unit_id)).status_code == 200


def test_the_page_closes_with_the_job(client, linked_job, installer, demo):
    User.objects.filter(pk=installer.pk).update(is_demo=True)
    client.force_login(installer)
    linked_job.withdraw(by=installer)

    assert client.get(page(linked_job.unit_id)).status_code == 404


def test_an_unknown_unit_is_not_found(client, driver):
    assert client.get(page("F" * 16)).status_code == 404


def test_it_shows_what_the_unit_says_and_what_a_person_sees(client, bench, driver):
    shown = client.get(page(bench.qnr)).content.decode()
    assert "board_voltage" in shown
    assert "The engine would start now" in shown


def test_a_unit_that_was_never_called_has_a_page_too(client, bench, driver):
    unit = UnitFactory(fleet=bench.vehicle.fleet)
    assert "not configured" in client.get(page(unit.pk)).content.decode()


@pytest.mark.parametrize(
    ("act", "signal", "value"),
    [
        ("ignition-on", "ignition", True),
        ("doors-open", "doors", "open"),
        ("fob-out", "key_fob", "out"),
        ("lock", "central_lock", "locked"),
    ],
)
def test_hands_move_the_car(client, bench, driver, act, signal, value):
    assert client.post(page(bench.qnr), {"action": act}).status_code == 302
    assert get_gateway().read_state(bench.qnr).value(signal) == value


def test_a_fault_is_set_and_taken_away(client, bench, driver):
    client.post(page(bench.qnr), {"fault": "lock_miswired", "persistence": "PERSISTENT"})
    assert not bench.test("CENTRAL_LOCK").passed
    client.post(page(bench.qnr), {"fault": "", "persistence": "MENDABLE"})
    assert bench.test("CENTRAL_LOCK").passed


@pytest.mark.parametrize(
    "data", [{"action": "explode"}, {"fault": "gremlins", "persistence": "PERSISTENT"}, {}]
)
def test_what_no_form_offers_does_nothing(client, bench, driver, data):
    assert client.post(page(bench.qnr), data).status_code == 404
    assert bench.unit.active_fault == ""


OTHER_VIN = "WVWZZZ1KZAW000999"


@pytest.fixture
def reads_vin(bench):
    model = bench.vehicle.vehicle_model
    model.capabilities = [*model.capabilities, "vin"]
    model.save()
    bench.vehicle.edits(FleetMembershipFactory(fleet=bench.vehicle.fleet).user).set_master_data(
        vin="WVWZZZ1KZAW000123"
    )
    setup = SimulatedUnit.objects.get(pk=bench.qnr).setup
    get_gateway().configure(bench.qnr, setup, sequence=2**40)


def test_the_car_gets_another_vin_and_its_own_again(client, bench, driver, reads_vin):
    client.post(page(bench.qnr), {"vin": "wvwzzz-1kzaw-000999"})
    assert get_gateway().read_state(bench.qnr).value("vin") == OTHER_VIN
    assert bench.vehicle.state.signals["vin"]["value"] == OTHER_VIN  # it was sent at once
    client.post(page(bench.qnr), {"vin": ""})
    assert get_gateway().read_state(bench.qnr).value("vin") == "WVWZZZ1KZAW000123"


def test_a_text_that_is_no_vin_is_refused_at_its_field(client, bench, driver):
    answer = client.post(page(bench.qnr), {"vin": "no VIN"})
    assert answer.status_code == 200
    assert "is-invalid" in answer.content.decode()
    assert get_gateway().read_state(bench.qnr).value("vin") is None
