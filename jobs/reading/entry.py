"""How a field of a job is entered: its type, what it takes, and whether the job needs it."""

from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from jobs.models.columns import JobColumns, column
from jobs.parts.proof import NEEDED_FIELDS
from telematics.models import VehicleModel
from telematics.models.specification import FIRST_YEAR, latest_year

TYPES: dict[type[models.Field], str] = {
    models.BooleanField: "flag",
    models.ForeignKey: "choice",
    models.DateField: "date",
    models.PositiveSmallIntegerField: "number",
}


def entry_of(job: JobColumns, name: str) -> dict[str, Any]:
    """Return `{type, choices, max_length, min, max, required}` of the field of this name."""
    field = column(job, name)
    kind = _type_of(field)
    is_number = kind == "number"
    return {
        "type": kind,
        "choices": _choices(field, job.known_model),
        "max_length": field.max_length if kind == "text" else None,
        "min": FIRST_YEAR if is_number else None,
        "max": latest_year() if is_number else None,
        "required": job.is_installation and name in NEEDED_FIELDS,
    }


def _type_of(field: models.Field) -> str:
    if field.choices:
        return "choice"
    for of_column, name in TYPES.items():
        if isinstance(field, of_column):
            return name
    return "text"


def _choices(field: models.Field, model: VehicleModel | None) -> list[dict[str, Any]] | None:
    """What the vehicle model supports, or everything while it is not known.

    None for a field without choices, and for the vehicle model itself, which is searched for.
    """
    if isinstance(field, models.BooleanField):
        offered = [(True, capfirst(_("on"))), (False, capfirst(_("off")))]
    elif field.choices:
        offered = [(value, str(label)) for value, label in field.flatchoices if value]
    else:
        return None
    if model:
        offered = [choice for choice in offered if model.allows(field.name, choice[0])]
    return [{"value": value, "label": label} for value, label in offered]
