"""The car as it stands there: a plain dict, changed only here. Everything it does later is written down in its plan."""

from datetime import datetime, timedelta

from telematics.simulator.clock import scaled
from telematics.simulator.wiring import Fault
from telematics.verbs import ENABLES, LOCKS

HEARTBEAT = timedelta(minutes=15)
KEPT_CHANGES = 30


def new_car(dice):
    """As it rolls into the garage: parked, unlocked, the fob in its place, driving enabled, the unit without power."""
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
        "parked_voltage": round(dice.uniform(12.0, 12.9), 1),
        "running_voltage": round(dice.uniform(13.8, 14.5), 1),
        "latitude": round(52.5 + dice.uniform(-0.15, 0.15), 6),
        "longitude": round(13.4 + dice.uniform(-0.25, 0.25), 6),
        "satellites": dice.randint(6, 14),
        "cellular": dice.randint(2, 5),
        "bluetooth": False,
        "alarm": False,
        "online_after": round(dice.uniform(20, 60), 1),
        "fix_after": round(dice.uniform(30, 90), 1),
        "calibrated_after": round(dice.uniform(10, 30), 1),
        "powered_at": None,
        "configured_at": None,
        "missed_setup": False,
        "plan": [],
    }


def power_on(car, at):
    car["powered_at"] = at.isoformat()


def online_at(car):
    return _later(car["powered_at"], car["online_after"]) if car["powered_at"] else None


def is_online(car, now):
    return bool(car["powered_at"]) and now >= online_at(car)


def heartbeat_at(car, now):
    """The last one of those it sends every 15 minutes since it came online."""
    if not is_online(car, now):
        return None
    return now - (now - online_at(car)) % HEARTBEAT


def values(car, now):
    """Every signal there is to hear at this car."""
    running = car["ignition"] and not car["blocked"]
    calibrated = bool(car["configured_at"]) and now >= _later(car["configured_at"], car["calibrated_after"])
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
        "speed_in_kilometers_per_hour": 0,
        "position": _position(car, now),
        "cellular_signal_quality": car["cellular"],
        "bluetooth_connected": car["bluetooth"],
        "alarm_input": car["alarm"],
        "driving_events_calibrated": calibrated,
        "damage_detection_calibrated": calibrated,
        "smoke_detection_calibrated": calibrated,
    }


def obey(car, verb, fault):
    """What a command sets at the car, if its wires lead where they should."""
    if verb in LOCKS:
        car["lock_commanded"] = "locked" if LOCKS[verb] else "unlocked"
        fails_silently = LOCKS[verb] and car["ignition"]
        if fault != Fault.LOCK_MISWIRED and not fails_silently:
            car["locked"] = LOCKS[verb]
    if verb in ENABLES and fault != Fault.IMMOBILIZER_MISWIRED:
        car["blocked"] = not ENABLES[verb]


def due(car, now):
    """Take out of the plan what has happened by now, oldest first: (when, what it sets)."""
    plan = sorted(car["plan"], key=lambda act: act["at"])
    past = [act for act in plan if datetime.fromisoformat(act["at"]) <= now]
    car["plan"] = plan[len(past) :]
    return [(datetime.fromisoformat(act["at"]), act["set"]) for act in past]


def _position(car, now):
    """A unit with a fix says where it is again and again, so its time is now."""
    if not car["powered_at"] or now < _later(car["powered_at"], car["fix_after"]):
        return None
    return {
        "latitude": car["latitude"],
        "longitude": car["longitude"],
        "satellites": car["satellites"],
        "time": now.isoformat(),
    }


def _later(at, seconds):
    return datetime.fromisoformat(at) + scaled(seconds)
