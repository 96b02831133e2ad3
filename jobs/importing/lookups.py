"""What cells may refer to, loaded for the whole file by one query a column: only what this fleet may use."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Company, Partnership
from core.sql import among
from core.ulid import ULIDField
from jobs.importing import words
from jobs.importing.columns import COMPANY, MODEL, PRESET, UNIT
from jobs.importing.errors import BadCell
from jobs.models.job import Job
from jobs.models.job_template import JobTemplate
from jobs.models.preset import ConfigurationPreset
from telematics.models import Unit, Vehicle, VehicleModel


class Lookups:
    """`resolve(column, keys)` gives for each key what the job gets, or the BadCell that says why not."""

    def __init__(self, fleet):
        self.fleet = fleet

    def resolve(self, column: str, keys: Iterable[str]) -> dict[str, Any]:
        find = {MODEL: self._models, PRESET: self._presets, COMPANY: self._companies, UNIT: self._units}[column]
        return find(set(keys))

    # --- for all rows -------------------------------------------------------------------------------------------------
    def template(self, key: str) -> JobTemplate | BadCell:
        templates = JobTemplate.objects.filter(fleet=self.fleet).select_related("vehicle_model")
        found = templates.filter(pk=ulid).first() if (ulid := as_ulid(key)) else None
        return found or BadCell("template_unknown", _("The fleet has no such template."))

    def company(self, key: str) -> Company | BadCell:
        partner = self._companies({key})[key]
        return partner if isinstance(partner, BadCell) else Company.objects.get(pk=partner)

    # --- vehicle models -----------------------------------------------------------------------------------------------
    def _models(self, keys: set[str]) -> dict[str, Any]:
        ids = {key: ulid for key in keys if (ulid := as_ulid(key))}
        found = VehicleModel.objects.active().in_bulk(ids.values()) if ids else {}
        return {key: found.get(ids.get(key, "")) or self._unknown_model(key) for key in keys}

    def _unknown_model(self, key: str) -> BadCell:
        return BadCell(
            "vehicle_model_unknown", _("There is no such vehicle model."), self._model_names.get(words.key(key), "")
        )

    @cached_property
    def _model_names(self) -> dict[str, str]:
        """Whoever writes a model's name instead of its ID is told the ID."""
        models = VehicleModel.objects.active().order_by("-built_from").values_list("brand", "model", "pk")
        names: dict[str, str] = {}
        for brand, model, pk in models:
            names.setdefault(words.key(f"{brand}{model}"), pk)
            names.setdefault(words.key(model), pk)
        return names

    # --- presets ------------------------------------------------------------------------------------------------------
    def _presets(self, keys: set[str]) -> dict[str, Any]:
        presets = list(ConfigurationPreset.objects.filter(fleet=self.fleet))
        known = {words.key(preset.pk): preset for preset in presets} | {preset.name: preset for preset in presets}
        known |= {words.key(preset.name): preset for preset in presets}
        names = [preset.name for preset in presets]
        return {
            key: known.get(key)
            or known.get(words.key(key))
            or BadCell("preset_unknown", _("The fleet has no such configuration preset."), words.closest(key, names))
            for key in keys
        }

    # --- companies ----------------------------------------------------------------------------------------------------
    def _companies(self, keys: set[str]) -> dict[str, Any]:
        """Unknown, pending, ended and foreign ones read the same: who works where is nobody's business."""
        accepted = Partnership.objects.accepted().filter(fleet=self.fleet, company__suspended_at=None)
        partners = dict(accepted.values_list("company_id", "company__name"))
        by_name = {words.key(name): pk for pk, name in partners.items()}
        return {
            key: key.upper()
            if key.upper() in partners
            else BadCell(
                "not_a_partner",
                _("This is not the partner ID of a company that works for this fleet."),
                by_name.get(words.key(key)) or words.closest(key, partners),
            )
            for key in keys
        }

    # --- units --------------------------------------------------------------------------------------------------------
    def _units(self, keys: set[str]) -> dict[str, Any]:
        """Foreign, mounted, planned and unknown ones read the same."""
        free = set(free_units(self.fleet, keys))
        return {
            key: key
            if key in free
            else BadCell("unit_not_available", _("This unit is not in stock, or another open job counts on it."))
            for key in keys
        }

    # --- vehicles already known ---------------------------------------------------------------------------------------
    def vins_in_work(self, vins: Iterable[str]) -> dict[str, str]:
        """VIN → `job_open` or `vehicle_in_fleet`, of those that the fleet meets already."""
        wanted = among(vins)
        jobs = Job.objects.open().filter(fleet=self.fleet, vin__in=wanted)
        vehicles = Vehicle.objects.live().filter(fleet=self.fleet, vin__in=wanted)
        in_fleet = dict.fromkeys(vehicles.values_list("vin", flat=True), "vehicle_in_fleet")
        return in_fleet | dict.fromkeys(jobs.values_list("vin", flat=True), "job_open")


def free_units(fleet, qnrs: Iterable[str]):
    """Of these the ones that a new job may plan."""
    return (
        Unit.objects.in_stock()
        .filter(fleet=fleet, pk__in=qnrs)
        .exclude(pk__in=used_units(fleet))
        .values_list("pk", flat=True)
    )


def used_units(fleet):
    """Units that open jobs have planned, linked or taken out for the time being."""
    columns = ("planned_unit", "unit", "replaced_unit")
    open_jobs = Job.objects.open().filter(fleet=fleet)
    uses = [open_jobs.filter(**{f"{name}__isnull": False}).values(name) for name in columns]
    return uses[0].union(*uses[1:])


def as_ulid(text: str) -> str:
    try:
        return ULIDField().to_python(text)
    except ValidationError:
        return ""
