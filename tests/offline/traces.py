"""What the phone must not keep of a vehicle once the access is over: where it was, and which commands it got."""

from typing import Any

import psycopg
from playwright.sync_api import Page
from ulid import ULID

from tests.browser.smartcontrol.storage import found_on

PLACE = """
    SELECT s.signals->'position' FROM telematics_vehiclestate s
    JOIN jobs_job j ON j.vehicle_id = s.vehicle_id WHERE j.id = %s"""
COMMANDS = """
    SELECT c.id FROM telematics_command c JOIN jobs_job j ON j.vehicle_id = c.vehicle_id
    WHERE j.id = %s"""


def traces(page: Page, database: str, job: str) -> list[str]:
    """Those that are in any of the stores of the browser, a line each."""
    commands, places = _wanted(database, job)
    if not commands or not places:
        return [f"{job}: there was no command or no place that could be found"]
    wanted = [*commands, *places]
    return [f"{job}: the phone keeps {text} in {store}" for text, store in found_on(page, *wanted)]


def _wanted(database: str, job: str) -> tuple[list[str], list[str]]:
    row = ULID.from_str(job).to_uuid()
    with psycopg.connect(database, autocommit=True) as connection:
        places = connection.execute(PLACE.encode(), [row]).fetchall()
        commands = connection.execute(COMMANDS.encode(), [row]).fetchall()
    ids = [str(ULID.from_bytes(found.bytes)) for (found,) in commands]
    return ids, [text for (place,) in places for text in _coordinates(place)]


def _coordinates(signal: Any) -> list[str]:
    """However the position is nested in the signal."""
    if not isinstance(signal, dict):
        return []
    named = [str(signal[name]) for name in ("latitude", "longitude") if name in signal]
    return named + [text for value in signal.values() for text in _coordinates(value)]
