"""What a run has found: a table at the terminal, and the same on a page."""

import datetime
from dataclasses import dataclass, field
from pathlib import Path

from tests.offline.network import Network
from tests.offline.plan import KINDS, POINTS, Plan, least
from tests.torture.invariants import Broken

LAST_RUN = "## The last run\n"


@dataclass
class Result:
    plan: Plan
    network: Network
    installations: int = 0
    starts: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)
    left: dict[str, int] = field(default_factory=dict)
    broken: list[Broken] = field(default_factory=list)

    @property
    def failures(self) -> list[str]:
        """All that makes the run fail, a line each."""
        found = [*self.faults, *self.network.complaints]
        found += [f"{one.name}: {one.number} rows, e.g. {one.rows[:5]}" for one in self.broken]
        found += [f"left after the end: {number} {what}" for what, number in self.left.items()]
        found += [f"too seldom: {name}" for name in self.plan.missing]
        if not self.plan.is_over:
            found.append(f"{len(self.plan.left)} cuts were not made")
        return found

    @property
    def is_clean(self) -> bool:
        return not self.failures

    @property
    def sum(self) -> str:
        made = sum(self.plan.made.values())
        return (
            f"{made} cuts in {self.installations} installations, {self.starts} starts of the browser, "
            f"{self.seconds:.0f} s"
        )

    def rows(self) -> list[tuple[str, int]]:
        rows = [(kind.name, self.plan.made[kind]) for kind in KINDS]
        kills = self.plan.points_of_kills
        return [*rows, *((f"… of these {point}", kills[point]) for point in POINTS)]

    def lines(self) -> list[str]:
        lines = [""]
        lines += [f"{name:<50}{number:>6}" for name, number in self.rows()]
        lines += ["", f"{self.sum}; each kind at least {least(self.plan.wanted)} times."]
        failures = self.failures
        if failures:
            return [*lines, "", f"{len(failures)} failures:", *failures[:60]]
        return [*lines, "Everything holds."]

    def page(self) -> str:
        today = datetime.date.today().isoformat()
        lines = [
            f"Run on {today} with seed {self.plan.seed}: {self.sum}.",
            "",
            "| cut | times |",
            "|---|---|",
        ]
        lines += [f"| {name} | {number} |" for name, number in self.rows()]
        lines += [
            "",
            f"{self.installations} jobs were judged. Each has one outcome, unless it is named here.",
        ]
        lines += [f"- {said}" for said in self.failures] or ["Everything holds."]
        return "\n".join(lines) + "\n"


def write(page: Path, result: Result) -> None:
    """Put the table in place of that of the run before, at the end of the page."""
    kept, _heading, _before = page.read_text().partition(LAST_RUN)
    page.write_text(f"{kept}{LAST_RUN}\n{result.page()}")
