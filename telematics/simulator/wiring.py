"""What can be wrong with an installation, in which test it shows, and what the unit then reads of the car."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

# What the unit measures itself, without wires.
OWN_SIGNALS = frozenset(
    (
        "board_voltage",
        "position",
        "gnss",
        "cellular_signal_quality",
        "bluetooth_connected",
        "alarm_input",
        "card_slots",
    )
)
# Signals that the unit reads when the vehicle has a capability.
COMES_WITH = {
    "central_lock": {"central_lock_commanded"},
    "immobilizer": {"immobilizer"},
    "key_holder": {"key_fob"},
}
CALIBRATED = {
    "driving_events": "driving_events_calibrated",
    "damage_detection": "damage_detection_calibrated",
    "smoke_detection": "smoke_detection_calibrated",
}


class Fault(models.TextChoices):
    NO_POWER = "no_power", _("No power")
    LOOSE_CONNECTOR = "loose_connector", _("Loose connector")
    NO_ANTENNA = "no_antenna", _("No antenna")
    NO_COVERAGE = "no_coverage", _("No coverage")
    SUSPENDED_SIM = "suspended_sim", _("Suspended SIM")
    WRONG_MODEL = "wrong_model", _("Wrong vehicle model")
    LOCK_MISWIRED = "lock_miswired", _("Lock wired wrongly")
    IMMOBILIZER_MISWIRED = "immobilizer_miswired", _("Immobilizer wired wrongly")
    FOB_LOOSE = "fob_loose", _("Key fob not fully inserted")
    BUSY = "busy", _("Busy")
    SLOW = "slow", _("Slow")
    INTERMITTENT = "intermittent", _("Intermittent")


@dataclass(frozen=True)
class Effect:
    """Where a fault shows: the kinds of test that fail, and what becomes of calls to the unit."""

    shows_in: frozenset[str]
    call: str = ""  # the gateway's code for every call
    command: str = ""  # the gateway's code for commands


CONTROLLED = frozenset(("CENTRAL_LOCK", "IMMOBILIZER"))
CONNECTION = frozenset(("CONNECTIVITY",))

EFFECTS = {
    Fault.NO_POWER: Effect(CONNECTION, call="unreachable"),
    Fault.LOOSE_CONNECTOR: Effect(frozenset(("SUPPLY_VOLTAGE",))),
    Fault.NO_ANTENNA: Effect(frozenset(("GNSS",))),
    Fault.NO_COVERAGE: Effect(CONNECTION, command="timeout"),
    Fault.SUSPENDED_SIM: Effect(CONNECTION, call="unreachable"),
    Fault.WRONG_MODEL: Effect(frozenset(("ODOMETER", "ENERGY_LEVEL"))),
    Fault.LOCK_MISWIRED: Effect(frozenset(("CENTRAL_LOCK",))),
    Fault.IMMOBILIZER_MISWIRED: Effect(frozenset(("IMMOBILIZER",))),
    Fault.FOB_LOOSE: Effect(frozenset(("KEY_FOB",))),
    Fault.BUSY: Effect(CONTROLLED, command="busy"),
    Fault.SLOW: Effect(CONTROLLED, command="timeout"),
    Fault.INTERMITTENT: Effect(CONNECTION, call="unreachable"),
}

DISTORTED: dict[str, dict[str, Any]] = {
    Fault.LOOSE_CONNECTOR: {"board_voltage": 10.4},
    Fault.NO_ANTENNA: {"position": None, "gnss": None},
    Fault.NO_COVERAGE: {"cellular_signal_quality": 0},
    Fault.WRONG_MODEL: {
        "mileage_in_kilometers": None,
        "state_of_charge_or_fuel_level_in_percent": 255,
    },
    Fault.FOB_LOOSE: {"key_fob": "out"},
}


def heard(values: Mapping[str, Any], setup: Mapping[str, Any], fault: str) -> dict[str, Any]:
    """Return the values of the car that reach the unit with this setup and fault.

    A signal without a value is missing.
    """
    known = audible(setup)
    distorted = DISTORTED.get(fault, {})
    reached = {}
    for name, value in values.items():
        if name in known:
            reached[name] = distorted.get(name, value)
    return {name: value for name, value in reached.items() if value is not None}


def audible(setup: Mapping[str, Any]) -> set[str]:
    """The signals that a unit with this setup reads."""
    names = set(OWN_SIGNALS)
    for capability in setup.get("capabilities", ()):
        names |= {capability} | COMES_WITH.get(capability, set())
    for feature, signal in CALIBRATED.items():
        if setup.get(feature):
            names.add(signal)
    if setup.get("tracking") is False:
        names.remove("position")
    return names
