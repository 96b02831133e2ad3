"""What a run has found: a table at the terminal, and the same on a page."""

import datetime
from dataclasses import dataclass, field
from pathlib import Path

from tests.messages.judge import Broken
from tests.messages.log import Log
from tests.messages.plan import Plan
from tests.messages.troubles import Troubles

LAST_RUN = "## The last run\n"


@dataclass
class Result:
    seed: int
    messages: int
    subjects: int
    plan: Plan
    troubles: Troubles
    logs: list[Log]
    relays: int = 0
    late: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)

    @property
    def failures(self) -> list[str]:
        """All that makes the run fail, a line each."""
        found = [*self.faults, *(line for log in self.logs for line in log.complaints)]
        found += [f"{one.name}: {len(one.rows)} rows, e.g. {one.rows[:5]}" for one in self.broken]
        found += [f"no relay was killed often enough at: {name}" for name in self.plan.missing]
        found += [f"did not happen: {name}" for name in self.troubles.left]
        found += [f"no repeat for: {log.consumer}" for log in self.logs if self._had_none(log)]
        if not self.late:
            found.append("no message was committed late")
        return found

    def _had_none(self, log: Log) -> bool:
        """Without a repeat the kills missed. A queue that is full from the start meets few of them."""
        return not log.repeats and log.consumer != "full queue"

    @property
    def is_clean(self) -> bool:
        return not self.failures

    @property
    def sum(self) -> str:
        return (
            f"{self.messages} messages of {self.subjects} vehicles, {self.late} of them committed late; "
            f"{self.plan.done} kills of {self.relays} relays, {self.seconds:.0f} s"
        )

    def kills(self) -> list[tuple[str, int]]:
        rows = [(name, self.plan.made[name]) for name in self.plan.names]
        return rows + sorted(self.troubles.made.items())

    def consumers(self) -> list[tuple[str, int, int]]:
        return [(log.consumer, log.different, log.repeats) for log in self.logs]

    def lines(self) -> list[str]:
        lines = ["", *(f"{name:<60}{number:>6}" for name, number in self.kills()), ""]
        lines += [
            f"{name:<24}{number:>8} messages{repeats:>8} repeats"
            for name, number, repeats in self.consumers()
        ]
        lines += ["", self.sum]
        failures = self.failures
        if failures:
            return [*lines, "", f"{len(failures)} failures:", *failures[:60]]
        return [*lines, "Everything holds."]

    def page(self) -> str:
        today = datetime.date.today().isoformat()
        lines = [
            f"Run on {today} with seed {self.seed}: {self.sum}.",
            "",
            "| kill of a relay, or what else happened | times |",
            "|---|---|",
            *(f"| {name} | {number} |" for name, number in self.kills()),
            "",
            "| consumer | messages | repeats |",
            "|---|---|---|",
            *(f"| {name} | {number} | {repeats} |" for name, number, repeats in self.consumers()),
            "",
            *([f"- {failure}" for failure in self.failures] or ["Everything holds."]),
        ]
        return "\n".join(lines) + "\n"


def write(page: Path, result: Result) -> None:
    """Put the tables in place of those of the run before, at the end of the page."""
    kept, _heading, _before = page.read_text().partition(LAST_RUN)
    page.write_text(f"{kept}{LAST_RUN}\n{result.page()}")
