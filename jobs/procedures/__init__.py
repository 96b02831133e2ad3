"""Every test of the unit, written as a procedure on a probe."""

from jobs.procedures import closing, connection, removal, sensors, signals
from jobs.procedures.base import Procedure
from jobs.procedures.kinds import KINDS, TestKind

PROCEDURES: dict[str, Procedure] = {
    TestKind.CONNECTIVITY: connection.CONNECTIVITY,
    TestKind.SUPPLY_VOLTAGE: connection.SUPPLY_VOLTAGE,
    TestKind.GNSS: connection.GNSS,
    TestKind.CENTRAL_LOCK: closing.CENTRAL_LOCK,
    TestKind.IMMOBILIZER: closing.IMMOBILIZER,
    TestKind.IGNITION: signals.IGNITION,
    TestKind.ODOMETER: signals.ODOMETER,
    TestKind.ENERGY_LEVEL: signals.ENERGY_LEVEL,
    TestKind.KEY_FOB: signals.KEY_FOB,
    TestKind.DRIVING_EVENTS: sensors.DRIVING_EVENTS,
    TestKind.DAMAGE_DETECTION: sensors.DAMAGE_DETECTION,
    TestKind.SMOKE_DETECTION: sensors.SMOKE_DETECTION,
    TestKind.REMOVAL: removal.REMOVAL,
}

__all__ = ["KINDS", "PROCEDURES", "TestKind"]
