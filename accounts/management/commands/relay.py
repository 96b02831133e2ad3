"""`manage.py relay`: number messages and deliver them, until a signal ends it. Any number may run beside each other."""

import signal
from typing import Any

from django.core.management.base import BaseCommand

from core.outbox.relay import Relay


class Command(BaseCommand):
    help = "Number messages and deliver them to event consumers"

    def handle(self, *args: Any, **options: Any) -> None:
        relay = Relay()
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: relay.stopping.set())
        relay.run()
