"""The cars as they stand there today: each mounted unit is online and set up, knows the open keys, and has said how
its vehicle is.
"""

from django.utils import timezone

from demo.world.bench import Bench
from demo.world.people import Cast
from jobs.models.columns import column
from telematics.models import Key, Specification, Vehicle, VehicleState
from telematics.simulator import clock
from telematics.simulator.models import SimulatedUnit

# Seconds after which the cars set off one by one, with those that nobody uses.
FIRST_TRIP = (5, 180)
SETUP = Specification.SETUP + Specification.FEATURES


def bring_to_life(cast: Cast) -> None:
    mounted = Vehicle.objects.filter(fleet__in=cast.fleets, unit__isnull=False).select_related(
        "unit__simulated"
    )
    now = timezone.now()
    units = []
    for vehicle in mounted:
        assert vehicle.unit, "only mounted ones are found"
        unit = vehicle.unit.simulated
        units.append(unit)
        if not unit.setup:
            setup = {name: getattr(vehicle, column(vehicle, name).attname) for name in SETUP}
            Bench(unit, vehicle.vehicle_model, setup)
            unit.car |= {"locked": True, "blocked": True}
            unit.report(now)
        for key in Key.objects.live().filter(vehicle=vehicle, unit=unit.pk):
            unit.learn_key(key.pk, key.ends_at)
        unit.sent_at = now
        unit.moves_at = now + clock.scaled(unit.dice("first trip").uniform(*FIRST_TRIP))
        VehicleState.receive(unit.pk, unit.signals, now, device=unit.device)
    columns = ["car", "setup", "signals", "changes", "keys", "sent_at", "moves_at"]
    SimulatedUnit.objects.bulk_update(units, columns)
