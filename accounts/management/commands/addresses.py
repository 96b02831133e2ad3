"""`manage.py addresses`: e-mail addresses that are not in their canonical form, and why."""

from typing import Any

from django.core.management.base import BaseCommand, no_translations

from accounts.models.old_addresses import leftovers, rewrite


class Command(BaseCommand):
    help = (
        "Bring e-mail addresses from older versions to their one form, and list those that an operator has to decide."
        " It may run again at any time."
    )

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        rewrite()
        found = list(leftovers())
        for leftover in found:
            self.stdout.write("\t".join(leftover))
        self.stdout.write(f"{len(found)} addresses to decide.")
