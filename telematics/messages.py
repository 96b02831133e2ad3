"""The messages of a fleet about its vehicles. Each message is a row of the change's own transaction."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from core.models import OutboxMessage
from core.outbox import topics
from core.outbox.message import Entry
from core.outbox.numbering import amend
from telematics.models.change_reason import ChangeReason

if TYPE_CHECKING:
    from telematics.models.vehicle import Vehicle
    from telematics.models.vehicle_state import Signals

VEHICLE_CHANGED = "VehicleChanged"
STATE_RECEIVED = "VehicleStateReceived"

topics.register(VEHICLE_CHANGED, _("Vehicle changed"), reasons=dict(ChangeReason.choices))
# A unit sends its state every 15 minutes at least, and each replaces the one before.
topics.register(STATE_RECEIVED, _("Vehicle state received"), kept=2)


def write_changed(
    sender: Any, *, vehicles: "Sequence[Vehicle]", reason: ChangeReason, **_: Any
) -> None:
    """A receiver of `signals.changed`."""
    fleet = vehicles[0].fleet
    if VEHICLE_CHANGED in fleet.message_topics:
        entries = [Entry(vehicle.pk, [reason.value]) for vehicle in vehicles]
        OutboxMessage.objects.write(fleet.pk, VEHICLE_CHANGED, entries)


def of_state(vehicle_id: str, state: "Signals") -> Entry:
    return Entry(vehicle_id, data={"vehicle_id": vehicle_id, "state": state})


def write_states(fleet: str, states: Sequence[Entry]) -> None:
    """The state of each is as the unit has sent it, of what the fleet may see now."""
    OutboxMessage.objects.write(fleet, STATE_RECEIVED, states)


def forget_signal(vehicle_id: str, signal: str) -> None:
    """Take a signal out of the states of a vehicle that are kept: a late reader does not get it either."""
    states = OutboxMessage.objects.filter(subject=vehicle_id, topic=STATE_RECEIVED)
    amend(states, lambda data: data | {"state": _without(signal, data["state"])})


def _without(signal: str, state: "Signals") -> "Signals":
    return {name: value for name, value in state.items() if name != signal}
