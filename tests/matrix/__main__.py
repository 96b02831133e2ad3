"""Writes the table of the last whole run into docs/authorisation.md: `./bin/matrix` calls it."""

import json
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "var" / "matrix"
PAGE = ROOT / "docs" / "authorisation.md"
OUTCOMES = ("answered", "refused", "not found", "to sign in")
BEGINNING = "<!-- written by ./bin/matrix -->\n"


def table() -> str:
    cells: Counter[tuple[str, str]] = Counter()
    numbers: Counter[str] = Counter()
    for path in sorted(RESULTS.glob("*.json")):
        result = json.loads(path.read_text())
        for kind, outcome, number in result.pop("cells"):
            cells[kind, outcome] += number
        numbers["share"] = result.pop("share")
        numbers.update(result)
    lines = ["| principal | " + " | ".join(OUTCOMES) + " | cells |", "|---|" + "--:|" * 5]
    for kind in sorted({kind for kind, _outcome in cells}):
        row = [cells[kind, outcome] for outcome in OUTCOMES]
        lines.append(f"| {kind} | " + " | ".join(f"{n:,}" for n in (*row, sum(row))) + " |")
    total = [sum(n for (_kind, one), n in cells.items() if one == outcome) for outcome in OUTCOMES]
    lines.append("| **all** | " + " | ".join(f"{n:,}" for n in (*total, sum(total))) + " |")
    share = "all of them" if numbers["share"] == 1 else f"one in {numbers['share']}"
    sums = (
        f"{sum(total):,} cells ({share}) over {numbers['routes']} routes: {numbers['leaks']} leaks, "
        f"{numbers['faults']} other faults, {numbers['unknown']} unknown routes and parameters."
    )
    return f"{sums}\n\n" + "\n".join(lines) + "\n"


if __name__ == "__main__":
    written = PAGE.read_text().partition(BEGINNING)[0]
    PAGE.write_text(f"{written}{BEGINNING}\n{table()}")
    print(table())  # noqa: T201
