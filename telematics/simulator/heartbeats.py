"""A mounted unit says how it is every 15 minutes, whether anything has changed or not."""

from django.db import transaction
from django.utils import timezone

from core.shutdown import stopping
from telematics.models.vehicle_state import VehicleState
from telematics.simulator import person, physics
from telematics.simulator.models import SimulatedUnit

BATCH = 1000


def send_due():
    if not person.plays_here():
        return
    silent = SimulatedUnit.objects.silent_since(timezone.now() - physics.HEARTBEAT)
    for qnr in silent.order_by("sent_at").values_list("pk", flat=True)[:BATCH]:
        if stopping.is_set():
            return
        send(qnr)


def send(qnr):
    """The whole state of one unit, if anything of it gets through."""
    with transaction.atomic():
        unit, now = SimulatedUnit.objects.locked(qnr), timezone.now()
        unit.sent_at = now
        unit.save()
    if unit.heartbeat_at(now) and not (unit.effect and unit.effect.call):
        VehicleState.receive(qnr, unit.signals, now)
