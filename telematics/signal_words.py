"""The names of a unit's signals, and their values as text."""

from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

SIGNALS = {
    "ignition": gettext_lazy("Ignition"),
    "central_lock": gettext_lazy("Central lock"),
    "driving_enabled": gettext_lazy("Driving"),
    "doors": gettext_lazy("Doors"),
    "key_fob": gettext_lazy("Key fob"),
    "mileage_in_kilometers": gettext_lazy("Mileage"),
    "state_of_charge_or_fuel_level_in_percent": gettext_lazy("Charge or fuel"),
    "board_voltage": gettext_lazy("Board voltage"),
    "speed_in_kilometers_per_hour": gettext_lazy("Speed"),
    "position": gettext_lazy("Position"),
    "cellular_signal_quality": gettext_lazy("Cellular signal"),
    "bluetooth_connected": gettext_lazy("Bluetooth"),
    "alarm_input": gettext_lazy("Alarm input"),
}
UNITS = {
    "mileage_in_kilometers": "km",
    "state_of_charge_or_fuel_level_in_percent": "%",
    "board_voltage": "V",
    "speed_in_kilometers_per_hour": "km/h",
    "cellular_signal_quality": "/ 5",
}
WORDS = {
    "locked": gettext_lazy("locked"),
    "unlocked": gettext_lazy("unlocked"),
    "open": gettext_lazy("open"),
    "closed": gettext_lazy("closed"),
    "in": gettext_lazy("inserted"),
    "out": gettext_lazy("taken out"),
    "on": gettext_lazy("on"),
    "off": gettext_lazy("off"),
    "blocked": gettext_lazy("blocked"),
    "released": gettext_lazy("released"),
}


def in_words(name: str, value: Any) -> str:
    """A signal's value in words."""
    if value is None:
        return "–"
    if name == "position":
        return f"{value['latitude']:.5f}, {value['longitude']:.5f}"
    if name == "driving_enabled":
        if value:
            return _("enabled")
        return _("disabled")
    if isinstance(value, bool):
        if value:
            return _("on")
        return _("off")
    shown = (
        number_format(value, force_grouping=True)
        if isinstance(value, int | float)
        else WORDS.get(value, value)
    )
    return f"{shown} {UNITS.get(name, '')}".strip()
