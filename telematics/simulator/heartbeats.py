"""A mounted unit sends its state every 15 minutes, also if nothing has changed."""

from datetime import timedelta
from time import monotonic

from django.db import transaction
from django.utils import timezone

from core.failures import each
from core.shutdown import stopping
from telematics.models.vehicle_state import VehicleState
from telematics.simulator import person, physics, trips
from telematics.simulator.models import SimulatedUnit
from telematics.simulator.unit_queryset import SimulatedUnitQuerySet

BATCH = 1000
# The beat calls every minute. What is left then is due in the next call.
LONGEST = timedelta(seconds=50)


def send_due() -> None:
    """Send all that is due, however many units the fleets have."""
    if not person.plays_here():
        return
    until = monotonic() + LONGEST.total_seconds()

    def send_in_time(unit: SimulatedUnit) -> None:
        if not stopping.is_set() and monotonic() < until:
            send(unit.pk)

    while monotonic() < until and not stopping.is_set():
        if not each(silent().order_by("sent_at"), send_in_time, what="heartbeats", most=BATCH):
            return


def silent() -> SimulatedUnitQuerySet:
    return SimulatedUnit.objects.silent_since(timezone.now() - physics.HEARTBEAT)


def send(qnr: str) -> None:
    """Send the whole state of one unit, if its fault lets anything through."""
    with transaction.atomic():
        unit = SimulatedUnit.objects.get_locked(qnr)
        now = timezone.now()
        unit.sent_at = now
        unit.save()
    is_heard = not (unit.effect and unit.effect.call) and not trips.is_hidden(unit.car)
    if unit.heartbeat_at(now) and is_heard:
        VehicleState.receive(qnr, unit.signals, now, device=unit.device)
