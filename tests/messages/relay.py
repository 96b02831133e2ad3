"""`python -m tests.messages.relay`: for each line of its input, a child that runs the relay and ends at a point.

A line has the name of a point and a number, or nothing for a relay that is not to end. `born` and the pid of the child
are written, and `ended` with its pid and exit code. The product is loaded once: only a child opens connections.
"""

import os
import signal
import sys
from datetime import timedelta

import django

from config.supervisor.process import die_with_parent
from tests.messages.points import POINTS, arm

# What a relay that died held is free after this, and what failed is tried again: so a run waits less.
LEASE = timedelta(seconds=2)
LEASE_OF_CALLS = timedelta(seconds=8)
PAUSE = timedelta(seconds=1)


def hurry() -> None:
    """The product's own rules, with shorter times."""
    from accounts.models import webhook_delivery, webhook_delivery_queryset
    from config.celery import app
    from core.outbox import subscription

    subscription.LEASE = LEASE
    subscription.PAUSES = [PAUSE]
    webhook_delivery_queryset.LEASE = LEASE_OF_CALLS
    webhook_delivery.PAUSES = [PAUSE] * len(webhook_delivery.PAUSES)
    app.conf.task_always_eager = True  # there is no worker: a nudged task is carried out at once


def relay(line: str) -> int:
    """Of the child: its exit code."""
    from core.outbox.relay import Relay

    name, _tab, nth = line.partition("\t")
    for point in POINTS:
        if str(point) == name:
            arm(point, int(nth))
    relay = Relay()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: relay.stopping.set())
    relay.run()
    return 0


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    hurry()
    signal.signal(signal.SIGCHLD, lambda *_: bury())
    say("ready")
    for line in sys.stdin:
        mortal = die_with_parent(signal.SIGKILL)
        child = os.fork()
        if not child:
            mortal()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os._exit(relay(line.strip("\n")))
        say(f"born {child}")


def bury() -> None:
    """Write down the children that have ended."""
    while True:
        try:
            child, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not child:
            return
        say(f"ended {child} {os.waitstatus_to_exitcode(status)}")


def say(line: str) -> None:
    """At once: a signal may come while another line is written."""
    os.write(sys.stdout.fileno(), f"{line}\n".encode())


if __name__ == "__main__":
    main()
