"""The words for what a vehicle model can do. A new word needs a migration, because the database checks them."""

from django.utils.translation import gettext_lazy as _

from telematics.signal_words import SIGNALS

IMMOBILIZER = "immobilizer"
KEY_HOLDER = "key_holder"
# The unit reads it on the vehicle's bus. It is compared, and shown as no signal.
READ_VIN = "vin"

CAPABILITIES = SIGNALS | {
    IMMOBILIZER: _("Immobilizer"),
    KEY_HOLDER: _("Key holder"),
    READ_VIN: _("VIN"),
}
FEATURES = {
    "auto_immo_control": _("auto immo control"),
    "driving_events": _("driving events"),
    "damage_detection": _("damage detection"),
    "tracking": _("tracking"),
    "smoke_detection": _("smoke detection"),
}
