"""What a person who tries the product can do at a simulated car, and what they would see there."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from telematics.simulator import physics
from telematics.simulator.models import Persistence, SimulatedUnit
from telematics.simulator.wiring import Fault
from telematics.values import VinFormField

ACTIONS: dict[str, tuple[Any, dict[str, Any]]] = {
    "ignition-on": (_("Turn the ignition on"), {"ignition": True}),
    "ignition-off": (_("Turn the ignition off"), {"ignition": False}),
    "doors-open": (_("Open a door"), {"doors": "open"}),
    "doors-closed": (_("Close the doors"), {"doors": "closed"}),
    "fob-out": (_("Take the key fob out"), {"key_fob": "out"}),
    "fob-in": (_("Put the key fob in"), {"key_fob": "in"}),
    "lock": (_("Lock by hand"), {"locked": True}),
    "unlock": (_("Unlock by hand"), {"locked": False}),
}


class ActionForm(forms.Form):
    action = forms.ChoiceField(
        choices=[(name, label) for name, (label, _changes) in ACTIONS.items()]
    )

    def apply(self, unit: SimulatedUnit, now: datetime) -> None:
        _label, changes = ACTIONS[self.cleaned_data["action"]]
        unit.set(now, **changes)
        unit.save()


class FaultForm(forms.Form):
    fault = forms.ChoiceField(
        label=_("Fault"), choices=[("", _("None")), *Fault.choices], required=False
    )
    persistence = forms.ChoiceField(label=_("Persistence"), choices=Persistence.choices)

    def apply(self, unit: SimulatedUnit, now: datetime) -> None:
        unit.afflict(**self.cleaned_data)


class VinForm(forms.Form):
    vin = VinFormField(
        label=_("VIN of the car"),
        required=False,
        help_text=_("What the unit reads on the bus. Blank: the VIN that the fleet knows."),
    )

    def apply(self, unit: SimulatedUnit, now: datetime) -> None:
        unit.set_vin(self.cleaned_data["vin"], now)
        unit.save()


def reported(signals: Mapping[str, Any]) -> list[tuple[str, Any, datetime]]:
    """What the unit reports, to read: (name, text, when it changed), by name."""
    return [
        (name, as_text(signal["value"]), datetime.fromisoformat(signal["timestamp"]))
        for name, signal in sorted(signals.items())
    ]


def as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return " · ".join(f"{name} {part}" for name, part in value.items() if name != "time")
    if isinstance(value, bool):
        if value:
            return _("yes")
        return _("no")
    return value


def seen(car: physics.Car) -> list[tuple[Any, bool]]:
    """What a person sees who walks round the car: (statement, whether it is true)."""
    return [
        (_("The ignition is on"), car["ignition"]),
        (_("The engine would start now"), not car["blocked"]),
        (_("All doors are locked"), car["locked"]),
        (_("All doors are closed"), car["doors"] == "closed"),
        (_("The key fob is in its holder"), car["key_fob"] == "in"),
    ]
