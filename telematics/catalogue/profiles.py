"""What a unit can hear and do in each kind of vehicle."""

from typing import NamedTuple

from telematics.models.specification import Specification
from telematics.models.vehicle_model import IMMOBILIZER, KEY_HOLDER
from telematics.models.vehicle_state import SIGNALS

ENERGY, MILEAGE, SPEED = (
    "state_of_charge_or_fuel_level_in_percent",
    "mileage_in_kilometers",
    "speed_in_kilometers_per_hour",
)
# The unit brings these along wherever it is mounted.
OF_THE_UNIT = frozenset(("board_voltage", "position", "cellular_signal_quality", "bluetooth_connected", "alarm_input"))
BLOCKED = frozenset(("driving_enabled", IMMOBILIZER))


class Profile(NamedTuple):
    capabilities: frozenset
    features: frozenset


EVERYTHING = Profile(frozenset(SIGNALS) | {IMMOBILIZER, KEY_HOLDER}, frozenset(Specification.FEATURES))

CAR = DEV_KIT = EVERYTHING
CAR_WITHOUT_HOLDER = Profile(CAR.capabilities - {"key_fob", KEY_HOLDER}, CAR.features)
VAN = Profile(CAR.capabilities, CAR.features - {"smoke_detection"})
TRUCK = Profile(CAR_WITHOUT_HOLDER.capabilities, frozenset(("driving_events", "tracking", "auto_immo_control")))
MOPED = Profile(OF_THE_UNIT | BLOCKED | {"ignition", MILEAGE, ENERGY, SPEED}, frozenset(("driving_events", "tracking")))
KICKSCOOTER = Profile(OF_THE_UNIT | BLOCKED | {MILEAGE, ENERGY, SPEED}, frozenset(("tracking",)))
BICYCLE = Profile(OF_THE_UNIT | {"central_lock", MILEAGE, ENERGY, SPEED}, frozenset(("tracking",)))
