"""The vehicle models that units are known to fit, and the one function that brings them into the database."""

from django.db import transaction

from telematics.catalogue.rows import ROWS
from telematics.models import VehicleModel

IDENTITY = ("brand", "model", "fuel_type", "built_from")


@transaction.atomic
def load():
    """Bring every model up to date and add what is missing; run it as often as wanted. The models, in their order."""
    return [
        VehicleModel.objects.update_or_create(
            **{name: row[name] for name in IDENTITY},
            defaults={name: value for name, value in row.items() if name not in IDENTITY},
        )[0]
        for row in ROWS
    ]
