"""Everything on this machine: broker, database, demo world, workers, beat, web. `bin/run` is the way to it."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.supervisor import welcome, world
from core.supervisor.addresses import Address
from core.supervisor.claim import claim_data, claim_port
from core.supervisor.errors import CannotStart, Lost
from core.supervisor.product import Product


class Command(BaseCommand):
    help = "Start everything and watch it until Ctrl-C."
    requires_system_checks = "__all__"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="where to listen; 0.0.0.0 lets phones in")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--empty", action="store_true", help="without the demo world")

    def handle(self, *, host: str, port: int, empty: bool, **_: Any) -> None:
        began = time.monotonic()
        address = Address(host, port)
        try:
            with claim_data(settings.VAR_DIR, address.public_url):
                claim_port(host, port)
                chosen = world.choose(empty=empty)
                self._run(Product(address, chosen, self.say), began)
        except (CannotStart, Lost) as reason:
            raise CommandError(str(reason)) from reason

    def _run(self, product: Product, began: float) -> None:
        def ready() -> None:
            for line in welcome.lines(product.address, product.world, time.monotonic() - began):
                self.say(line)

        product.run(ready)

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
