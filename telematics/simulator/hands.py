"""What somebody who tries the product can do at a simulated car, and what he would see there."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from telematics.simulator.models import Persistence
from telematics.simulator.wiring import Fault

ACTS: dict[str, tuple[Any, dict[str, Any]]] = {
    "ignition-on": (_("Turn the ignition on"), {"ignition": True}),
    "ignition-off": (_("Turn the ignition off"), {"ignition": False}),
    "doors-open": (_("Open a door"), {"doors": "open"}),
    "doors-closed": (_("Close the doors"), {"doors": "closed"}),
    "fob-out": (_("Take the key fob out"), {"key_fob": "out"}),
    "fob-in": (_("Put the key fob in"), {"key_fob": "in"}),
    "lock": (_("Lock by hand"), {"locked": True}),
    "unlock": (_("Unlock by hand"), {"locked": False}),
}


class ActForm(forms.Form):
    act = forms.ChoiceField(choices=[(name, label) for name, (label, _changes) in ACTS.items()])

    def apply(self, unit, now):
        _label, changes = ACTS[self.cleaned_data["act"]]
        unit.set(now, **changes)
        unit.save()


class FaultForm(forms.Form):
    fault = forms.ChoiceField(label=_("Fault"), choices=[("", _("None")), *Fault.choices], required=False)
    persistence = forms.ChoiceField(label=_("Persistence"), choices=Persistence.choices)

    def apply(self, unit, now):
        unit.afflict(**self.cleaned_data)


def said(signals):
    """What the unit says, for reading: (name, text, when it changed), by name."""
    return [
        (name, as_text(signal["value"]), datetime.fromisoformat(signal["timestamp"]))
        for name, signal in sorted(signals.items())
    ]


def as_text(value):
    if isinstance(value, dict):
        return " · ".join(f"{name} {part}" for name, part in value.items() if name != "time")
    return {True: _("yes"), False: _("no")}[value] if isinstance(value, bool) else value


def seen(car):
    """What a person sees who walks round the car: (question, is it so)."""
    return [
        (_("The ignition is on"), car["ignition"]),
        (_("The engine would start now"), not car["blocked"]),
        (_("All doors are locked"), car["locked"]),
        (_("All doors are closed"), car["doors"] == "closed"),
        (_("The key fob is in its holder"), car["key_fob"] == "in"),
    ]
