"""Everything on this machine: broker, database, demo world, workers, beat, web. `bin/run` is the way to it."""

import logging
import os
import sys
import time
from argparse import ArgumentParser
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.supervisor import gateway, room, welcome, world
from config.supervisor.addresses import Address
from config.supervisor.answering import PATIENCE
from config.supervisor.claim import claim_data, claim_port
from config.supervisor.errors import CannotStart, Lost
from config.supervisor.product import Product


class Command(BaseCommand):
    help = "Start everything and watch it until Ctrl-C."
    requires_system_checks = "__all__"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--host", default="127.0.0.1", help="where to listen; 0.0.0.0 lets phones in"
        )
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--https",
            action="store_true",
            help="with a certificate made on the spot, for the camera and the app without a network on a phone",
        )
        parser.add_argument(
            "--reload", action="store_true", help="load changed code, for developers (bin/dev)"
        )
        parser.add_argument(
            "--patience",
            type=float,
            default=PATIENCE,
            help="seconds without an answer of the web after which everything ends",
        )
        world_of = parser.add_mutually_exclusive_group()
        world_of.add_argument(
            "--demo",
            action="store_true",
            help="with the demo world, also where DATABASE_URL is given",
        )
        world_of.add_argument("--empty", action="store_true", help="without the demo world")

    def handle(
        self,
        *,
        host: str,
        port: int,
        https: bool,
        demo: bool,
        empty: bool,
        reload: bool,
        patience: float,
        **_: Any,
    ) -> None:
        began = time.monotonic()
        address = Address(host, port, is_https=https)
        try:
            if https and reload:
                raise CannotStart("--https and --reload cannot be used together.")
            room.require(settings.VAR_DIR)
            with claim_data(settings.VAR_DIR, address.public_url):
                claim_port(host, port)
                chosen = world.choose(demo=demo, empty=empty)
                units = gateway.choose(chosen, empty=empty, log=self.log)
                product = Product(
                    address, chosen, units, self.log, reload=reload, patience=patience
                )
                self._run(product, began)
        except (CannotStart, Lost) as reason:
            raise CommandError(str(reason)) from reason
        end_at_once()

    def _run(self, product: Product, began: float) -> None:
        def ready() -> None:
            for line in welcome.lines(product.address, product.world, time.monotonic() - began):
                self.log(line)

        product.run(ready)

    def log(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def end_at_once() -> NoReturn:
    """End without taking apart all that Python has loaded, which takes seconds on a busy machine."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
