"""`manage.py reseal`: seal every stored secret with the first of FIELD_KEYS, so that the others can be removed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import EventConsumer


class Command(BaseCommand):
    help = "Seal the secrets of event consumers with the first of FIELD_KEYS"

    def handle(self, *args: Any, **options: Any) -> None:
        sealed, unreadable = EventConsumer.objects.reseal()
        self.stdout.write(f"{sealed} event consumers have their secrets sealed with the first key.")
        if unreadable:
            raise CommandError(
                "No key of FIELD_KEYS opens the secrets of: "
                f"{', '.join(unreadable)}. Keep the key that is missing, or renew these secrets."
            )
