"""The commands of vehicles: what each needs of the vehicle model, and what each sets."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from telematics.vocabulary import IMMOBILIZER

if TYPE_CHECKING:
    from telematics.models import Vehicle, VehicleModel

LOCK = "lock-central-lock"
UNLOCK = "unlock-central-lock"
ENABLE = "enable-driving"
DISABLE = "disable-driving"
UNLOCK_AND_ENABLE = "unlock-and-enable-driving"
LOCK_AND_DISABLE = "lock-and-disable-driving"
REQUEST_STATE = "request-vehicle-state"
DRAW_ATTENTION = "draw-attention"

CENTRAL_LOCK = "central_lock"

VERBS = {
    LOCK: _("Lock central lock"),
    UNLOCK: _("Unlock central lock"),
    ENABLE: _("Enable driving"),
    DISABLE: _("Disable driving"),
    UNLOCK_AND_ENABLE: _("Unlock and enable driving"),
    LOCK_AND_DISABLE: _("Lock and disable driving"),
    REQUEST_STATE: _("Request vehicle state"),
    DRAW_ATTENTION: _("Draw attention"),
}

NEEDS = {
    LOCK: {CENTRAL_LOCK},
    UNLOCK: {CENTRAL_LOCK},
    ENABLE: {IMMOBILIZER},
    DISABLE: {IMMOBILIZER},
    UNLOCK_AND_ENABLE: {CENTRAL_LOCK, IMMOBILIZER},
    LOCK_AND_DISABLE: {CENTRAL_LOCK, IMMOBILIZER},
}

# What each sets: True is locked, and driving enabled.
LOCKS = {
    LOCK: True,
    LOCK_AND_DISABLE: True,
    UNLOCK: False,
    UNLOCK_AND_ENABLE: False,
}
ENABLES = {
    ENABLE: True,
    UNLOCK_AND_ENABLE: True,
    DISABLE: False,
    LOCK_AND_DISABLE: False,
}


def supported(verb: str, capabilities: Iterable[str]) -> bool:
    return verb in VERBS and NEEDS.get(verb, set()) <= set(capabilities)


def supported_by(vehicle_model: "VehicleModel | None", verb: str) -> bool:
    """Whether a vehicle of this model supports the command. An unknown model refuses none."""
    if vehicle_model is None:
        return verb in VERBS
    return supported(verb, vehicle_model.capabilities)


def closing(vehicle: "Vehicle") -> str | None:
    """The command that puts this vehicle back, None where there is nothing to close."""
    known = vehicle.vehicle_model
    if known:
        return to_put_back(known.capabilities)
    return LOCK_AND_DISABLE


def quick(vehicle: "Vehicle") -> list[str]:
    """The commands that are sent most: open the vehicle, close it, find it, request its state."""
    known = vehicle.vehicle_model
    opening = [verb for verb in (UNLOCK_AND_ENABLE, UNLOCK, ENABLE) if supported_by(known, verb)]
    closing_verb = closing(vehicle)
    found = opening[:1]
    if closing_verb:
        found.append(closing_verb)
    return found + [verb for verb in (DRAW_ATTENTION, REQUEST_STATE) if supported_by(known, verb)]


def to_put_back(capabilities: Iterable[str]) -> str | None:
    """The command that closes a vehicle with these capabilities, None where there is nothing to close."""
    for verb in (LOCK_AND_DISABLE, LOCK, DISABLE):
        if supported(verb, capabilities):
            return verb
    return None
