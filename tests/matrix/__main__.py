"""Writes the table of the last whole run into docs/authorisation.md: `./bin/matrix` calls it."""

import json
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "var" / "matrix"
PAGE = ROOT / "docs" / "authorisation.md"
PARTS = 12
OUTCOMES = ("answered", "refused", "not found", "to sign in")
BEGINNING = "<!-- written by ./bin/matrix -->\n"


def table() -> tuple[str, int]:
    """The table, and how much was found that must not be."""
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
    found = numbers["leaks"] + numbers["faults"] + numbers["unknown"]
    return f"{sums}\n\n" + "\n".join(lines) + "\n", found


def main() -> int:
    left = [part for part in range(PARTS) if not (RESULTS / f"{part}.json").exists()]
    if left:
        sys.exit(f"Parts {', '.join(map(str, left))} have not run; ./bin/matrix goes on with them.")
    text, found = table()
    written = PAGE.read_text().partition(BEGINNING)[0]
    PAGE.write_text(f"{written}{BEGINNING}\n{text}")
    print(text)  # noqa: T201
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main())
