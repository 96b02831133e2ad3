"""Rules for more than one cell: a row against its template, preset and vehicle model, a VIN against the fleet."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext as _

from core.values.names import identity
from jobs import warnings
from jobs.importing.columns import OF_FIELD, PRESET
from jobs.importing.errors import BadCell, Finding, shown
from jobs.importing.rules import UNDECIDED
from jobs.importing.vin import check_digit_is_wrong
from jobs.warnings import MASTER_DATA, Warned
from telematics.models import VehicleModel
from telematics.models.specification import Specification

if TYPE_CHECKING:
    from jobs.importing.checking import Check
    from jobs.models.job_template import JobTemplate
    from jobs.models.preset import ConfigurationPreset

FEATURES = Specification.FEATURES
# The fields that are compared with the vehicle model.
COMPARED = (
    "vehicle_model",
    *MASTER_DATA,
    "installation_variant",
    "central_lock_connection_type",
    *FEATURES,
)
FLAGS = {True: "on", False: "off", None: UNDECIDED}


def compare(check: "Check", taken: dict[str, int]) -> None:
    """Record what does not fit together, and complete each row with its preset, template and company."""
    if "vin" in taken:
        _check_digits(check)
    _warn_of_fleet(check)
    template = template_values(check.options.template)
    # What the same values gave in an earlier row: thousands of rows share a few vehicle models.
    known: dict[tuple, Compared] = {}
    for place, own in enumerate(check.values):
        if PRESET in own:
            _fill_from_preset(check, place, own.pop(PRESET))
        if template:
            _fill_from_template(check, place, template)
        if check.options.company:
            own["company"] = check.options.company.pk
        if "vehicle_model" in own:
            _compare_with_model(check, place, known)


def template_values(template: "JobTemplate | None") -> dict[str, Any]:
    """The fields that a template sets."""
    if template is None:
        return {}
    values = {
        **template.specification(),
        "required_photos": template.required_photos,
        "roll_out": getattr(template.offered_roll_out, "pk", None),
    }
    return {name: value for name, value in values.items() if value not in (None, "", [])}


def _fill_from_preset(check: "Check", place: int, preset: "ConfigurationPreset") -> None:
    """Set the features that the row leaves blank. Where both set one, the cell wins."""
    own = check.values[place]
    for name, value in preset.features().items():
        if value is not None and own.setdefault(name, value) != value:
            text = _("Differs from the preset “%(preset)s”. The cell is used.") % {
                "preset": preset.name
            }
            check.warn(place, name, "preset_differs", _word(own[name]), text, _word(value))


def _fill_from_template(check: "Check", place: int, template: dict[str, Any]) -> None:
    """Set the fields of the template. Where both set one, the file wins, unless the template is preferred."""
    own = check.values[place]
    _note_differences(check, place, own, template)
    if check.options.prefer_template:
        own.update(template)
        return
    for name, value in template.items():
        own.setdefault(name, value)


def _note_differences(
    check: "Check", place: int, values: dict[str, Any], template: dict[str, Any]
) -> None:
    for name, wanted in template.items():
        if name in values and values[name] != wanted:
            found, message = shown(_word(values[name])), _("Differs from the template.")
            row, column = check.numbers[place], OF_FIELD[name]
            difference = Finding(
                row, column, "template_differs", found, message, shown(_word(wanted))
            )
            check.found.differences.append(difference)


def _check_digits(check: "Check") -> None:
    for place, values in enumerate(check.values):
        if values.get("vin") and check_digit_is_wrong(values["vin"]):
            text = _("The check digit is wrong. Check the VIN for a typing error.")
            check.warn(place, "vin", "check_digit", values["vin"], text)


def _warn_of_fleet(check: "Check") -> None:
    """Warn of what the fleet already has, and of dates in the past: as every other door does."""
    drafts = [_draft(values) for values in check.values]
    for place, warned in enumerate(warnings.warnings_of_all(check.lookups.fleet, drafts)):
        for one in warned:
            check.warn(place, one.field, one.code, one.value, one.text, one.about)
    repeated = warnings.repeated_plates(draft.license_plate for draft in drafts)
    if not repeated:
        return
    for place, draft in enumerate(drafts):
        if identity(draft.license_plate) in repeated:
            text = _("Appears more than once in this file.")
            check.warn(place, "license_plate", "duplicate_in_file", draft.license_plate, text)


def _draft(values: dict[str, Any]) -> warnings.Draft:
    """A cell may hold None, which leaves the decision to the installer. Dates are kept as texts."""
    planned = values.get("planned_service_date")
    return warnings.Draft(
        vin=values.get("vin") or "",
        license_plate=values.get("license_plate") or "",
        planned_service_date=date.fromisoformat(planned) if planned else None,
    )


class Compared(NamedTuple):
    """What does not fit together in a row with a vehicle model."""

    refused: list[tuple[str, BadCell, Any]]  # field, problem, value
    warned: list[Warned]


def _compare_with_model(check: "Check", place: int, known: dict[tuple, Compared]) -> None:
    """Refuse and warn of what does not fit the vehicle model, whether row or template sets it."""
    own = check.values[place]
    model = own["vehicle_model"]
    own["vehicle_model"] = model.pk
    values = tuple(map(own.get, COMPARED))
    if values not in known:
        named = dict(zip(COMPARED, values, strict=True))
        refused = [*_retired(model), *_not_supported(model, named)]
        known[values] = Compared(refused, warnings.contradictions(model, named))
    for name, problem, value in known[values].refused:
        check.refuse(place, OF_FIELD[name], problem, value)
    for one in known[values].warned:
        check.warn(place, one.field, one.code, one.value, one.text, one.about)


def _retired(model: VehicleModel) -> Iterator[tuple[str, BadCell, Any]]:
    """A model that is no longer offered. Only a template can name one; a cell finds the offered models alone."""
    if not model.active:
        text = _("The template's vehicle model is no longer offered.")
        yield "vehicle_model", BadCell("vehicle_model_retired", text), model


def _not_supported(
    model: VehicleModel, values: dict[str, Any]
) -> Iterator[tuple[str, BadCell, Any]]:
    features = tuple(name for name in FEATURES if values[name])
    errors = model.setup_errors(
        values["installation_variant"] or "",
        values["central_lock_connection_type"] or "",
        features,
    )
    for name, message in errors.items():
        yield name, BadCell("not_supported", message), _word(values[name])


def _word(value: Any) -> Any:
    """A value as a file writes it."""
    if value is None or isinstance(value, bool):
        return FLAGS[value]
    if isinstance(value, list):
        return " ".join(value)
    return getattr(value, "pk", value)
