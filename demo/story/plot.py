"""Who is in one run of the story, with which units: different in every run, so that it can be played again."""

import random
import secrets
from dataclasses import dataclass, field
from pathlib import Path

SPARE = 20
MENDABLE = "MENDABLE"
PERSISTENT = "PERSISTENT"
# Every fourth of these stays: one that shows in a test of every car, one that keeps the unit from being configured, one
# that keeps commands from it.
FAULTS = (
    "intermittent",
    "lock_miswired",
    "wrong_model",
    "loose_connector",
    "no_antenna",
    "fob_loose",
    "busy",
    "no_power",
    "immobilizer_miswired",
    "suspended_sim",
    "slow",
    "no_coverage",
)


@dataclass
class Plot:
    site: str
    jobs: int
    installers: int
    operator: str
    password: str
    mails: Path
    run: str = field(default_factory=lambda: secrets.token_hex(4))

    def __post_init__(self) -> None:
        self.dice = random.Random(self.run)  # noqa: S311 - a story, not a secret
        self.fleet_name = f"Story {self.run}"
        self.company_name = f"Partner {self.run}"
        self.manager = f"manager@fleet-{self.run}.example"
        self.partner = f"office@partner-{self.run}.example"
        self.crew = [
            f"installer{number}@partner-{self.run}.example"
            for number in range(1, self.installers + 1)
        ]
        # What everybody of this run chooses: long enough, in no list, and unlike a name.
        self.secret = secrets.token_urlsafe(12)

    def qnr(self, number: int) -> str:
        return f"{self.run}{number:08x}".upper()

    def fault(self, number: int) -> tuple[str, str]:
        """Six of ten units for the jobs are sound, three mend when a test is repeated, one stays
        broken; spares are sound.
        """
        place = number % 10
        if number >= self.jobs or place not in (2, 5, 7, 8):
            return "", MENDABLE
        return FAULTS[
            (number // 10 * 4 + (2, 5, 7, 8).index(place)) % len(FAULTS)
        ], PERSISTENT if place == 8 else MENDABLE

    @property
    def upkeep(self) -> int:
        """So many cars come back for maintenance, every second one for a unit out of the spares."""
        return min(max(2, self.jobs // 10), SPARE // 4)

    @property
    def units(self) -> list[str]:
        return [self.qnr(number) for number in range(self.jobs)]

    @property
    def spares(self) -> list[str]:
        return [self.qnr(number) for number in range(self.jobs, self.jobs + SPARE)]
