"""The end of an archived vehicle: when it can no longer be restored, nothing that names it is kept. Its row stays."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from telematics.models.change_reason import IDENTITY, ChangeReason
from telematics.models.fleet_edits import RESTORABLE
from telematics.models.vehicle import Vehicle, VehicleQuerySet
from telematics.models.vehicle_event import VehicleEvent
from telematics.models.vehicle_state import VehicleState

# What names the vehicle, or holds what a fleet has written about it.
TEXTS = (*IDENTITY, "operation_status_remark")
NAMING = {*TEXTS, "custom_fields", "tags"}


def vehicles_to_blank() -> VehicleQuerySet:
    """Those that were archived too long ago to be restored, and still have their identity."""
    over = timezone.now() - RESTORABLE
    return Vehicle.objects.filter(archived_at__lt=over, blanked_at=None).order_by("archived_at")


@transaction.atomic
def blank(vehicle: Vehicle) -> None:
    """Blank the identity in the row, in its history and in its last state. Idempotent."""
    current = Vehicle.objects.lock(vehicle.pk)
    if not vehicles_to_blank().filter(pk=current.pk).exists():
        return
    for event in current.events.all():
        _forget_names(event)
    VehicleState.objects.filter(vehicle=current).delete()
    if current.custom_fields:
        reason = ChangeReason.CUSTOM_FIELDS_CHANGED
        vehicle.change(reason=reason, locked=current, custom_fields={})
    if current.tags:
        vehicle.change(reason=ChangeReason.TAGS_CHANGED, locked=current, tags=[])
    blanks: dict[str, Any] = dict.fromkeys(IDENTITY, "")
    vehicle.change(
        reason=ChangeReason.MASTER_DATA_CHANGED,
        locked=current,
        operation_status_remark="",
        blanked_at=timezone.now(),
        **blanks,
    )
    VehicleEvent.record(vehicle, "blank", by=None)


def _forget_names(event: VehicleEvent) -> None:
    changes = event.data.get("changes", {})
    kept = {name: sides for name, sides in changes.items() if name not in NAMING}
    if kept != changes:
        event.data["changes"] = kept
        event.save(update_fields=["data"])
