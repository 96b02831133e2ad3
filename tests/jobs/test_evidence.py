"""How what a test has looked at reads to a manager: no name of a field, no time as machines write
it, numbers as people do.
"""

import pytest
from django.utils import timezone, translation

from jobs.models import InstallationTest
from jobs.procedures import KINDS
from jobs.reading.evidence import LABELS, evidence
from tests.bench import Bench

LINES = [
    ("cellular_signal_quality", 5, "", "≥ 1", True, "Cellular signal", "✓ 5 / 5 (≥ 1)"),
    (
        "heartbeat",
        "2026-11-26T12:05:53.939811+00:00",
        "",
        "≤ 16 min",
        True,
        "Last message",
        "✓ 13:05:53 (≤ 16 min)",
    ),
    ("heartbeat", "unreachable", "", "", False, "Last message", "✕ no answer"),
    ("board_voltage", 9.5, "V", "≥ 11.5", False, "Board voltage", "✕ 9.5 V (≥ 11.5 V)"),
    ("position", None, "s", "≤ 60", False, "Age of the position", "✕ – (≤ 60 s)"),
    ("central_lock", "unlocked", "", "locked", False, "Central lock", "✕ unlocked (locked)"),
    (
        "ignition",
        "off – on",
        "",
        "off – on – off",
        False,
        "Ignition",
        "✕ off – on (off – on – off)",
    ),
    (
        "mileage_in_kilometers",
        157983,
        "km",
        "0–1500000",
        True,
        "Mileage",
        "✓ 157,983 km (0–1,500,000 km)",
    ),
    (
        "key_fob",
        "in – out",
        "",
        "in – out",
        True,
        "Key fob",
        "✓ inserted – taken out (inserted – taken out)",
    ),
    ("driving_events_calibrated", False, "", True, False, "Sensor calibrated", "✕ no (yes)"),
]


def said(**line) -> tuple[str, str]:
    [told] = evidence(InstallationTest(evidence=[line]))
    return told


@pytest.mark.parametrize(("signal", "value", "unit", "threshold", "ok", "label", "words"), LINES)
def test_each_line_is_said_in_words(signal, value, unit, threshold, ok, label, words):
    with timezone.override("Europe/Berlin"):
        assert said(signal=signal, value=value, unit=unit, threshold=threshold, ok=ok) == (
            label,
            words,
        )


def test_numbers_are_written_as_the_reader_writes_them():
    with translation.override("de"):
        line = said(
            signal="mileage_in_kilometers", value=1234.5, unit="km", threshold="0–1500000", ok=True
        )
        assert line[1] == "✓ 1.234,5 km (0–1.500.000 km)"


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_a_test_looks_at_has_a_name(kind, db):
    assert {line["signal"] for line in Bench().test(kind).evidence} <= set(LABELS)
