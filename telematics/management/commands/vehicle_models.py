"""`manage.py vehicle_models`: the catalogue of vehicle models, in this database."""

from typing import Any

from django.core.management.base import BaseCommand, no_translations

from core.vocabulary import problems
from telematics import catalogue
from telematics.models import VehicleModel


class Command(BaseCommand):
    help = (
        "Load the catalogue of vehicle models, and list the models whose words are wrong."
        " It may run again at any time."
    )

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        before = VehicleModel.objects.count()
        models = catalogue.load()
        added = VehicleModel.objects.count() - before
        self.stdout.write(
            f"{len(models)} vehicle models: {added} added, {len(models) - added} up to date."
        )
        for model in VehicleModel.objects.all():
            for problem in problems(model):
                self.stderr.write(f"Correct this model in the admin: {model}: {problem}")
