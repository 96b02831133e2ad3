"""The cars as they stand there today: each mounted unit is online, set up, and has said how its vehicle is."""

from django.utils import timezone

from jobs.demo.bench import Bench
from jobs.demo.people import Cast
from telematics.models import SimulatedUnit, Specification, Vehicle, VehicleState

SETUP = Specification.SETUP + Specification.FEATURES


def bring_to_life(cast: Cast) -> None:
    mounted = Vehicle.objects.filter(fleet__in=cast.fleets, unit__isnull=False).select_related("unit__simulated")
    now = timezone.now()
    for vehicle in mounted:
        unit = vehicle.unit.simulated
        if not unit.setup:
            setup = {name: getattr(vehicle, vehicle._meta.get_field(name).attname) for name in SETUP}
            Bench(unit, vehicle.vehicle_model, setup)
            unit.car |= {"locked": True, "blocked": True}
            unit.report(now)
        unit.sent_at = now
        VehicleState.receive(unit.pk, unit.signals, now)
    SimulatedUnit.objects.bulk_update(
        [v.unit.simulated for v in mounted], ["car", "setup", "signals", "changes", "sent_at"]
    )
