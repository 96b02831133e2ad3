"""Remove the data of the demo in `var/`. `bin/run --reset` calls it before the start."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.supervisor import world
from config.supervisor.claim import claim_data
from config.supervisor.errors import CannotStart
from config.supervisor.reset import remove, require_demo

QUESTION = "Remove the demo in {var}: its database, mails, photos, secrets and logs? [y/N] "


class Command(BaseCommand):
    help = "Remove the data of the demo in VAR_DIR, so that the next start builds it anew."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *, yes: bool, **_: Any) -> None:
        var = settings.VAR_DIR
        try:
            with claim_data(var, "a reset"):
                chosen = world.first_choice()
                require_demo(var, chosen, is_database_given=settings.DATABASE_GIVEN)
                if chosen and not yes:
                    self._ask(QUESTION.format(var=var))
                remove(var)
        except CannotStart as reason:
            raise CommandError(str(reason)) from reason
        self.stdout.write(f"The demo in {var} was removed.")

    def _ask(self, question: str) -> None:
        if not sys.stdin.isatty():
            raise CommandError("Nobody can be asked here. Give --yes to remove the demo.")
        if input(question).strip().lower() not in ("y", "yes"):
            raise CommandError("Nothing was removed.")
