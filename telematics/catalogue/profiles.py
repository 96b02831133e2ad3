"""What a unit can hear and do in each kind of vehicle. It imports no model: the models' own checks read it."""

from typing import NamedTuple

from telematics.vocabulary import CAPABILITIES, FEATURES, IMMOBILIZER, KEY_HOLDER, READ_VIN

ENERGY = "state_of_charge_or_fuel_level_in_percent"
MILEAGE = "mileage_in_kilometers"
SPEED = "speed_in_kilometers_per_hour"
# The unit brings these along wherever it is mounted.
OF_THE_UNIT = frozenset(
    ("board_voltage", "position", "cellular_signal_quality", "bluetooth_connected", "alarm_input")
)
BLOCKED = frozenset(("driving_enabled", IMMOBILIZER))


class Profile(NamedTuple):
    capabilities: frozenset
    features: frozenset


EVERYTHING = Profile(frozenset(CAPABILITIES), frozenset(FEATURES))

CAR = DEV_KIT = EVERYTHING
CAR_WITHOUT_HOLDER = Profile(CAR.capabilities - {"key_fob", KEY_HOLDER}, CAR.features)
VAN = Profile(CAR.capabilities, CAR.features - {"smoke_detection"})
TRUCK = Profile(
    CAR_WITHOUT_HOLDER.capabilities, frozenset(("driving_events", "tracking", "auto_immo_control"))
)
MOPED = Profile(
    OF_THE_UNIT | BLOCKED | {"ignition", MILEAGE, ENERGY, SPEED},
    frozenset(("driving_events", "tracking")),
)
KICKSCOOTER = Profile(OF_THE_UNIT | BLOCKED | {MILEAGE, ENERGY, SPEED}, frozenset(("tracking",)))
BICYCLE = Profile(OF_THE_UNIT | {"central_lock", MILEAGE, ENERGY, SPEED}, frozenset(("tracking",)))

# What a model may lack whatever its type is: no test needs it.
OPTIONAL = frozenset((READ_VIN,))
# What a model of each type must be able to do. Each capability here brings a test that no job may go without.
MINIMUM = {
    "CAR": CAR_WITHOUT_HOLDER.capabilities - OPTIONAL,
    "VAN": CAR_WITHOUT_HOLDER.capabilities - OPTIONAL,
    "TRUCK": CAR_WITHOUT_HOLDER.capabilities - OPTIONAL,
    "MOPED": MOPED.capabilities,
    "KICKSCOOTER": KICKSCOOTER.capabilities,
    "BICYCLE": BICYCLE.capabilities,
    "DEV_KIT": DEV_KIT.capabilities - OPTIONAL,
}
# What a model of each type may be able to do, for a row that does not state it.
MAXIMUM = {
    "MOPED": MOPED.capabilities,
    "KICKSCOOTER": KICKSCOOTER.capabilities,
    "BICYCLE": BICYCLE.capabilities,
}


def lacking(capabilities: list[str], vehicle_type: str) -> list[str]:
    """What a model of this type must be able to do beside these; in the order of the vocabulary."""
    missing = MINIMUM.get(vehicle_type, frozenset()).difference(capabilities)
    return [word for word in CAPABILITIES if word in missing]
