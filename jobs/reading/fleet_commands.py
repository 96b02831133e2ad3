"""What the fleet itself sent to a vehicle while a job had an access to it: part of the job's history."""

from collections.abc import Iterable

from django.db.models import Q

from jobs.models import VehicleAccess
from telematics.models import Command


def sent_during(accesses: Iterable[VehicleAccess]) -> list[Command]:
    """The commands that were handed over, oldest first. The accesses are loaded with their keys."""
    meanwhile = Q()
    for access in accesses:
        meanwhile |= Q(
            vehicle=access.key.vehicle_id,
            sent_at__gte=access.key.opened_at,
            sent_at__lte=access.ends_at,
        )
    if not meanwhile:
        return []
    found = Command.objects.of_fleet().filter(meanwhile)
    return list(found.select_related("requested_by", "client").order_by("id"))
