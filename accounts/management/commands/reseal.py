"""`manage.py reseal`: seal every stored secret with the first of FIELD_KEYS, so that the others can be removed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Erasure, EventConsumer


class Command(BaseCommand):
    help = "Seal the secrets of event consumers, and what erasures search for, with the first of FIELD_KEYS"

    def handle(self, *args: Any, **options: Any) -> None:
        sealed, lost = EventConsumer.objects.reseal()
        self.stdout.write(f"{sealed} event consumers have their secrets sealed with the first key.")
        erasures, left = Erasure.objects.reseal()
        if erasures:
            self.stdout.write(f"{erasures} unfinished erasures as well.")
        if lost:
            raise CommandError(
                "No key of FIELD_KEYS opens the secrets of: "
                f"{', '.join(lost)}. Keep the key that is missing, or renew these secrets."
            )
        if left:
            raise CommandError(
                "No key of FIELD_KEYS opens what these erasures search for: "
                f"{', '.join(left)}. Keep the key that is missing until they are finished."
            )
