"""The vehicle models that units are known to fit, and the function that loads them into the database."""

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import transaction

from telematics.catalogue.rows import ROWS

if TYPE_CHECKING:
    from telematics.models import VehicleModel

IDENTITY = ("brand", "model", "fuel_type", "built_from")


@transaction.atomic
def load() -> list["VehicleModel"]:
    """Update every model, add those that are missing and return them in their order. It may run again at any time.

    An inactive model stays inactive: somebody has taken it out of the lists.
    """
    return [_load(row) for row in ROWS]


def _load(row: dict[str, Any]) -> "VehicleModel":
    models = apps.get_model(
        "telematics", "VehicleModel"
    ).objects  # the models import the profiles of this package
    identity = {name: row[name] for name in IDENTITY}
    values = {name: value for name, value in row.items() if name not in IDENTITY}
    kept = {name: value for name, value in values.items() if name != "active"}
    return models.update_or_create(
        **identity,
        defaults=kept,
        create_defaults=values,
    )[0]
