"""What a run has found: a table at the terminal, and the same on a page."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.torture.invariants import INVARIANTS, Broken
from tests.torture.ledger import Witness
from tests.torture.players import Stage

SHOWN = 8
# So many refusals of an act, and no success, are no accident.
OFTEN = 40


@dataclass
class Result:
    seed: int
    installers: int
    witness: Witness
    stage: Stage
    began: float = 0.0
    faults: Any = None
    seconds: dict[str, float] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    broken: list[Broken] = field(default_factory=list)

    @property
    def failures(self) -> list[str]:
        """All that makes the run fail, a line each."""
        found = [f"{one.name}: {one.number} rows, e.g. {one.rows[:SHOWN]}" for one in self.broken]
        found += [f"left after the quiet: {number} {what}" for what, number in self.left.items()]
        found += [
            f"unexplained {error.status} of {error.request}: {' '.join(error.text.split())[:200]}"
            for error in self.witness.errors
        ]
        found += [f"promise: {said}" for said in self.stage.tally.broken]
        found += [f"never done: {act}, tried {tried} times" for act, tried in self.never_done()]
        return found + [f"the torture itself: {said}" for said in self.stage.errors]

    def never_done(self) -> Iterator[tuple[str, int]]:
        """Acts that were always refused: whoever should do them no longer takes part."""
        for act, answers in sorted(self.witness.acts.items()):
            tried = sum(number for answer, number in answers.items() if answer != "broke off")
            if tried >= OFTEN and not answers["done"]:
                yield act, tried

    @property
    def is_clean(self) -> bool:
        return not self.failures

    @property
    def hits(self) -> int:
        return sum(hit for _done, hit in self.faults.table().values())

    def lines(self) -> list[str]:
        lines = ["", f"{'fault':<32}{'done':>8}{'hit work':>10}"]
        for kind, (done, hit) in self.faults.table().items():
            lines.append(f"{kind:<32}{done:>8}{hit:>10}")
        lines.append(f"{'together':<32}{len(self.faults.done):>8}{self.hits:>10}")
        lines += ["", f"{'act':<24}{'done':>8}   refused"]
        for act, answers in sorted(self.witness.acts.items()):
            others = ", ".join(
                f"{answer} {number}" for answer, number in answers.most_common() if answer != "done"
            )
            lines.append(f"{act:<24}{answers['done']:>8}   {others}")
        answers = sorted(self.witness.answers.items())
        lines += ["", "answers: " + ", ".join(f"{status} {number}" for status, number in answers)]
        lines.append("seconds: " + ", ".join(f"{what} {s:.0f}" for what, s in self.seconds.items()))
        for step, seconds in self.stage.tally.seconds.items():
            lines.append(f"{step}: {len(seconds)} times, {sum(seconds) / len(seconds):.0f} s each")
        lines.append(f"invariants: {len(INVARIANTS)} checked, {len(self.broken)} broken")
        failures = self.failures
        if failures:
            return [*lines, "", f"{len(failures)} failures:", *failures[:60]]
        return [*lines, "", "Everything holds."]

    def page(self) -> str:
        """The section of the page: a table of faults, one of acts, and the sum."""
        today = datetime.date.today().isoformat()
        lines = [
            f"Run on {today} with seed {self.seed} and {self.installers} installers.",
            "",
            "| fault | done | hit work |",
            "|---|---|---|",
        ]
        for kind, (done, hit) in self.faults.table().items():
            lines.append(f"| {kind} | {done} | {hit} |")
        lines.append(f"| **together** | {len(self.faults.done)} | {self.hits} |")
        lines += ["", "| act | done | refused |", "|---|---|---|"]
        for act, answers in sorted(self.witness.acts.items()):
            refused = sum(answers.values()) - answers["done"]
            lines.append(f"| {act} | {answers['done']} | {refused} |")
        lines += ["", f"{len(INVARIANTS)} invariants were checked; {len(self.broken)} were broken."]
        lines += [f"- {said}" for said in self.failures] or ["Everything holds."]
        return "\n".join(lines) + "\n"
