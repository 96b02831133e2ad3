"""Fields for one row of very many: a text with suggestions instead of a select."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.models import Fleet
from core.normal import normalise
from core.values.names import identity, letters
from core.values.text_fields import LineFormField
from jobs.models import Job
from jobs.search import SHORTEST_SEARCH
from telematics.models import Unit, Vehicle
from telematics.models.unit import UnitQuerySet
from telematics.values import QNR

MOST_SIMILAR = 5
MOST_OFFERED = 20
MOST_COMPARED = 200
# A name has up to 100 characters, and its ID behind it.
LONGEST = 150


class LookupInput(forms.TextInput):
    """A text. If it does not identify one row, the rows that it may mean follow as radio buttons."""

    template_name = "components/lookup.html"
    suffixes = ("_meant", "_asked")  # of the names of its further fields
    question: Any = ""
    offered: list[dict[str, str]] = []

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """Return the chosen row if the text is still the one that the choice was offered for, else the text."""
        typed = super().value_from_datadict(data, files, name)
        meant = data.get(f"{name}_meant")
        return meant if meant and typed == data.get(f"{name}_asked") else typed

    def offer(self, question: Any, rows: list[dict[str, str]]) -> None:
        self.question = question
        self.offered = rows

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"] |= {"question": self.question, "offered": self.offered}
        return context


class LookupField(LineFormField):
    """Its value is a row of the fleet; `what` names the suggestions (fleetcontrol:job-options)."""

    widget: Any = LookupInput  # the class here, its instance in a field
    what = ""
    not_found = _("The fleet has none like this.")
    fleet: Fleet

    def suggest(self, fleet: Fleet, **query: str) -> None:
        """Look up rows of this fleet, and suggest them while a person types. `query` filters the suggestions."""
        self.fleet = fleet
        url = reverse("fleetcontrol:job-options", args=[fleet.pk, self.what])
        self.widget.attrs |= {
            "list": f"{self.what}-options",
            "autocomplete": "off",
            "hx-get": f"{url}?{urlencode(query)}" if query else url,
            "hx-trigger": "focus once, input changed delay:250ms",
            "hx-target": f"#{self.what}-options",
        }

    def prepare_value(self, value: Any) -> Any:
        return getattr(value, "pk", value)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        found = self.find(text) if letters(text) and len(text) <= LONGEST else None
        if found is None:
            raise ValidationError(self.not_found, code="not_found")
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        return identity(self.prepare_value(initial) or "") != identity(data or "")

    def find(self, text: str) -> Any:
        raise NotImplementedError(f"{type(self).__name__} does not define how a row is found")


class VehicleField(LookupField):
    """By ID, plate, VIN or name. A text that names no vehicle, or several, selects none: the reader chooses."""

    what = "vehicles"
    unknown = _("No vehicle of the fleet is called “%(text)s”.")
    ambiguous = _("Several vehicles of the fleet are called “%(text)s”.")

    def prepare_value(self, value: Any) -> Any:
        return field_text(value) if isinstance(value, Vehicle) else value

    def find(self, text: str) -> Vehicle | None:
        live = Vehicle.objects.live().filter(fleet=self.fleet)
        spelled_like = list(live.spelled_like(text)[:MOST_COMPARED])
        called = [vehicle for vehicle in spelled_like if vehicle.is_called(text)]
        if len(called) == 1:
            return called[0]
        if called:
            self.offer(text, self.ambiguous, _("Which one do you mean?"), called[:MOST_OFFERED])
        similar = spelled_like[:MOST_SIMILAR]
        if not similar and len(normalise(text)) >= SHORTEST_SEARCH:
            similar = list(live.matching(text)[:MOST_SIMILAR])
        if similar:
            self.offer(text, self.unknown, _("Do you mean one of these?"), similar)
        return None

    def offer(self, text: str, problem: Any, question: Any, vehicles: list[Vehicle]) -> None:
        self.widget.offer(
            question, [{"value": car.full_name, "about": description(car)} for car in vehicles]
        )
        raise ValidationError(problem, code="not_found", params={"text": text})


class UnitField(LookupField):
    what = "units"
    not_found = _("This unit is not in stock of the fleet.")

    def suggest_for_job(self, job: Job, fleet: Fleet) -> None:
        """Suggest the units that this job may plan.

        They depend on the vehicle in the form, so each focus loads them.
        """
        query = {"kind": job.kind}
        if not job._state.adding:
            query["job"] = str(job.pk)
        self.suggest(fleet, **query)
        self.widget.attrs |= {
            "hx-trigger": "focus, input changed delay:250ms",
            "hx-include": "[name=vehicle]",
        }

    def find(self, text: str) -> Unit | None:
        return Unit.objects.in_service().filter(fleet=self.fleet, pk=QNR.canonical(text)).first()


def field_text(vehicle: Vehicle) -> str:
    """Return the text of the field for this vehicle: its name with its ID, or the ID alone."""
    return vehicle.pk if str(vehicle) == vehicle.pk else vehicle.full_name


def description(vehicle: Vehicle) -> str:
    return " · ".join(filter(None, (vehicle.label, vehicle.vin)))


def vehicle_called(text: str, fleet: Fleet) -> Vehicle | None:
    """Return the one vehicle that a text in a VehicleField names."""
    field = VehicleField(required=False)
    field.fleet = fleet
    try:
        return field.clean(text)
    except ValidationError:
        return None


# --- suggestions: at most twenty pairs of value and label ------------------------------------------------------------
def suggested_units(units: UnitQuerySet, text: str) -> list[tuple[str, str]]:
    found = units.filter(pk__contains=QNR.canonical(text)).order_by("pk")
    return [(pk, "") for pk in found.values_list("pk", flat=True)[:MOST_OFFERED]]


def suggested_vehicles(fleet: Fleet, text: str) -> list[tuple[str, str]]:
    found = Vehicle.objects.live().filter(fleet=fleet).matching(text)[:MOST_OFFERED]
    return [(field_text(vehicle), description(vehicle)) for vehicle in found]
