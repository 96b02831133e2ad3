"""Takes one guard of the product away at a time, in a copy of the tree, and requires that its named test falls.

bin/defects; bin/defects --ci; bin/defects "log" "invitation"; bin/defects --write
"""

import argparse
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from tests.defects.guards import GUARDS, IN_CI, Guard, Moved

HOME = Path(__file__).resolve().parents[2]
PAGE = HOME / "docs" / "defects.md"
REPORT = "report.xml"
AT_ONCE = 2
# The tests keep their migrated database here, and copies of the tree use the same.
KEPT = Path("var", "tests")
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "var", "node_modules", ".*_cache")
# What these tests do not need takes a fifth of a second to a second to load.
WITHOUT = [
    f"-pno:{name}"
    for name in ("cacheprovider", "schemathesis", "playwright", "base_url", "pytest_cov")
]
PYTEST = ("-m", "pytest", "-x", "-q", "--timeout=120", "--tb=no", *WITHOUT)
# A program that is broken says nothing about its guard.
BROKEN = (
    "AttributeError",
    "FieldError",
    "ImportError",
    "IndentationError",
    "ModuleNotFoundError",
    "NameError",
    "SyntaxError",
    "TypeError",
    "UnboundLocalError",
    "Failed: Timeout",
)


class Verdict(NamedTuple):
    guard: Guard
    fell: str  # the test that fell; "" if the guard is gone and nothing noticed it
    said: str  # by the test that fell, or why nothing did
    seconds: float


class Fallen(NamedTuple):
    test: str
    said: str


def main() -> int:
    wanted = arguments()
    guards = chosen(wanted.names, in_ci=wanted.ci)
    began = time.monotonic()
    with copies() as trees, ThreadPoolExecutor(AT_ONCE) as pool:
        tried = pool.map(lambda guard: try_without(trees, guard), guards)
        baseline = pool.submit(unbroken, trees, guards)
        verdicts = [shown(verdict) for verdict in tried]
        failing = baseline.result()
    caught = [verdict for verdict in verdicts if verdict.fell]
    print(f"{len(caught)} of {len(verdicts)} caught, after {time.monotonic() - began:.0f} s.")
    if failing:
        print(f"These tests fail with every guard in its place:\n{failing}")
    elif wanted.write:
        write(caught)
    return int(bool(failing) or len(caught) < len(verdicts))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/defects", description=__doc__)
    parser.add_argument("names", nargs="*", help="parts of the names of guards; all without one")
    parser.add_argument("--ci", action="store_true", help="the ten that .ci/run takes away")
    parser.add_argument(
        "--write", action="store_true", help="write what was seen to docs/defects.md"
    )
    return parser.parse_args()


def chosen(names: list[str], *, in_ci: bool) -> list[Guard]:
    found = [guard for guard in GUARDS if not in_ci or guard.name in IN_CI]
    if names:
        found = [guard for guard in found if any(name in guard.name for name in names)]
    if not found:
        sys.exit("There is no such guard.")
    for guard in found:
        guard.taken_from((HOME / guard.file).read_text())
    return found


# --- copies of the tree -----------------------------------------------------------------------------------------------
@contextmanager
def copies() -> Iterator["queue.Queue[Path]"]:
    """Copies of the tree, one for each process."""
    trees: queue.Queue[Path] = queue.Queue()
    (HOME / KEPT).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="defects-") as place:
        for number in range(AT_ONCE):
            tree = Path(place, str(number))
            shutil.copytree(HOME, tree, ignore=LEFT_OUT, symlinks=True)
            (tree / KEPT.parent).mkdir()
            (tree / KEPT).symlink_to(HOME / KEPT)
            trees.put(tree)
        yield trees


@contextmanager
def one_of(trees: "queue.Queue[Path]") -> Iterator[Path]:
    tree = trees.get()
    try:
        yield tree
    finally:
        trees.put(tree)


def unbroken(trees: "queue.Queue[Path]", guards: list[Guard]) -> str:
    """Run the tests of these guards as they are. Return what fails, "" if all pass."""
    with one_of(trees) as tree:
        done = pytest(tree, *dict.fromkeys(guard.test for guard in guards))
    return done.stdout if done.returncode else ""


def try_without(trees: "queue.Queue[Path]", guard: Guard) -> Verdict:
    began = time.monotonic()
    with one_of(trees) as tree:
        file = tree / guard.file
        source = file.read_text()
        file.write_text(guard.taken_from(source))
        done = pytest(tree, guard.test)
        fallen = judge(done.returncode, tree / REPORT)
        file.write_text(source)
    return Verdict(guard, *fallen, time.monotonic() - began)


def pytest(tree: Path, *tests: str) -> "subprocess.CompletedProcess[str]":
    (tree / REPORT).unlink(missing_ok=True)
    environment = {name: value for name, value in os.environ.items() if name != "TEST_VAR_DIR"}
    return subprocess.run(
        [sys.executable, *PYTEST, f"--junitxml={REPORT}", *tests],
        cwd=tree,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def judge(code: int, report: Path) -> Fallen:
    """The test that fell by what the product did; without a test if none did."""
    if code == 0:
        return Fallen("", "no test fell")
    if code != 1:
        return Fallen("", f"pytest ended with {code}: the tests did not run")
    for case in ElementTree.parse(report).iter("testcase"):
        for found in case:
            said = found.get("message", "").partition("\n")[0]
            if found.tag == "error" or said.startswith(BROKEN):
                return Fallen("", f"the program is broken: {said}")
            if found.tag == "failure":
                return Fallen(case.get("name", ""), said)
    return Fallen("", "no test fell")


# --- output -----------------------------------------------------------------------------------------------------------
def shown(verdict: Verdict) -> Verdict:
    guard = verdict.guard
    mark = "ok" if verdict.fell else "NOT CAUGHT"
    print(f"{mark:2}  {guard.kind} · {guard.name} · {guard.room} · {verdict.seconds:.0f} s")
    print(f"      {verdict.fell or guard.test}: {verdict.said[:120]}", flush=True)
    return verdict


def write(caught: list[Verdict]) -> None:
    """Write the page: the rows of these guards as they were seen now, those of the others as they stand there."""
    rows = {} if not PAGE.exists() else {name_in(row): row for row in rows_of(PAGE.read_text())}
    rows |= {verdict.guard.name: row_of(verdict) for verdict in caught}
    kept = [rows[guard.name] for guard in GUARDS if guard.name in rows]
    PAGE.write_text("\n".join([HEAD.format(number=len(kept)), *kept]) + "\n")


def row_of(verdict: Verdict) -> str:
    guard, fell, _said, seconds = verdict
    file = guard.test.partition("::")[0]
    return f"| {guard.kind} | {guard.name} | {guard.room} | `{file}` | `{fell}` | {seconds:.0f} |"


def rows_of(page: str) -> list[str]:
    """The rows below the heading of the table."""
    return [line for line in page.splitlines() if line.startswith("| ")][1:]


def name_in(row: str) -> str:
    return row.split(" | ")[1]


HEAD = """\
# Guards that were taken away

Written by `./bin/defects --write`. Each of these {number} guards was taken away alone, in a copy of the tree, and the
test beside it fell. `tests/defects/guards.py` has the source of each, with and without it. `.ci/run` takes away ten.

| kind | guard | room | file | the test that fell | seconds |
|---|---|---|---|---|---|"""


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Moved as moved:
        sys.exit(str(moved))
