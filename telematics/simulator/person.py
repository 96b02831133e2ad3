"""The person beside the car: moves what a test asks for after some seconds, and repairs what failed before a repeat."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from telematics.signals import test_starting
from telematics.simulator.clock import scaled

if TYPE_CHECKING:
    from telematics.simulator.models import SimulatedUnit

# What a person does to change a signal: the values one after the other. The last one is the first state.
MOVES = {"ignition": (True, False), "key_fob": ("out", "in")}
# How long each move takes, at least and at most.
SECONDS = ((3, 8), (2, 4))


def plan_changes(unit: "SimulatedUnit", watch: Collection[str], now: datetime) -> None:
    """Plan changes of the watched signals. A planned change is not planned twice."""
    plan = unit.car["plan"]
    planned = {name for step in plan for name in step["set"]}
    for name in sorted(MOVES.keys() & set(watch) - planned):
        dice = unit.dice("person", unit.contacts, name)
        at = now
        for value, seconds in zip(MOVES[name], SECONDS, strict=True):
            at += scaled(dice.uniform(*seconds))
            plan.append({"at": at.isoformat(), "set": {name: value}})


def before_test(sender: object, *, qnr: str, kind: str, attempt: int, **_: Any) -> None:
    """Repair what failed in a test before it is repeated, if it can be repaired."""
    from telematics.simulator.models import SimulatedUnit

    if attempt < 2 or not plays_here():
        return
    with transaction.atomic():
        unit = SimulatedUnit.objects.locked(qnr)
        if unit is not None:
            unit.mend(kind)
            unit.save()


def plays_here() -> bool:
    """Whether the units of this installation are simulated."""
    return settings.TELEMATICS_GATEWAY.startswith("telematics.simulator.")


def listen() -> None:
    test_starting.connect(before_test, dispatch_uid="simulator.person")
