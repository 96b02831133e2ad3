"""Every test of the unit, on simulated units: sound ones pass, each fault shows where it should."""

import pytest
from django.utils import translation

from jobs.models import InstallationTest
from jobs.procedures import KINDS, PROCEDURES
from jobs.procedures.earlier_hints import SUCCESSORS
from telematics.simulator.models import Persistence
from telematics.simulator.wiring import EFFECTS, Fault
from tests.bench import Bench

SHOWS_IN = [(fault, kind) for fault, effect in EFFECTS.items() for kind in sorted(effect.shows_in)]


@pytest.fixture
def bench(db):
    return Bench()


def test_every_kind_has_a_procedure_and_every_fault_a_test_where_it_shows():
    assert list(PROCEDURES) == KINDS
    assert set(EFFECTS) == set(Fault)
    assert {kind for _fault, kind in SHOWS_IN} <= set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_sound_unit_passes(bench, kind):
    result = bench.test(kind)
    assert result.passed, result.hint
    # A removal is proven by a person alone.
    assert bool(result.evidence) == (kind != "REMOVAL")
    assert all(line["ok"] for line in result.evidence)


@pytest.mark.parametrize(("fault", "kind"), SHOWS_IN)
def test_a_fault_shows_where_it_should_with_a_hint_in_plain_words(bench, fault, kind):
    bench.break_it(fault)
    result = bench.test(kind)
    assert not result.passed
    assert "retry" in result.hint or "Wait" in result.hint


@pytest.mark.parametrize(("fault", "kind"), SHOWS_IN)
def test_a_mendable_fault_heals_when_the_test_is_repeated(bench, fault, kind):
    bench.break_it(fault)
    assert not bench.test(kind).passed
    assert bench.test(kind, attempt=2).passed


@pytest.mark.parametrize(("fault", "kind"), SHOWS_IN)
def test_a_persistent_fault_does_not_heal(bench, fault, kind):
    bench.break_it(fault, Persistence.PERSISTENT)
    assert [bench.test(kind, attempt=attempt).passed for attempt in (1, 2, 3)] == [
        False,
        False,
        False,
    ]


def test_a_fault_does_not_heal_by_repeating_a_test_that_it_does_not_show_in(bench):
    bench.break_it(Fault.LOCK_MISWIRED)
    bench.test("CONNECTIVITY", attempt=2)
    assert not bench.test("CENTRAL_LOCK").passed


@pytest.mark.parametrize("kind", ["CENTRAL_LOCK", "IMMOBILIZER"])
def test_the_car_is_locked_and_driving_disabled_after_a_test_that_moved_it(bench, kind):
    assert bench.test(kind).passed
    assert bench.unit.car["locked"]
    assert bench.unit.car["blocked"]


def test_the_lock_is_read_back_from_the_bus_not_from_the_last_command(bench):
    bench.break_it(Fault.LOCK_MISWIRED)
    result = bench.test("CENTRAL_LOCK")
    line = result.evidence[-1]
    assert (line["signal"], line["value"]) == ("central_lock", "unlocked")
    assert (line["threshold"], line["ok"]) == ("locked", False)
    assert bench.unit.signals["central_lock_commanded"]["value"] == "locked"


def test_the_immobilizer_is_read_back_likewise(bench):
    bench.break_it(Fault.IMMOBILIZER_MISWIRED)
    result = bench.test("IMMOBILIZER")
    assert result.evidence[-1]["value"] == "released"


def test_locking_fails_silently_while_the_ignition_is_on(bench):
    bench.hands(ignition=True)
    result = bench.test("CENTRAL_LOCK")
    assert not result.passed
    assert "ignition" in result.hint


def test_a_prompt_states_the_good_result_and_another_answer_fails_the_test(bench):
    result = bench.test("IMMOBILIZER", answers=False)
    assert result.prompts == ["The engine did not start."]
    assert not result.passed


def test_the_ignition_is_seen_off_on_and_off_again(bench):
    result = bench.test("IGNITION")
    assert result.evidence[-1]["threshold"] == "off – on – off"
    assert not bench.unit.car["ignition"]


def test_a_calibrated_sensor_is_one_whose_feature_is_configured(db):
    bench = Bench(smoke_detection=None)
    assert not bench.test("SMOKE_DETECTION").passed


def test_hints_of_earlier_versions_are_read_in_german_too():
    for earlier in SUCCESSORS:
        hint = InstallationTest(hint=earlier).hint_text
        with translation.override("de"):
            assert InstallationTest(hint=earlier).hint_text not in (earlier, hint), earlier
