"""Forty models: what they are, since when they are built, and how a unit is connected to them."""

from typing import Any

from telematics.catalogue.profiles import (
    BICYCLE,
    CAR,
    CAR_WITHOUT_HOLDER,
    DEV_KIT,
    KICKSCOOTER,
    MOPED,
    TRUCK,
    VAN,
    Profile,
)

BOTH = ["WIRED", "OBD"]
WIRED = ["WIRED"]
OBD = ["OBD"]
EITHER = ["DIRECT", "SKM"]
DIRECT = ["DIRECT"]
SKM = ["SKM"]
NONE: list[str] = []


def row(
    brand: str,
    model: str,
    fuel_type: str,
    vehicle_type: str,
    years: tuple[int, int | None],
    profile: Profile,
    variants: list[str],
    lock: list[str],
) -> dict[str, Any]:
    built_from, built_to = years
    return {
        "brand": brand,
        "model": model,
        "fuel_type": fuel_type,
        "vehicle_type": vehicle_type,
        "built_from": built_from,
        "built_to": built_to,
        "installation_variants": variants,
        "central_lock_connection_types": lock,
        "features": sorted(profile.features),
        "capabilities": sorted(profile.capabilities),
        "active": True,
    }


ROWS = [
    row("Audi", "A3 Sportback", "PETROL", "CAR", (2012, 2020), CAR, BOTH, EITHER),
    row("Audi", "A3 Sportback", "PETROL", "CAR", (2020, None), CAR, BOTH, SKM),
    row("Audi", "Q4 e-tron", "ELECTRIC", "CAR", (2021, None), CAR_WITHOUT_HOLDER, OBD, SKM),
    row("BMW", "1 Series", "PETROL", "CAR", (2019, 2024), CAR, BOTH, SKM),
    row("BMW", "i3", "ELECTRIC", "CAR", (2013, 2022), CAR, BOTH, SKM),
    row("Citroën", "C3", "PETROL", "CAR", (2016, 2024), CAR, BOTH, EITHER),
    row("Cupra", "Born", "ELECTRIC", "CAR", (2021, None), CAR_WITHOUT_HOLDER, OBD, SKM),
    row("Dacia", "Spring", "ELECTRIC", "CAR", (2021, None), CAR, WIRED, DIRECT),
    row("Fiat", "500e", "ELECTRIC", "CAR", (2020, None), CAR, BOTH, EITHER),
    row("Fiat", "Ducato", "DIESEL", "VAN", (2014, None), VAN, WIRED, DIRECT),
    row("Ford", "Fiesta", "PETROL", "CAR", (2017, 2023), CAR, BOTH, EITHER),
    row("Ford", "Transit Custom", "DIESEL", "VAN", (2012, 2023), VAN, BOTH, EITHER),
    row("Ford", "Transit Custom", "PLUGIN_HYBRID", "VAN", (2019, None), VAN, BOTH, SKM),
    row("Hyundai", "Kona Electric", "ELECTRIC", "CAR", (2018, None), CAR, BOTH, SKM),
    row("Hyundai", "Nexo", "HYDROGEN", "CAR", (2018, None), CAR, WIRED, SKM),
    row("Kia", "Niro", "HYBRID", "CAR", (2016, 2022), CAR, BOTH, EITHER),
    row("MAN", "TGE", "DIESEL", "VAN", (2017, None), VAN, WIRED, DIRECT),
    row("Mercedes-Benz", "Atego", "DIESEL", "TRUCK", (2013, None), TRUCK, WIRED, DIRECT),
    row("Mercedes-Benz", "eSprinter", "ELECTRIC", "VAN", (2019, None), VAN, BOTH, SKM),
    row("Mercedes-Benz", "Sprinter", "DIESEL", "VAN", (2018, None), VAN, BOTH, EITHER),
    row("Nissan", "Leaf", "ELECTRIC", "CAR", (2017, 2024), CAR, BOTH, SKM),
    row("Opel", "Astra", "CNG", "CAR", (2016, 2021), CAR, BOTH, EITHER),
    row("Opel", "Corsa-e", "ELECTRIC", "CAR", (2019, 2023), CAR, BOTH, SKM),
    row("Opel", "Vivaro", "DIESEL", "VAN", (2019, None), VAN, BOTH, EITHER),
    row("Peugeot", "208", "PETROL", "CAR", (2019, None), CAR, BOTH, EITHER),
    row("Renault", "Clio", "LPG", "CAR", (2019, None), CAR, BOTH, DIRECT),
    row("Renault", "Zoe", "ELECTRIC", "CAR", (2012, 2024), CAR, BOTH, EITHER),
    row("Seat", "Leon", "PLUGIN_HYBRID", "CAR", (2020, None), CAR, BOTH, SKM),
    row("Škoda", "Octavia", "DIESEL", "CAR", (2013, 2020), CAR, BOTH, EITHER),
    row("Smart", "EQ fortwo", "ELECTRIC", "CAR", (2017, 2024), CAR, BOTH, DIRECT),
    row("Tesla", "Model 3", "ELECTRIC", "CAR", (2019, None), CAR_WITHOUT_HOLDER, OBD, SKM),
    row("Toyota", "Yaris", "HYBRID", "CAR", (2020, None), CAR, BOTH, EITHER),
    row("Volkswagen", "Golf", "PETROL", "CAR", (2012, 2019), CAR, BOTH, EITHER),
    row("Volkswagen", "ID.3", "ELECTRIC", "CAR", (2020, None), CAR_WITHOUT_HOLDER, OBD, SKM),
    row("Volkswagen", "up!", "CNG", "CAR", (2012, 2023), CAR, BOTH, DIRECT),
    row("NIU", "MQi+ Sport", "ELECTRIC", "MOPED", (2019, None), MOPED, WIRED, NONE),
    row("Vespa", "Elettrica", "ELECTRIC", "MOPED", (2018, None), MOPED, WIRED, NONE),
    row(
        "Segway",
        "Ninebot MAX G30",
        "ELECTRIC",
        "KICKSCOOTER",
        (2019, None),
        KICKSCOOTER,
        WIRED,
        NONE,
    ),
    row("Riese & Müller", "Load 75", "ELECTRIC", "BICYCLE", (2019, None), BICYCLE, WIRED, DIRECT),
    row("CloudBoxx", "Bench Kit", "OTHER", "DEV_KIT", (2018, None), DEV_KIT, BOTH, EITHER),
]
