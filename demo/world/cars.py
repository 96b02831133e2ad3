"""The cars of the demo world: the same ones each time."""

import random
from dataclasses import dataclass, field
from functools import cached_property

from accounts.models import Fleet
from telematics.models import Transmission, VehicleModel, VehicleType

VIN_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
MAKERS = {
    "Audi": "WAU",
    "BMW": "WBA",
    "Citroën": "VF7",
    "Cupra": "VSS",
    "Dacia": "UU1",
    "Fiat": "ZFA",
    "Ford": "WF0",
    "Hyundai": "KMH",
    "Kia": "KNA",
    "MAN": "WMA",
    "Mercedes-Benz": "W1V",
    "Nissan": "SJN",
    "Opel": "W0V",
    "Peugeot": "VR3",
    "Renault": "VF1",
    "Seat": "VSS",
    "Škoda": "TMB",
    "Smart": "WME",
    "Tesla": "5YJ",
    "Toyota": "VNK",
    "Volkswagen": "WVW",
}
WEIGHTS: dict[str, int] = {VehicleType.CAR: 12, VehicleType.VAN: 5}
PLATES = {"Berlin": "B", "Munich": "M", "Hamburg": "HH"}


@dataclass
class Car:
    model: VehicleModel
    year: int
    vin: str
    plate: str
    name: str
    variant: str
    lock: str
    features: dict[str, bool]

    @property
    def master_data(self) -> dict:
        model = self.model
        automatic = model.fuel_type in ("ELECTRIC", "HYBRID", "PLUGIN_HYBRID")
        return {
            "brand": model.brand,
            "model": model.model,
            "fuel_type": model.fuel_type,
            "year_of_production": self.year,
            "vehicle_type": model.vehicle_type,
            "transmission": Transmission.AUTOMATIC if automatic else Transmission.MANUAL,
        }

    @property
    def setup(self) -> dict:
        found = {"vehicle_model": self.model, "installation_variant": self.variant}
        return found | {"central_lock_connection_type": self.lock, **self.features}

    @property
    def identity(self) -> dict:
        return {
            "vin": self.vin,
            "license_plate": self.plate,
            "custom_name": self.name,
        }


@dataclass
class Dealer:
    """Hands out one car after the other."""

    dice: random.Random
    sold: dict[str, int] = field(default_factory=dict)

    @cached_property
    def models(self) -> list[VehicleModel]:
        return list(VehicleModel.objects.active())

    def car(self, fleet: Fleet) -> Car:
        city = fleet.name
        number = self.sold[city] = self.sold.get(city, 0) + 1
        dice = self.dice
        weights = [WEIGHTS.get(model.vehicle_type, 1) for model in self.models]
        model = dice.choices(self.models, weights)[0]
        letters = "".join(dice.choice("ABDEFKLMNPRSTVWX") for _letter in range(2))
        return Car(
            model=model,
            year=dice.randint(model.built_from, min(model.built_to or 2025, 2025)),
            vin=MAKERS.get(model.brand, "WZZ")
            + "".join(dice.choice(VIN_LETTERS) for _letter in range(14)),
            plate=f"{PLATES[city]} {letters} {dice.randint(100, 9999)}",
            name=f"{city} {number:03}",
            variant=dice.choice(model.installation_variants),
            lock=dice.choice(model.central_lock_connection_types)
            if model.central_lock_connection_types
            else "",
            features={name: dice.random() < 0.6 for name in model.features},
        )
