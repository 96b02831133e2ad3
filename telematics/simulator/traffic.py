"""The cars of the demo fleet live: those that are due take their next step, and their units report it.

A car that somebody uses is left alone. Several tasks may run: each takes cars that no other has locked.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from time import monotonic

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from core.shutdown import stopping
from telematics.models import FuelType, Key, Vehicle
from telematics.models.received_states import Report, receive_all
from telematics.simulator import clock, trips
from telematics.simulator.models import SimulatedUnit

log = logging.getLogger(__name__)
BATCH = 25
# The beat calls every five seconds. What is left then is due in the next call.
LONGEST = timedelta(seconds=4)
CHARGED_SLOWLY = (FuelType.ELECTRIC, FuelType.PLUGIN_HYBRID)
COLUMNS = ("car", "signals", "changes", "sent_at", "moves_at")


def play_due() -> None:
    """Let every car that is due take its next step."""
    until = monotonic() + LONGEST.total_seconds()
    while monotonic() < until and not stopping.is_set():
        if play_some() < BATCH:
            return


@transaction.atomic
def play_some() -> int:
    """Play one step of at most BATCH cars and return the number of those that were due.

    The lock is the one that a new key of the vehicle waits for. So a key is either seen here, or comes after the step.
    """
    now = timezone.now()
    due = unused().filter(unit__simulated__moves_at__lte=now).order_by("pk")
    locked = due.select_for_update(of=("self",), skip_locked=True)[:BATCH]
    pks = [vehicle.pk for vehicle in locked]
    # Once more: a key may have come between the look at the keys and the lock.
    free = unused().filter(pk__in=pks).only("pk", "unit", "fuel_type")
    units = list(_move(free, now))
    SimulatedUnit.objects.bulk_update(units, COLUMNS)
    sent = [unit for unit in units if unit.sent_at == now]
    receive_all([Report(unit.pk, unit.signals, now, unit.device) for unit in sent])
    return len(pks)


def unused() -> QuerySet[Vehicle]:
    """Vehicles that nobody has a key to, and that no assigned or running job is about."""
    open_keys = Key.objects.live().filter(vehicle=OuterRef("pk"))
    return Vehicle.objects.live().not_held().filter(~Exists(open_keys))


def _move(vehicles: Iterable[Vehicle], now: datetime) -> Iterable[SimulatedUnit]:
    """The units of these vehicles after their next step."""
    fuels = {vehicle.unit_id: vehicle.fuel_type for vehicle in vehicles}
    for unit in SimulatedUnit.objects.lock_free(fuels):
        try:
            _step(unit, now, charges=fuels[unit.pk] in CHARGED_SLOWLY)
        except (AttributeError, KeyError, TypeError, ValueError):
            log.exception("the car at %s cannot go on and stays where it is", unit.pk)
            unit.moves_at = None
        yield unit


def _step(unit: SimulatedUnit, now: datetime, *, charges: bool) -> None:
    before = dict(unit.signals)
    unit.wake(now)
    number = unit.car.get("trip", {}).get("steps", 0)
    seconds = trips.step(unit.car, unit.dice("trip", number), charges=charges)
    unit.report(now)
    unit.moves_at = now + clock.scaled(seconds)
    if unit.signals != before and not trips.is_hidden(unit.car):
        unit.sent_at = now


@transaction.atomic
def stop(qnr: str) -> None:
    """End the trip of the car at this unit: an installer is there."""
    unit = SimulatedUnit.objects.locked(qnr)
    if unit is not None and unit.car.get("trip"):
        trips.come_to_rest(unit.car)
        unit.report(timezone.now())
        unit.save()
