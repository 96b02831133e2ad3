"""/simulator/<qnr>/: hands and faults in demo mode, nothing otherwise."""

import pytest
from django.urls import reverse

from telematics.gateway import get_gateway
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


def test_an_unknown_unit_is_not_found(client, db, demo):
    assert client.get(page("F" * 16)).status_code == 404


def test_it_shows_what_the_unit_says_and_what_a_person_sees(client, bench, demo):
    shown = client.get(page(bench.qnr)).content.decode()
    assert "board_voltage" in shown
    assert "The engine would start now" in shown


def test_a_unit_that_was_never_called_has_a_page_too(client, demo, db):
    assert "not configured" in client.get(page(UnitFactory().pk)).content.decode()


@pytest.mark.parametrize(
    ("act", "signal", "value"),
    [
        ("ignition-on", "ignition", True),
        ("doors-open", "doors", "open"),
        ("fob-out", "key_fob", "out"),
        ("lock", "central_lock", "locked"),
    ],
)
def test_hands_move_the_car(client, bench, demo, act, signal, value):
    assert client.post(page(bench.qnr), {"act": act}).status_code == 302
    assert get_gateway().read_state(bench.qnr).value(signal) == value


def test_a_fault_is_set_and_taken_away(client, bench, demo):
    client.post(page(bench.qnr), {"fault": "lock_miswired", "persistence": "PERSISTENT"})
    assert not bench.test("CENTRAL_LOCK").passed
    client.post(page(bench.qnr), {"fault": "", "persistence": "MENDABLE"})
    assert bench.test("CENTRAL_LOCK").passed


@pytest.mark.parametrize("data", [{"act": "explode"}, {"fault": "gremlins", "persistence": "PERSISTENT"}, {}])
def test_what_no_form_offers_does_nothing(client, bench, demo, data):
    assert client.post(page(bench.qnr), data).status_code == 404
    assert bench.unit.active_fault == ""
