"""How what a test has looked at reads to a manager: no name of a field, no time as machines write
it, numbers as people do.
"""

import pytest
from django.utils import timezone, translation

from jobs.models import InstallationTest
from jobs.procedures import KINDS
from jobs.reading.evidence import LABELS, evidence
from tests.bench import Bench

NUMBERS = [
    ("cellular_signal_quality", 5, None, 1, None, True, "Cellular signal", "✓ 5 / 5 (≥ 1)"),
    ("heartbeat", 2.5, "min", None, 16, True, "Age of the last message", "✓ 2.5 min (≤ 16 min)"),
    ("heartbeat", None, "min", None, 16, False, "Age of the last message", "✕ – (≤ 16 min)"),
    ("board_voltage", 9.5, "V", 11.5, None, False, "Board voltage", "✕ 9.5 V (≥ 11.5 V)"),
    ("position", None, "s", None, 60, False, "Age of the position", "✕ – (≤ 60 s)"),
    (
        "mileage_in_kilometers",
        157983,
        "km",
        0,
        1500000,
        True,
        "Mileage",
        "✓ 157,983 km (0–1,500,000 km)",
    ),
]
WORDS = [
    ("heartbeat", "unreachable", None, False, "Age of the last message", "✕ no answer"),
    ("central_lock", "unlocked", "locked", False, "Central lock", "✕ unlocked (locked)"),
    (
        "ignition",
        "off – on",
        "off – on – off",
        False,
        "Ignition",
        "✕ off – on (off – on – off)",
    ),
    (
        "key_fob",
        "in – out",
        "in – out",
        True,
        "Key fob",
        "✓ inserted – taken out (inserted – taken out)",
    ),
    ("driving_events_calibrated", False, True, False, "Sensor calibrated", "✕ no (yes)"),
]
# As an earlier version wrote it, and how it reads now: unit, min, max, threshold.
EARLIER = [
    ("board_voltage", 9.5, "V", "≥ 11.5", "✕ 9.5 V (≥ 11.5 V)", ("V", 11.5, None, None)),
    ("position", 12, "s", "≤ 60", "✕ 12 s (≤ 60 s)", ("s", None, 60, None)),
    ("state_of_charge_or_fuel_level_in_percent", 120, "%", "0–100", "✕ 120 % (0–100 %)", ("%", 0, 100, None)),
    ("central_lock", "unlocked", "", "locked", "✕ unlocked (locked)", (None, None, None, "locked")),
    ("position", None, "", "", "✕ –", (None, None, None, None)),
    (
        "heartbeat",
        "2026-11-26T12:05:53.939811+00:00",
        "",
        "≤ 16 min",
        "✕ 13:05:53 (≤ 16 min)",
        ("min", None, 16, None),
    ),
]  # fmt: skip


def said(**line) -> tuple[str, str]:
    [told] = evidence(InstallationTest(evidence=[line]))
    return told


@pytest.mark.parametrize(
    ("signal", "value", "unit", "least", "most", "ok", "label", "words"), NUMBERS
)
def test_a_number_is_said_with_its_unit_and_its_bounds(
    signal, value, unit, least, most, ok, label, words
):
    line = {"signal": signal, "value": value, "unit": unit, "ok": ok, "threshold": None}
    assert said(**line, min=least, max=most) == (label, words)


@pytest.mark.parametrize(("signal", "value", "threshold", "ok", "label", "words"), WORDS)
def test_another_value_is_said_with_what_it_has_to_be(signal, value, threshold, ok, label, words):
    line = {"signal": signal, "value": value, "unit": None, "ok": ok, "threshold": threshold}
    assert said(**line, min=None, max=None) == (label, words)


@pytest.mark.parametrize(("signal", "value", "unit", "threshold", "words", "read"), EARLIER)
def test_evidence_of_an_earlier_version_reads_as_todays(
    signal, value, unit, threshold, words, read
):
    line = {"signal": signal, "value": value, "unit": unit, "threshold": threshold, "ok": False}
    line["at"] = "2026-11-26T12:05:53+00:00"
    with timezone.override("Europe/Berlin"):
        assert said(**line)[1] == words
    [measured] = InstallationTest(evidence=[line]).measured
    assert (measured["unit"], measured["min"], measured["max"], measured["threshold"]) == read
    assert measured["at"] == "2026-11-26T12:05:53Z"


def test_numbers_are_written_as_the_reader_writes_them():
    with translation.override("de"):
        line = said(
            signal="mileage_in_kilometers", value=1234.5, unit="km", min=0, max=1500000,
            threshold=None, ok=True,
        )  # fmt: skip
        assert line[1] == "✓ 1.234,5 km (0–1.500.000 km)"


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_a_test_looks_at_has_a_name(kind, db):
    assert {line["signal"] for line in Bench().test(kind).evidence} <= set(LABELS)
