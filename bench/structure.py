"""How the code is built, in numbers: `./bin/bench structure [--tree PATH]`.

The static numbers are read from the sources of any checkout, so that two versions can be compared.
The files that a call enters are counted in this checkout, while the call runs against a small world
in an empty database. A move is counted until its commit: what is announced after it depends on whether
a broker answers on this machine, and belongs to the request.
"""

import argparse
import ast
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from types import FunctionType
from typing import Any, NamedTuple, TypeGuard

from bench import measuring

HERE = Path(__file__).resolve().parent.parent
ROOMS = ("config", "core", "accounts", "telematics", "jobs", "fleetcontrol", "installers", "demo")
DRIVER = "core/postgresql"
MUST = {"take": 25, "succeed": 25}
MUST_NODES_PER_LINE = 8
MUST_CIRCLE = 6
MUST_BASES = 7
MUST_METHODS = 75


# --- read from the sources ----------------------------------------------------------------------------------------
class Sources:
    """The Python files of the product in one checkout, without migrations and tests."""

    def __init__(self, tree: Path):
        self.tree = tree
        self.trees = {path: ast.parse(path.read_text()) for path in self._paths()}

    def _paths(self) -> Iterator[Path]:
        for room in ROOMS:
            for path in sorted((self.tree / room).rglob("*.py")):
                if "migrations" not in path.parts:
                    yield path

    @property
    def lines(self) -> int:
        """Lines with code on them: neither blank nor comment nor docstring."""
        return sum(len(code_lines(tree)) for tree in self.trees.values())

    def count(self, *kinds: type) -> int:
        return sum(
            isinstance(node, kinds) for tree in self.trees.values() for node in ast.walk(tree)
        )

    @property
    def nodes(self) -> int:
        return sum(1 for tree in self.trees.values() for _node in ast.walk(tree))

    @property
    def spreads(self) -> int:
        """`**` in calls and in dictionaries."""
        found = 0
        for tree in self.trees.values():
            for node in ast.walk(tree):
                if isinstance(node, ast.Call):
                    found += sum(keyword.arg is None for keyword in node.keywords)
                elif isinstance(node, ast.Dict):
                    found += sum(key is None for key in node.keys)
        return found

    @property
    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        return [
            node
            for tree in self.trees.values()
            for node in ast.walk(tree)
            if isinstance(node, kinds)
        ]

    @property
    def annotated(self) -> float:
        """The share of functions that state what they return."""
        return sum(function.returns is not None for function in self.functions) / len(
            self.functions
        )

    @property
    def largest_circle(self) -> list[str]:
        """The files of the largest set in which each imports each other, lazily or not."""
        return max(strongly_connected(self.imports()), key=len, default=[])

    def imports(self) -> dict[str, set[str]]:
        modules = {self._module(path): path for path in self.trees}
        found: dict[str, set[str]] = {}
        for name, path in modules.items():
            targets = imported(self.trees[path])
            found[name] = {target for target in targets if target in modules and target != name}
        return found

    def _module(self, path: Path) -> str:
        parts = path.relative_to(self.tree).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def long_template_lines(self) -> int:
        pages = (self.tree / "templates").rglob("*.html")
        return sum(len(line) > 120 for page in pages for line in page.read_text().splitlines())

    @property
    def codes_off(self) -> int:
        """Error codes of mypy that are off somewhere, each counted once for every section that switches it off."""
        mypy = tomllib.loads((self.tree / "pyproject.toml").read_text())["tool"]["mypy"]
        sections = [mypy, *mypy.get("overrides", [])]
        return sum(len(section.get("disable_error_code", [])) for section in sections)


def code_lines(tree: ast.Module) -> set[int]:
    found: set[int] = set()
    docstrings = {id(node.body[0]) for node in ast.walk(tree) if has_docstring(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and id(node) not in docstrings:
            found.add(node.lineno)
            if not hasattr(node, "body"):
                found.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return found


def has_docstring(node: ast.AST) -> bool:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None


def imported(tree: ast.Module) -> set[str]:
    """What a file imports when it is loaded or while it runs; what only type checkers read does not count."""
    found: set[str] = set()
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
        waiting.extend(node.orelse if is_for_type_checkers(node) else ast.iter_child_nodes(node))
    return found


def is_for_type_checkers(node: ast.AST) -> TypeGuard[ast.If]:
    return (
        isinstance(node, ast.If)
        and isinstance(node.test, ast.Name)
        and node.test.id == "TYPE_CHECKING"
    )


def strongly_connected(graph: dict[str, set[str]]) -> list[list[str]]:
    """Tarjan's components, without recursion."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []
    for root in graph:
        if root in index:
            continue
        work = [(root, iter(sorted(graph[root])))]
        index[root] = low[root] = len(index)
        stack.append(root)
        while work:
            name, rest = work[-1]
            for target in rest:
                if target not in index:
                    index[target] = low[target] = len(index)
                    stack.append(target)
                    work.append((target, iter(sorted(graph[target]))))
                    break
                if target in stack:
                    low[name] = min(low[name], index[target])
            else:
                work.pop()
                if work:
                    parent = work[-1][0]
                    low[parent] = min(low[parent], low[name])
                if low[name] == index[name]:
                    at = stack.index(name)
                    found.append(stack[at:])
                    del stack[at:]
    return found


def report_sources(tree: Path) -> bool:
    sources = Sources(tree)
    lines = sources.lines
    circle = sources.largest_circle
    nodes = sources.nodes / lines
    per_thousand = 1000 / lines
    print(f"\nThe sources of {tree}")
    note("files, lines of code", f"{len(sources.trees)}, {lines}")
    note("AST nodes per line", f"{nodes:.1f}  (must ≤ {MUST_NODES_PER_LINE})")
    note(
        "conditional expressions per 1,000 lines", f"{sources.count(ast.IfExp) * per_thousand:.1f}"
    )
    note("dict comprehensions per 1,000 lines", f"{sources.count(ast.DictComp) * per_thousand:.1f}")
    note("** spreads per 1,000 lines", f"{sources.spreads * per_thousand:.1f}")
    note(
        "functions that state what they return",
        f"{sources.annotated:.0%} of {len(sources.functions)}",
    )
    note("files in the largest circle of imports", f"{len(circle)}  (must ≤ {MUST_CIRCLE})")
    for name in sorted(circle)[:40]:
        print(f"      {name}")
    note("template lines over 120 characters", f"{sources.long_template_lines}  (must be 0)")
    note("mypy error codes switched off", str(sources.codes_off))
    return (
        nodes > MUST_NODES_PER_LINE or len(circle) > MUST_CIRCLE or sources.long_template_lines > 0
    )


# --- counted while it runs ----------------------------------------------------------------------------------------
def files_entered(call: Callable[[], object]) -> list[str]:
    """The product's own files in which a function was called.

    The database's driver is left out: every statement enters it, on PostgreSQL alone.
    """
    seen: set[str] = set()

    def watch(frame, event, _argument) -> None:
        if event == "call":
            seen.add(frame.f_code.co_filename)

    sys.setprofile(watch)
    try:
        call()
    finally:
        sys.setprofile(None)
    own = {Path(name).relative_to(HERE) for name in seen if Path(name).is_relative_to(HERE)}
    return sorted(
        str(path) for path in own if path.parts[0] in ROOMS and not path.is_relative_to(DRIVER)
    )


def world() -> "World":
    """A fleet, a company and a person at each side, signed in; made by the factories of the tests."""
    from django.test import Client
    from rest_framework.test import APIClient

    from tests.factories import accounts
    from tests.factories.telematics import VehicleModelFactory
    from tests.sessions import app_token

    fleet, company = accounts.FleetFactory(), accounts.CompanyFactory()
    accounts.PartnershipFactory(fleet=fleet, company=company)
    manager = accounts.FleetMembershipFactory(fleet=fleet, role="MANAGER").user
    installer = accounts.CompanyMembershipFactory(company=company, role="INSTALLER").user
    browser = Client()
    browser.force_login(manager)
    phone = APIClient(headers={"X-Session-Token": app_token(installer)})
    return World(fleet, company, manager, installer, browser, phone, VehicleModelFactory())


class World(NamedTuple):
    fleet: Any
    company: Any
    manager: Any
    installer: Any
    browser: Any
    phone: Any
    model: Any

    def pending(self) -> Any:
        from tests.factories.jobs import JobFactory

        return JobFactory(by=self.manager, fleet=self.fleet, vehicle_model=self.model)

    def assigned(self) -> Any:
        job = self.pending()
        job.assign(self.company, by=self.manager)
        return job

    def proven(self) -> Any:
        """A RUNNING job that can succeed."""
        from tests.cast.work import run_tests
        from tests.factories.telematics import UnitFactory

        job = self.assigned()
        job.take(by=self.installer)
        job.link_unit(UnitFactory(fleet=self.fleet).pk, by=self.installer)
        job.proof.latest_configuration.push()
        job.request_tests(by=self.installer)
        run_tests(job)
        return job

    def queued_test(self) -> Any:
        job = self.proven()
        job.request_tests(by=self.installer, kinds=["CONNECTIVITY"])
        return job.tests.get(status="QUEUED")


def calls(here: World) -> dict[str, Callable[[], object]]:
    """What people do most, each ready to be done once: as a move, and as a request from end to end."""
    taken = here.assigned()
    taken_by_phone = here.assigned()
    ended = here.proven()
    ended_by_phone = here.proven()
    api, pages = "/api/smartcontrol/v1/jobs", f"/fleetcontrol/{here.fleet.pk}/jobs"
    form = {"company": here.company.pk, "custom_name": "Car", "confirmed": 1}

    def send(path: str, body: dict) -> object:
        return here.phone.post(
            f"{api}/{path}/", body, format="json", headers={"Idempotency-Key": path}
        )

    return {
        "take": lambda: taken.take(by=here.installer),
        "succeed": lambda: ended.succeed(by=here.installer),
        "a queued test": here.queued_test().run,
        "take, the whole request": lambda: send(f"{taken_by_phone.pk}/assignment", {}),
        "succeed, the whole request": lambda: send(
            f"{ended_by_phone.pk}/outcome", {"outcome": "SUCCEEDED"}
        ),
        "Save & Assign, the whole request": lambda: here.browser.post(f"{pages}/new/", form),
        "a search, the whole request": lambda: here.browser.get(
            f"{pages}/installation/?search=car"
        ),
    }


def report_calls(names: bool) -> bool:
    from django.test.utils import setup_test_environment

    setup_test_environment()
    missed = report_job()
    print("\nFiles that a call enters")
    here = world()
    for call in calls(here).values():
        call()  # once before, so that what is loaded at the first call does not count
    for name, call in calls(here).items():
        entered, answer = enter(call, is_move=name in MUST)
        missed |= len(entered) > MUST.get(name, len(entered))
        status = getattr(answer, "status_code", "")
        bound = f"  (must ≤ {MUST[name]})" if name in MUST else ""
        note(f"{name} {status}".strip(), f"{len(entered)}{bound}")
        if names:
            print("\n".join(f"      {path}" for path in entered))
    return missed


def enter(call: Callable[[], object], *, is_move: bool) -> tuple[list[str], object]:
    """The files that the call enters, of a move until its commit, and what it returns."""
    from django.db import transaction

    answers: list[object] = []
    with transaction.atomic() if is_move else nullcontext():
        entered = files_entered(lambda: answers.append(call()))
    return entered, answers[0]


def report_job() -> bool:
    from jobs.models import Job

    methods = {
        name
        for base in Job.__mro__
        if own(base)
        for name, value in vars(base).items()
        if is_method(value)
    }
    print("\nThe model of a job")
    note("bases", f"{len(Job.__bases__)}  (must ≤ {MUST_BASES})")
    note(
        "methods and properties, with those it inherits", f"{len(methods)}  (must ≤ {MUST_METHODS})"
    )
    return len(Job.__bases__) > MUST_BASES or len(methods) > MUST_METHODS


def own(base: type) -> bool:
    return base.__module__.partition(".")[0] in ROOMS


def is_method(value: object) -> bool:
    return isinstance(value, (FunctionType, classmethod, staticmethod, property))


def note(what: str, value: str) -> None:
    print(f"  {what:<58}{value}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--tree", type=Path, default=HERE, help="another checkout, of which the sources are read"
    )
    parser.add_argument("--names", action="store_true", help="name the files that a call enters")
    options = parser.parse_args()
    missed = report_sources(options.tree)
    if options.tree == HERE:
        with measuring.database():
            missed |= report_calls(options.names)
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
