from telematics.models.change_reason import ChangeReason
from telematics.models.command import Command
from telematics.models.custody import Custody
from telematics.models.key import Key
from telematics.models.place import Place
from telematics.models.specification import (
    CentralLockConnectionType,
    FuelType,
    InstallationVariant,
    Specification,
    Transmission,
    VehicleType,
)
from telematics.models.unit import Unit
from telematics.models.unit_event import UnitEvent
from telematics.models.vehicle import OperationStatus, Vehicle
from telematics.models.vehicle_event import VehicleEvent
from telematics.models.vehicle_model import VehicleModel
from telematics.models.vehicle_state import VehicleState

__all__ = [
    "CentralLockConnectionType",
    "ChangeReason",
    "Command",
    "Custody",
    "FuelType",
    "InstallationVariant",
    "Key",
    "OperationStatus",
    "Place",
    "Specification",
    "Transmission",
    "Unit",
    "UnitEvent",
    "Vehicle",
    "VehicleEvent",
    "VehicleModel",
    "VehicleState",
    "VehicleType",
]
