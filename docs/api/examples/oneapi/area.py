"""Prints an alert when a vehicle leaves an area. With --once it ends when everything is read."""

import json
import math
import os
import sys
import time
from pathlib import Path

from oneapi import Problem, call

# A circle: its centre and its radius. Shapes of another kind need another `is_inside`.
LATITUDE = 52.52
LONGITUDE = 13.405
KILOMETRES = 5
EARTH = 6371

# The place in the feed, and of each vehicle whether it was inside, and when.
FILE = Path(os.environ.get("AREA_FILE", "area.json"))
known = json.loads(FILE.read_text()) if FILE.exists() else {"after": None, "vehicles": {}}


def is_inside(position):
    north = math.radians(position["latitude"] - LATITUDE)
    east = math.radians(position["longitude"] - LONGITUDE) * math.cos(math.radians(LATITUDE))
    return EARTH * math.hypot(north, east) <= KILOMETRES


def alert(vehicle_id, position):
    """Send a mail, or call your own software."""
    where = f"{position['latitude']}, {position['longitude']}"
    print(f"{vehicle_id} has left the area: {where}", flush=True)


def work_on(message):
    """A repeat, or a state that comes late, is not newer than what is known."""
    vehicle_id = message["data"]["vehicle_id"]
    position = message["data"]["state"].get("position")
    if not position:
        return
    was_inside, known_at = known["vehicles"].get(vehicle_id, (False, ""))
    if position["timestamp"] > known_at:
        inside = is_inside(position["value"])
        if was_inside and not inside:
            alert(vehicle_id, position["value"])
        known["vehicles"][vehicle_id] = (inside, position["timestamp"])


def save():
    """In one step: a program that is stopped here finds the former file or the new one."""
    beside = FILE.with_suffix(".new")
    beside.write_text(json.dumps(known))
    beside.replace(FILE)


while True:
    try:
        answer = call("GET", "/messages", after=known["after"], type="VehicleStateReceived")
    except Problem as problem:
        if problem.code != "messages_gone":
            raise
        known["after"] = problem.body["oldest_sequence"] - 1  # it was away for two days
        continue
    page = answer.json()
    for message in page["results"]:
        work_on(message)
    known["after"] = page["next_after"]
    save()
    pause = float(answer.headers["Poll-After"])
    if pause and "--once" in sys.argv:
        break
    time.sleep(pause)
