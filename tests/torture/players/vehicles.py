"""The vehicles that a fleet's machines and people change: the same few, so that they meet."""

import random
from typing import Any, NamedTuple

from tests.torture.people import Peek
from tests.torture.players.base import ulid

# The newest are changed, so that machine and desk meet at the same ones.
NEWEST = 14
VERBS = (
    "lock-central-lock", "unlock-central-lock", "enable-driving", "disable-driving",
    "request-vehicle-state", "draw-attention",
)  # fmt: skip


class Found(NamedTuple):
    """A vehicle as it was a moment ago."""

    id: str
    version: int
    vin: str
    license_plate: str
    custom_name: str
    unit: str | None


class Vehicles:
    # What the fleet itself has created: a job relies on what it has built.
    OWN = "EXISTS (SELECT FROM telematics_vehicleevent e WHERE e.vehicle_id = v.vehicle_id AND e.verb = 'create')"
    IDLE = """NOT EXISTS (SELECT FROM jobs_job j WHERE j.vehicle_id = v.vehicle_id
        AND j.status IN ('PENDING', 'ASSIGNED', 'RUNNING'))"""

    def __init__(self, peek: Peek, fleet: str, dice: random.Random):
        self.peek, self.fleet, self.dice = peek, fleet, dice

    def one(self, where: str = "archived_at IS NULL", most: int = NEWEST) -> Found:
        """Raises IndexError where there is none."""
        found = self.several(where, most)
        return self.dice.choice(found)

    def several(self, where: str = "archived_at IS NULL", most: int = NEWEST) -> list[Found]:
        rows = self.peek.rows(
            "SELECT vehicle_id, version, vin, license_plate, custom_name, unit_id"
            f" FROM telematics_vehicle v WHERE fleet_id = %s AND {where}"
            " ORDER BY created_at DESC LIMIT %s",
            *(self.fleet, most),
        )
        return [Found(*row) for row in rows]

    def of_fleet(self) -> Found:
        return self.one(f"archived_at IS NULL AND {self.OWN}")

    def with_unit(self) -> Found:
        return self.one("unit_id IS NOT NULL")

    def empty(self) -> Found:
        return self.one(f"archived_at IS NULL AND unit_id IS NULL AND {self.OWN} AND {self.IDLE}")

    def to_empty(self) -> Found:
        return self.one(f"unit_id IS NOT NULL AND {self.OWN} AND {self.IDLE}")

    def model(self) -> str:
        found = self.peek.one_of(
            "SELECT vehicle_model_id FROM jobs_jobtemplate"
            " WHERE fleet_id = %s AND vehicle_model_id IS NOT NULL",
            self.fleet,
        )
        if found is None:
            raise IndexError("no template is left")
        return ulid(found[0])

    def vin(self) -> str:
        """One of few: two vehicles may want the same."""
        return f"WFLEET{self.dice.randrange(40):011d}"


def one_of_many(dice: random.Random) -> str:
    """A text that nobody else writes, by which its act is found again."""
    return f"M{dice.getrandbits(64):016X}"


def as_fields(vehicle: Found, name: str) -> dict[str, Any]:
    """The form of its master data, with another name."""
    return {"vin": vehicle.vin, "license_plate": vehicle.license_plate, "custom_name": name}
