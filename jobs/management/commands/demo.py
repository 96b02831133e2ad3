"""The demo world, once: `bin/run` calls it on a new database."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from jobs import demo


class Command(BaseCommand):
    help = "Build the demo world; run again, it changes nothing."

    def handle(self, **_: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This is not a demo: logins with a known password do not belong beside real data.")
        built = demo.build()
        self.stdout.write("The demo world is there." if built else "The demo world was there already.")
