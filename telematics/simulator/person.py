"""Whoever stands beside the car: moves what is asked for after some seconds, and mends what failed before repeating."""

from django.conf import settings
from django.db import transaction

from telematics.signals import test_starting
from telematics.simulator.clock import scaled

# What a person does when asked to move a signal: the values in turn, the last one being where it began.
MOVES = {"ignition": (True, False), "key_fob": ("out", "in")}
FIRST_SECONDS, NEXT_SECONDS = (3, 8), (2, 4)


def ask(unit, watch, now):
    """Plan the acts asked for; who is at it already is not asked twice."""
    planned = {name for act in unit.car["plan"] for name in act["set"]}
    for name in sorted(set(watch) & set(MOVES) - planned):
        dice, at = unit.dice("person", unit.contacts, name), now
        for value, seconds in zip(MOVES[name], (FIRST_SECONDS, NEXT_SECONDS), strict=True):
            at += scaled(dice.uniform(*seconds))
            unit.car["plan"].append({"at": at.isoformat(), "set": {name: value}})


def before_test(sender, *, qnr, kind, attempt, **_):
    """A repeated test: what failed in it has been mended, where it can be."""
    from telematics.simulator.models import SimulatedUnit

    if attempt < 2 or not plays_here():
        return
    with transaction.atomic():
        unit = SimulatedUnit.objects.locked(qnr)
        if unit is not None:
            unit.mend(kind)
            unit.save()


def plays_here():
    """Whether the units of this installation are simulated."""
    return settings.TELEMATICS_GATEWAY.startswith("telematics.simulator.")


def listen():
    test_starting.connect(before_test, dispatch_uid="simulator.person")
