"""The car at the unit: a plain dict, changed only here. Its plan lists what will happen to it later."""

from datetime import datetime, timedelta
from operator import itemgetter
from random import Random
from typing import Any

from telematics.simulator.clock import scaled
from telematics.simulator.wiring import Fault
from telematics.verbs import ENABLES, LOCKS

Car = dict[str, Any]
HEARTBEAT = timedelta(minutes=15)
KEPT_CHANGES = 30
# Sent again and again with the time at which they were measured.
CONTINUOUS = ("position", "gnss")


def new_car(dice: Random) -> Car:
    """A car as it comes into the garage: parked, unlocked, fob in place, driving enabled, the unit without power."""
    return {
        "ignition": False,
        "locked": False,
        "lock_commanded": None,
        "blocked": False,
        "doors": "closed",
        "key_fob": "in",
        "card_slots": {"fuel": "in", "charge": "in"},
        "mileage": dice.randint(12, 180_000),
        "energy": dice.randint(15, 100),
        "speed": 0,
        "parked_voltage": round(dice.uniform(12.0, 12.9), 1),
        "running_voltage": round(dice.uniform(13.8, 14.5), 1),
        "latitude": round(52.5 + dice.uniform(-0.15, 0.15), 6),
        "longitude": round(13.4 + dice.uniform(-0.25, 0.25), 6),
        "satellites": dice.randint(6, 14),
        "cellular": dice.randint(2, 5),
        "bluetooth": False,
        "alarm": False,
        "vin": None,
        "other_vin": None,
        "online_after": round(dice.uniform(20, 60), 1),
        "fix_after": round(dice.uniform(30, 90), 1),
        "calibrated_after": round(dice.uniform(10, 30), 1),
        "powered_at": None,
        "configured_at": None,
        "missed_setup": False,
        "plan": [],
    }


def power_on(car: Car, at: datetime) -> None:
    car["powered_at"] = at.isoformat()


def online_at(car: Car) -> datetime | None:
    if car["powered_at"] is None:
        return None
    return _later(car["powered_at"], car["online_after"])


def heartbeat_at(car: Car, now: datetime) -> datetime | None:
    """The latest heartbeat: one every 15 minutes since the unit came online."""
    online = online_at(car)
    if online is None or now < online:
        return None
    return now - (now - online) % HEARTBEAT


def values(car: Car, now: datetime) -> dict[str, Any]:
    """Every signal of this car."""
    running = car["ignition"] and not car["blocked"]
    calibrated = bool(car["configured_at"]) and now >= _later(
        car["configured_at"], car["calibrated_after"]
    )
    return {
        "ignition": car["ignition"],
        "central_lock": "locked" if car["locked"] else "unlocked",
        "central_lock_commanded": car["lock_commanded"],
        "driving_enabled": not car["blocked"],
        "immobilizer": "blocked" if car["blocked"] else "released",
        "doors": car["doors"],
        "key_fob": car["key_fob"],
        "card_slots": car["card_slots"],
        "mileage_in_kilometers": car["mileage"],
        "state_of_charge_or_fuel_level_in_percent": car["energy"],
        "board_voltage": car["running_voltage"] if running else car["parked_voltage"],
        "speed_in_kilometers_per_hour": car.get("speed", 0),
        "position": _position(car, now),
        "gnss": _fix(car, now),
        "cellular_signal_quality": car["cellular"],
        "bluetooth_connected": car["bluetooth"],
        "alarm_input": car["alarm"],
        "vin": car.get("vin"),
        "driving_events_calibrated": calibrated,
        "damage_detection_calibrated": calibrated,
        "smoke_detection_calibrated": calibrated,
    }


def obey(car: Car, verb: str, fault: str) -> None:
    """Carry out a command, as far as the wires are right."""
    if verb in LOCKS:
        car["lock_commanded"] = "locked" if LOCKS[verb] else "unlocked"
        fails_silently = LOCKS[verb] and car["ignition"]
        if fault != Fault.LOCK_MISWIRED and not fails_silently:
            car["locked"] = LOCKS[verb]
    if verb in ENABLES and fault != Fault.IMMOBILIZER_MISWIRED:
        car["blocked"] = not ENABLES[verb]


def due(car: Car, now: datetime) -> list[tuple[datetime, dict[str, Any]]]:
    """Take what is due out of the plan, oldest first: (when, what it sets)."""
    past = []
    left = []
    for step in sorted(car["plan"], key=itemgetter("at")):
        at = datetime.fromisoformat(step["at"])
        if at <= now:
            past.append((at, step["set"]))
        else:
            left.append(step)
    car["plan"] = left
    return past


def _position(car: Car, now: datetime) -> dict[str, Any] | None:
    """The position, with the current time: a unit with a fix sends it continuously."""
    fix = _fix(car, now)
    if fix is None:
        return None
    return {
        "latitude": car["latitude"],
        "longitude": car["longitude"],
        **fix,
    }


def _fix(car: Car, now: datetime) -> dict[str, Any] | None:
    """When the position was found and by how many satellites. The position itself is not part of it."""
    if not car["powered_at"] or now < _later(car["powered_at"], car["fix_after"]):
        return None
    return {"satellites": car["satellites"], "time": now.isoformat()}


def _later(at: str, seconds: float) -> datetime:
    return datetime.fromisoformat(at) + scaled(seconds)
