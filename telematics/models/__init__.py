from telematics.models.command import Command
from telematics.models.key import Key
from telematics.models.specification import (
    CentralLockConnectionType,
    FuelType,
    InstallationVariant,
    Specification,
    Transmission,
    VehicleType,
)
from telematics.models.unit import Unit
from telematics.models.vehicle import OperationStatus, Vehicle
from telematics.models.vehicle_event import VehicleEvent
from telematics.models.vehicle_model import VehicleModel
from telematics.models.vehicle_state import VehicleState
from telematics.simulator.models import SimulatedUnit, SimulatorLog

__all__ = [
    "CentralLockConnectionType",
    "Command",
    "FuelType",
    "InstallationVariant",
    "Key",
    "OperationStatus",
    "SimulatedUnit",
    "SimulatorLog",
    "Specification",
    "Transmission",
    "Unit",
    "Vehicle",
    "VehicleEvent",
    "VehicleModel",
    "VehicleState",
    "VehicleType",
]
