"""The rows that cells refer to, loaded by one query per column. A fleet finds only the rows that it may use."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Company, Fleet, Partnership
from core.ulid import ULIDField
from core.values.names import identity
from jobs.importing import words
from jobs.importing.columns import COMPANY, MODEL, PLACE, PRESET, ROLL_OUT, UNIT
from jobs.importing.errors import BadCell
from jobs.models.job_template import JobTemplate
from jobs.models.preset import ConfigurationPreset
from jobs.models.roll_out import RollOut
from telematics.models import Place, Unit, VehicleModel

# How many models of one name a message names, and how many values the template file offers in a column.
MODELS_NAMED = 5
MOST_OFFERED = 1000


class Lookups:
    def __init__(self, fleet: Fleet):
        self.fleet = fleet
        self._find = {
            MODEL: self._models,
            PRESET: self._presets,
            COMPANY: self._companies,
            UNIT: self._units,
            PLACE: self._keys_of_places,
            ROLL_OUT: self._keys_of_roll_outs,
        }

    def resolve(self, column: str, keys: Iterable[str]) -> dict[str, Any]:
        """Return for each key the value that the job gets, or the BadCell that refuses it."""
        return self._find[column](set(keys))

    def offered(self) -> dict[str, list[str]]:
        """For each column what the template file offers: the names and numbers that one row of the fleet has."""
        presets = ConfigurationPreset.objects.filter(fleet=self.fleet)
        places = Place.objects.live().filter(fleet=self.fleet)
        roll_outs = RollOut.objects.live().filter(fleet=self.fleet)
        partners = Partnership.objects.assignable(self.fleet)
        units = Unit.objects.free().filter(fleet=self.fleet)
        return {
            MODEL: sorted(self._names_that_suffice)[:MOST_OFFERED],
            PRESET: single(presets.values_list("name", flat=True)),
            PLACE: single(places.values_list("name", flat=True)),
            ROLL_OUT: single(roll_outs.values_list("name", flat=True)),
            COMPANY: single(partners.values_list("company__name", flat=True)),
            UNIT: list(units.order_by("pk").values_list("pk", flat=True)[:MOST_OFFERED]),
        }

    # --- for all rows -------------------------------------------------------------------------------------------------
    def template(self, key: str) -> JobTemplate | BadCell:
        templates = JobTemplate.objects.filter(fleet=self.fleet).select_related("vehicle_model")
        ulid = as_ulid(key)
        found = templates.filter(pk=ulid).first() if ulid else None
        return found or BadCell("template_unknown", _("The fleet has no such template."))

    def company(self, key: str) -> Company | BadCell:
        partner = self._companies({key})[key]
        if isinstance(partner, BadCell):
            return partner
        return Company.objects.get(pk=partner)

    # --- vehicle models -----------------------------------------------------------------------------------------------
    def _models(self, keys: set[str]) -> dict[str, Any]:
        """Find each by its ID, or by a name that only one model has."""
        ulids = {key: as_ulid(key) for key in keys}
        wanted = [ulid for ulid in ulids.values() if ulid]
        found = VehicleModel.objects.active().in_bulk(wanted) if wanted else {}
        return {key: found.get(ulid) or self._model(key) for key, ulid in ulids.items()}

    def _model(self, name: str) -> VehicleModel | BadCell:
        found = self._models_by_name.get(words.key(name), [])
        if len(found) == 1:
            return found[0]
        if found:
            names = " · ".join(str(model) for model in found[:MODELS_NAMED])
            return BadCell(
                "vehicle_model_ambiguous",
                _("Several vehicle models have this name: %(names)s.") % {"names": names},
                _("Use the ID from the list of vehicle models."),
                is_advice=True,
            )
        near = words.closest(name, self._names_of_models)
        return BadCell("vehicle_model_unknown", _("There is no such vehicle model."), near)

    @cached_property
    def _models_by_name(self) -> dict[str, list[VehicleModel]]:
        names: dict[str, list[VehicleModel]] = {}
        for model in VehicleModel.objects.active():
            for name in {words.key(name) for name in names_of(model)}:
                names.setdefault(name, []).append(model)
        return names

    @cached_property
    def _names_of_models(self) -> list[str]:
        """The names that one model has, to suggest them to a person who misspells one."""
        return [several[0].name for several in self._models_by_name.values() if len(several) == 1]

    @property
    def _names_that_suffice(self) -> set[str]:
        """The full names of models that no other model has."""
        by_name = self._models_by_name
        return {name for name in self._names_of_models if len(by_name[words.key(name)]) == 1}

    # --- presets ------------------------------------------------------------------------------------------------------
    def _presets(self, keys: set[str]) -> dict[str, Any]:
        presets = list(ConfigurationPreset.objects.filter(fleet=self.fleet))
        several = _("Several configuration presets have this name.")
        unknown = _("The fleet has no such configuration preset.")
        return {key: one_called(key, presets, "preset", several, unknown) for key in keys}

    # --- places -------------------------------------------------------------------------------------------------------
    def places(self, keys: Iterable[str]) -> dict[str, Place | BadCell]:
        places = list(Place.objects.live().filter(fleet=self.fleet))
        several, unknown = _("Several places have this name."), _("The fleet has no such place.")
        return {key: one_called(key, places, "place", several, unknown) for key in keys}

    def _keys_of_places(self, keys: set[str]) -> dict[str, Any]:
        return {key: getattr(one, "pk", one) for key, one in self.places(keys).items()}

    # --- roll-outs ----------------------------------------------------------------------------------------------------
    def roll_outs(self, keys: Iterable[str]) -> dict[str, RollOut | BadCell]:
        roll_outs = list(RollOut.objects.live().filter(fleet=self.fleet))
        several = _("Several roll-outs have this name.")
        unknown = _("The fleet has no such roll-out.")
        return {key: one_called(key, roll_outs, "roll_out", several, unknown) for key in keys}

    def _keys_of_roll_outs(self, keys: set[str]) -> dict[str, Any]:
        return {key: getattr(one, "pk", one) for key, one in self.roll_outs(keys).items()}

    # --- companies ----------------------------------------------------------------------------------------------------
    def _companies(self, keys: set[str]) -> dict[str, Any]:
        """Refuse unknown, pending, ended and foreign companies with one text, so that it reveals no partner."""
        assignable = Partnership.objects.assignable(self.fleet)
        partners = dict(assignable.values_list("company_id", "company__name"))
        times = Counter(words.key(name) for name in partners.values())
        by_name = {
            words.key(name): pk for pk, name in partners.items() if times[words.key(name)] == 1
        }
        refusal = BadCell("not_a_partner", _("This is not the ID of a partner of this fleet."))
        found: dict[str, Any] = {}
        for key in keys:
            if key.upper() in partners:
                found[key] = key.upper()
            else:
                found[key] = by_name.get(words.key(key), refusal)
        return found

    # --- units --------------------------------------------------------------------------------------------------------
    def _units(self, keys: set[str]) -> dict[str, Any]:
        """Refuse foreign, mounted, planned and unknown units with the same words."""
        free = set(free_units(self.fleet, keys))
        refusal = BadCell(
            "unit_not_available",
            _("This unit is not in stock, or it is reserved by another open job."),
        )
        return {key: key if key in free else refusal for key in keys}


def single(names: Iterable[str]) -> list[str]:
    """Those of the names that are there once, however they are spelt."""
    times = Counter(map(identity, names))
    return sorted(name for name in names if times[identity(name)] == 1)[:MOST_OFFERED]


def names_of(model: VehicleModel) -> list[str]:
    """What people call a model: with and without its brand, and as the pages write it in each language."""
    return [model.name, model.model, *words.in_every_language(model)]


def one_called(key: str, rows: Sequence[Any], noun: str, several: Any, unknown: Any) -> Any:
    """The row with this name, or what the cell says instead: that several have it, or that none has."""
    found = called(key, rows)
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(sorted(row.name for row in found))
        return BadCell(f"{noun}_ambiguous", several, names, is_advice=True)
    return BadCell(f"{noun}_unknown", unknown, words.closest(key, [row.name for row in rows]))


def called(key: str, rows: Sequence[Any]) -> list[Any]:
    """The rows with exactly this name, else with another spelling of it, else with this ID."""
    by_name = [row for row in rows if row.name == key]
    by_spelling = [row for row in rows if identity(row.name) == identity(key)]
    return by_name or by_spelling or [row for row in rows if row.pk == key.upper()]


def free_units(fleet: Fleet, qnrs: Iterable[str]) -> QuerySet:
    """The QNRs of the units that a new job may plan."""
    return Unit.objects.free().filter(fleet=fleet, pk__in=qnrs).values_list("pk", flat=True)


def as_ulid(text: str) -> str:
    """The text as a ULID; "" for any other text."""
    try:
        return ULIDField().to_python(text)
    except ValidationError:
        return ""
