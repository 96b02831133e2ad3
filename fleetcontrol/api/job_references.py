"""What the bodies of jobs name by id, looked up for all jobs of a request at once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiClient, Company, Partnership
from fleetcontrol.api.base import NoSuchReference
from fleetcontrol.api.job_shapes import NAMES
from fleetcontrol.api.vehicles import NO_MODEL, NO_UNIT
from jobs.importing.errors import BadCell
from jobs.importing.lookups import Lookups, as_ulid
from jobs.models import Job, JobTemplate
from jobs.moves.new_jobs import NewJob
from telematics.models import Unit, Vehicle, VehicleModel

Values = Mapping[str, Any]
COMPANY = "assigned_installer_company_id"
PRESET = "configuration_preset"
PLACE = "place"
ROLL_OUT = "roll_out"
TEMPLATE = "template_id"
NO_VEHICLE = _("The fleet has no such vehicle, or it is archived.")
NO_TEMPLATE = _("The fleet has no such template.")
NO_PARTNER = _("This is not the ID of a partner of this fleet.")


class References:
    """The rows that some bodies name, as far as the client's fleet has them. One statement for each kind."""

    def __init__(self, caller: ApiClient, bodies: Sequence[Values]):
        self.caller = caller
        self.bodies = bodies
        self.errors: dict[str, list[Any]] = {}
        find: dict[str, tuple[Callable[[set[str]], Mapping[str, Any]], Any]] = {
            "vehicle_model_id": (self._models, NO_MODEL),
            "vehicle_id": (self._vehicles, NO_VEHICLE),
            "planned_unit": (self._units, NO_UNIT),
            TEMPLATE: (self._templates, NO_TEMPLATE),
            COMPANY: (self._companies, NO_PARTNER),
            PRESET: (self._presets, None),
            PLACE: (self._places, None),
            ROLL_OUT: (self._roll_outs, None),
        }
        self.rows = {name: self._resolve(name, *how) for name, how in find.items()}

    def check(self, path: Callable[[int, str], str] = lambda _number, name: name) -> None:
        """Raise NoSuchReference with everything that does not exist. `path` names a field of a body."""
        errors = {}
        for name, (rows, text) in self.rows.items():
            for number, body in enumerate(self.bodies):
                key = body.get(name)
                if key and isinstance(rows.get(key), BadCell | None):
                    problem = rows.get(key)
                    errors[path(number, name)] = [problem.message if problem else text]
        if errors:
            raise NoSuchReference.at(errors)

    def _resolve(self, name: str, find: Callable, text: Any) -> tuple[Mapping[str, Any], Any]:
        wanted = {body[name] for body in self.bodies if body.get(name)}
        return (find(wanted) if wanted else {}), text

    def row(self, name: str, body: Values) -> Any:
        """The row that the body names; None where it names none."""
        key = body.get(name)
        return self.rows[name][0][key] if key else None

    # --- by id --------------------------------------------------------------------------------------------------------
    def _models(self, keys: set[str]) -> Mapping[str, Any]:
        return by_ulid(VehicleModel.objects.active(), keys)

    def _templates(self, keys: set[str]) -> Mapping[str, Any]:
        templates = JobTemplate.objects.visible_to(self.caller).select_related("vehicle_model")
        return by_ulid(templates, keys)

    def _vehicles(self, keys: set[str]) -> Mapping[str, Any]:
        vehicles = Vehicle.objects.visible_to(self.caller).live().filter(pk__in=keys)
        return {one.pk: one for one in vehicles.select_related("vehicle_model")}

    def _units(self, keys: set[str]) -> Mapping[str, Any]:
        return Unit.objects.visible_to(self.caller).in_bulk(keys)

    def _companies(self, keys: set[str]) -> Mapping[str, Any]:
        partners = Partnership.objects.assignable(self.caller.fleet)
        return Company.objects.filter(pk__in=partners.values("company")).in_bulk(keys)

    def _presets(self, keys: set[str]) -> Mapping[str, Any]:
        return Lookups(self.caller.fleet).resolve(PRESET, keys)

    def _places(self, keys: set[str]) -> Mapping[str, Any]:
        return Lookups(self.caller.fleet).places(keys)

    def _roll_outs(self, keys: set[str]) -> Mapping[str, Any]:
        return Lookups(self.caller.fleet).roll_outs(keys)

    # --- values of jobs -----------------------------------------------------------------------------------------------
    def changes(self, body: Values) -> dict[str, Any]:
        """The fields of a job that the body changes."""
        values: dict[str, Any] = {}
        if preset := self.row(PRESET, body):
            decided = preset.features().items()
            values |= {name: value for name, value in decided if value is not None}
        for name, value in body.items():
            if name not in (PRESET, TEMPLATE, COMPANY):
                field = FIELDS.get(name, name)
                values[field] = (
                    self.row(name, body) if name in self.rows else as_stored(field, value)
                )
        return values

    def new_job(self, body: Values) -> NewJob:
        """The values of a new job: those of its template, then those of the body."""
        template = self.row(TEMPLATE, body)
        values = template.for_job() if template else {}
        return NewJob({**values, **self.changes(body)}, self.row(COMPANY, body))


FIELDS = {name: field for field, name in NAMES.items()}


def as_stored(field: str, value: Any) -> Any:
    """null as the column has it."""
    if value is None and not Job._meta.get_field(field).null:
        return ""
    return value


def by_ulid(rows: Any, keys: Iterable[str]) -> dict[str, Any]:
    """Find rows by texts that may be no ids at all."""
    ulids = {key: as_ulid(key) for key in keys}
    found = rows.in_bulk([ulid for ulid in ulids.values() if ulid])
    return {key: found[ulid] for key, ulid in ulids.items() if ulid in found}


def in_names_of_api(wrong: ValidationError, *, before: str = "") -> ValidationError:
    """The errors of a job's fields at the names that a request has: `jobs.3.vehicle_id`."""
    errors = {}
    for place, found in wrong.error_dict.items():
        number, dot, name = place.rpartition(".")
        errors[f"{before}{number}{dot}{NAMES.get(name, name)}"] = found
    return ValidationError(errors)
