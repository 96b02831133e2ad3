"""Vehicle models, units and vehicles."""

import factory
from factory.django import DjangoModelFactory

from telematics.catalogue.profiles import MINIMUM
from telematics.models import Place, Unit, Vehicle, VehicleModel
from tests.factories.accounts import FleetFactory

EVERYTHING = [
    "ignition",
    "central_lock",
    "driving_enabled",
    "doors",
    "mileage_in_kilometers",
    "state_of_charge_or_fuel_level_in_percent",
    "board_voltage",
    "speed_in_kilometers_per_hour",
    "position",
    "cellular_signal_quality",
    "bluetooth_connected",
    "alarm_input",
    "immobilizer",
]


class VehicleModelFactory(DjangoModelFactory):
    """Can everything but hold keys, so that its tests ask for no fob."""

    class Meta:
        model = VehicleModel

    brand = "Audi"
    model = factory.Sequence("A{}".format)
    fuel_type = "PETROL"
    vehicle_type = "CAR"
    built_from = 2015
    installation_variants = ["WIRED", "OBD"]
    central_lock_connection_types = ["DIRECT", "SKM"]
    features = [
        "auto_immo_control",
        "driving_events",
        "damage_detection",
        "tracking",
        "smoke_detection",
    ]
    capabilities = EVERYTHING


class PlaceFactory(DjangoModelFactory):
    class Meta:
        model = Place

    fleet = factory.SubFactory(FleetFactory)
    name = factory.Sequence("Depot {}".format)


class UnitFactory(DjangoModelFactory):
    """In stock of its fleet."""

    class Meta:
        model = Unit

    qnr = factory.Sequence("{:016X}".format)
    fleet = factory.SubFactory(FleetFactory)


class VehicleFactory(DjangoModelFactory):
    """With a unit of the same fleet mounted; `unit=None` makes one without."""

    class Meta:
        model = Vehicle

    fleet = factory.SubFactory(FleetFactory)
    unit = factory.SubFactory(UnitFactory, fleet=factory.SelfAttribute("..fleet"))
    vehicle_model = factory.SubFactory(VehicleModelFactory)
    brand = factory.SelfAttribute("vehicle_model.brand")
    model = factory.SelfAttribute("vehicle_model.model")
    license_plate = factory.Sequence("B AD {}".format)


class FullVehicleModelFactory(VehicleModelFactory):
    """Can everything there is, holding a key fob too."""

    model = factory.Sequence("F{}".format)
    capabilities = [*EVERYTHING, "key_fob", "key_holder"]


class SmallVehicleModelFactory(VehicleModelFactory):
    """Can what its vehicle type must be able to do, and no more."""

    model = factory.Sequence("S{}".format)
    vehicle_type = "KICKSCOOTER"
    capabilities = factory.LazyAttribute(lambda small: sorted(MINIMUM[small.vehicle_type]))


class FullVehicleFactory(VehicleFactory):
    vehicle_model = factory.SubFactory(FullVehicleModelFactory)
