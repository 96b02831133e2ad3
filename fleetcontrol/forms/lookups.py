"""Fields that name one row of many: typed with suggestions, where a select would be too long."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.normal import normalise
from telematics.models import Unit, Vehicle

# The id at the end of what `named` gives, after `normalise`.
ID_IN_NAME = re.compile(r"\(([A-Z0-9]+)\)\Z")


class LookupField(forms.CharField):
    """Its value is a row of the fleet; `what` names the suggestions (fleetcontrol:job-options)."""

    what = ""
    not_found = _("There is none like this in the fleet.")
    fleet = None
    refuse_nul = ProhibitNullCharactersValidator()

    def listen(self, fleet) -> None:
        self.fleet = fleet
        self.widget.attrs |= {
            "list": f"{self.what}-options",
            "autocomplete": "off",
            "hx-get": reverse("fleetcontrol:job-options", args=[fleet.pk, self.what]),
            "hx-trigger": "focus once, input changed delay:250ms",
            "hx-target": f"#{self.what}-options",
        }

    def prepare_value(self, value):
        return getattr(value, "pk", value)

    def to_python(self, value):
        text = normalise(super().to_python(value))
        if not text:
            return None
        self.refuse_nul(text)
        found = self.find(text)
        if found is None:
            raise ValidationError(self.not_found, code="not_found")
        return found

    def has_changed(self, initial, data):
        return normalise(self.prepare_value(initial)) != normalise(data)

    def find(self, text: str):
        raise NotImplementedError(f"{type(self).__name__} does not say how a row is found")


class VehicleField(LookupField):
    """By its id, or by plate, VIN or name where only one has it; shown with both, which no other vehicle has."""

    what = "vehicles"

    def prepare_value(self, value):
        return named(value) if isinstance(value, Vehicle) else value

    def find(self, text):
        live = Vehicle.objects.live().filter(fleet=self.fleet)
        told = ID_IN_NAME.search(text)
        if found := live.filter(pk=told[1] if told else text).first():
            return found
        alike = [vehicle for vehicle in live.matching(text)[:50] if text in vehicle.search.split("|")]
        return alike[0] if len(alike) == 1 else None


class UnitField(LookupField):
    what = "units"
    not_found = _("This unit is not in stock of the fleet.")

    def find(self, text):
        return Unit.objects.filter(fleet=self.fleet, retired_at=None, pk=text).first()


def named(vehicle: Vehicle) -> str:
    """A name that somebody can read, and the id that makes it the only one."""
    return vehicle.pk if str(vehicle) == vehicle.pk else f"{vehicle} ({vehicle.pk})"


def suggestions(what: str, fleet, text: str) -> list[tuple[str, str]]:
    """At most twenty (value, label)."""
    wanted = normalise(text)
    if what == "units":
        stock = Unit.objects.in_stock().filter(fleet=fleet, pk__contains=wanted).order_by("pk")
        return [(pk, "") for pk in stock.values_list("pk", flat=True)[:20]]
    if what == "vehicles":
        found = Vehicle.objects.live().filter(fleet=fleet).matching(text)[:20]
        return [(named(vehicle), " · ".join(filter(None, (vehicle.label, vehicle.vin)))) for vehicle in found]
    return []
