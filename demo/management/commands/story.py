"""The guides' example from beginning to end, against a running product."""

import logging
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from demo.story.line import Broke
from demo.story.phone import Refused
from demo.story.play import Play
from demo.story.plot import Plot
from demo.story.progress import table


class Command(BaseCommand):
    help = "Play the guides' example over HTTP, beside whatever is there; ends non-zero when a promise was broken."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--url", default="http://127.0.0.1:8000", help="where the product answers"
        )
        parser.add_argument("--jobs", type=int, default=100)
        parser.add_argument("--installers", type=int, default=5)
        parser.add_argument(
            "--operator", default="operator@demo.example", help="who sets up the fleet"
        )
        parser.add_argument("--password", default=settings.DEMO_PASSWORD, help="the operator's")
        parser.add_argument(
            "--mails", type=Path, default=settings.MAIL_DIR, help="the folder that mails go to"
        )

    def handle(self, *, url: str, jobs: int, installers: int, **given: Any) -> None:
        if jobs < 1 or installers < 1:
            raise CommandError("At least one job and one installer make a story.")
        logging.getLogger("httpx").setLevel(logging.WARNING)  # the table is the output
        who = {name: given[name] for name in ("operator", "password", "mails")}
        self.log(
            "A job takes its time, as at a real car. TELEMATICS_TIME_SCALE=0.02 for bin/run makes the cars faster."
        )
        play = Play(Plot(url.rstrip("/"), jobs, installers, **who), self.log)
        try:
            play.perform()
        except (Broke, Refused) as reason:
            play.tally.fail(f"The story broke off: {reason}")
        for line in table(play.tally):
            self.log(line)
        if play.tally.broken:
            raise CommandError("\n".join(["Promises were broken:", *play.tally.broken[:50]]))
        self.log(f"\nEvery promise was kept ({play.tally.of('promises')['kept']} looked at).")

    def log(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
