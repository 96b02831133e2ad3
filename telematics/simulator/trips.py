"""What a car of the demo fleet does between jobs: it is driven, parked, charged, and out of reach for a while.

A trip is a part of the car, and every step says how long it lasts. The same dice play the same trips.
"""

from collections.abc import Callable
from math import atan2, cos, degrees, hypot, radians, sin
from random import Random
from typing import Any

from telematics.simulator.physics import Car

Trip = dict[str, Any]
Range = tuple[float, float]
# Seconds.
LEG = 20.0
STANDS: Range = (120, 900)
GETS_IN: Range = (8, 20)
CHARGES = 60.0
# Out of reach, as in an underground car park: mostly for some minutes, at times until the unit is silent.
HIDES: Range = (180, 600)
HIDES_LONG: Range = (2400, 3600)

LEGS = (6, 24)
KM_OF_A_DEGREE = 111.3
KM_FROM_HOME = 12.0
KM_OF_A_PERCENT = 3.5
LOW = 20
CHARGED = 95
# What a parked car does next, and how often.
NEXT = {"set off": 6, "stay": 3, "hide": 1}


def step(car: Car, dice: Random, *, charges: bool) -> float:
    """Play the next step and return how many seconds it lasts. `charges`: slowly, in place of filling up."""
    home = [car["latitude"], car["longitude"]]
    trip = car.setdefault("trip", {"phase": "parked", "home": home, "km": 0.0})
    trip["steps"] = trip.get("steps", 0) + 1
    trip["charges"] = charges
    return PHASES[trip["phase"]](car, trip, dice)


def is_hidden(car: Car) -> bool:
    """Whether the car is out of reach of every network."""
    return bool(car.get("trip")) and car["trip"]["phase"] == "hidden"


def come_to_rest(car: Car) -> None:
    """End the trip: somebody works at the car. It stands, and its unit has a network."""
    trip = car.get("trip")
    if trip is None or trip["phase"] == "parked":
        return
    trip["phase"] = "parked"
    car.update(ignition=False, speed=0, doors="closed", key_fob="in")
    car["cellular"] = max(car["cellular"], 2)


def _parked(car: Car, trip: Trip, dice: Random) -> float:
    if car["energy"] <= LOW:
        trip["phase"] = "charging"
        return CHARGES
    (what,) = dice.choices(list(NEXT), list(NEXT.values()))
    if what == "set off":
        return _unlock(car, trip, dice)
    if what == "hide":
        return _hide(car, trip, dice)
    return dice.uniform(*STANDS)


def _unlock(car: Car, trip: Trip, dice: Random) -> float:
    trip |= {"phase": "boarding", "heading": dice.uniform(0, 360), "legs": dice.randint(*LEGS)}
    car.update(locked=False, lock_commanded="unlocked", blocked=False, doors="open")
    return dice.uniform(*GETS_IN)


def _boarding(car: Car, trip: Trip, dice: Random) -> float:
    trip["phase"] = "driving"
    car.update(doors="closed", key_fob="out", ignition=True, speed=dice.randint(10, 30))
    return LEG


def _driving(car: Car, trip: Trip, dice: Random) -> float:
    _roll(car, trip, dice)
    trip["legs"] -= 1
    car["cellular"] = min(5, max(1, car["cellular"] + dice.choice((-1, 0, 0, 1))))
    if trip["legs"] > 0 and car["energy"] > 1:
        car["speed"] = dice.choice((0, 18, 32, 47, 50, 58))
        return LEG
    trip["phase"] = "leaving"
    car.update(ignition=False, speed=0, key_fob="in", doors="open")
    return dice.uniform(*GETS_IN)


def _roll(car: Car, trip: Trip, dice: Random) -> None:
    """Move the car as far as its speed takes it in one leg."""
    km = car["speed"] * LEG / 3600
    trip["heading"] = _heading(car, trip, dice)
    north = km * cos(radians(trip["heading"])) / KM_OF_A_DEGREE
    east = km * sin(radians(trip["heading"])) / (KM_OF_A_DEGREE * cos(radians(car["latitude"])))
    car["latitude"] = round(car["latitude"] + north, 6)
    car["longitude"] = round(car["longitude"] + east, 6)
    driven = trip["km"] + km
    car["mileage"] += int(driven)
    trip["km"] = driven % 1
    if dice.random() < km / KM_OF_A_PERCENT:
        car["energy"] = max(1, car["energy"] - 1)


def _heading(car: Car, trip: Trip, dice: Random) -> float:
    """Straight on with some bends; far from home, back towards it."""
    north = (trip["home"][0] - car["latitude"]) * KM_OF_A_DEGREE
    east = (trip["home"][1] - car["longitude"]) * KM_OF_A_DEGREE * cos(radians(car["latitude"]))
    if hypot(north, east) > KM_FROM_HOME:
        return degrees(atan2(east, north)) % 360
    return float(trip["heading"] + dice.uniform(-40, 40)) % 360


def _leaving(car: Car, trip: Trip, dice: Random) -> float:
    trip["phase"] = "parked"
    car.update(doors="closed", locked=True, lock_commanded="locked", blocked=True)
    return dice.uniform(*STANDS)


def _charging(car: Car, trip: Trip, dice: Random) -> float:
    gained = dice.randint(2, 5) if trip["charges"] else 100
    car["energy"] = min(CHARGED, car["energy"] + gained)
    if car["energy"] < CHARGED:
        return CHARGES
    trip["phase"] = "parked"
    return dice.uniform(*STANDS)


def _hide(car: Car, trip: Trip, dice: Random) -> float:
    trip["phase"] = "hidden"
    car["cellular"] = 0
    return dice.uniform(*(HIDES_LONG if dice.random() < 0.2 else HIDES))


def _hidden(car: Car, trip: Trip, dice: Random) -> float:
    trip["phase"] = "parked"
    car["cellular"] = dice.randint(2, 5)
    return dice.uniform(*STANDS)


PHASES: dict[str, Callable[[Car, Trip, Random], float]] = {
    "parked": _parked,
    "boarding": _boarding,
    "driving": _driving,
    "leaving": _leaving,
    "charging": _charging,
    "hidden": _hidden,
}
