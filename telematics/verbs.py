"""The commands a vehicle understands, what each needs of its model, and what each sets."""

from django.utils.translation import gettext_lazy as _

from telematics.models.vehicle_model import IMMOBILIZER

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
LOCKS = {LOCK: True, LOCK_AND_DISABLE: True, UNLOCK: False, UNLOCK_AND_ENABLE: False}
ENABLES = {ENABLE: True, UNLOCK_AND_ENABLE: True, DISABLE: False, LOCK_AND_DISABLE: False}


def supported(verb, capabilities):
    return verb in VERBS and NEEDS.get(verb, set()) <= set(capabilities)


def to_put_back(capabilities):
    """The command that leaves a car as it has to be left, None where there is nothing to close."""
    for verb in (LOCK_AND_DISABLE, LOCK, DISABLE):
        if supported(verb, capabilities):
            return verb
    return None
