"""Whether the unit of a vehicle reports: OneAPI's `life_status`, and the health on *Inspect*."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from telematics.models import Vehicle

# A unit sends a message every 15 minutes. Two that are missing may be a car park.
SILENT_AFTER = timedelta(minutes=35)


class LifeStatus(TextChoices):
    ONLINE = "ONLINE", _("Online")
    SILENT = "SILENT", _("Silent")
    NEVER = "NEVER", _("No message yet")


def last_contact(vehicle: "Vehicle") -> datetime | None:
    """When the last message came; None before the first one."""
    state = getattr(vehicle, "state", None)
    return state.received_at if state is not None else None


def life_status(vehicle: "Vehicle") -> LifeStatus:
    at = last_contact(vehicle)
    if vehicle.unit_id is None or at is None:
        return LifeStatus.NEVER
    if at < timezone.now() - SILENT_AFTER:
        return LifeStatus.SILENT
    return LifeStatus.ONLINE
