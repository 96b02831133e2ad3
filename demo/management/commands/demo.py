"""The demo world, once: `bin/run` calls it on a new database."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from demo import world as demo
from demo.world import place


class Command(BaseCommand):
    help = "Build the demo world; run again, it changes nothing. Refused beside real data."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="write nothing; is it there, or may it be built?"
        )

    def handle(self, *, check: bool, **_: Any) -> str:
        try:
            if check:
                return self._check()
            return self._build()
        except place.Occupied as occupied:
            raise CommandError(str(occupied)) from occupied

    def _check(self) -> str:
        if place.holds_demo_world():
            return "there"
        return "missing"

    def _build(self) -> str:
        if not settings.DEMO:
            raise CommandError(
                "This is not a demo: logins with a known password do not belong beside real data."
            )
        place.holds_demo_world()  # before the mark is taken, whose table may be missing yet
        built = demo.build()
        if built:
            return "The demo world is there."
        return "The demo world was there already."
