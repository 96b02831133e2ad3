"""Every check but the tests: format, lint, types, contracts, migrations. Runs them side by side and shows what failed.

bin/lint; bin/lint --fix; bin/lint types templates
"""

import filecmp
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

HOME = Path(__file__).resolve().parent.parent
PROGRAMS = Path(sys.executable).parent
NODE_CHECKS = (
    HOME / "var" / "lint"
)  # the formatter of JavaScript and CSS is installed here, from .ci/package-lock.json
LONGEST_TEMPLATE_LINE = 120


class Outcome(NamedTuple):
    ok: bool
    output: str


def program(*command: str | Path, **environment: str) -> Outcome:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=HOME,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return Outcome(done.returncode == 0, done.stdout)


def together(*outcomes: Outcome) -> Outcome:
    return Outcome(
        all(outcome.ok for outcome in outcomes), "".join(outcome.output for outcome in outcomes)
    )


def python(fix: bool) -> Outcome:
    writing = ["--fix"] if fix else []
    checking = [] if fix else ["--check"]
    return together(
        program(PROGRAMS / "ruff", "check", "--quiet", *writing, "."),
        program(PROGRAMS / "ruff", "format", "--quiet", *checking, "."),
    )


def templates(fix: bool) -> Outcome:
    pages = sorted(str(path) for path in (HOME / "templates").rglob("*.html"))
    checking = [] if fix else ["--check"]
    return together(
        program(PROGRAMS / "djade", "--target-version", "5.2", *checking, *pages),
        program(PROGRAMS / "djhtml", "--tabwidth", "2", *checking, *pages),
        long_lines(pages),
    )


def long_lines(pages: list[str]) -> Outcome:
    found = [f"{page}:{number}: {len(line)} characters\n" for page, number, line in lines_of(pages)]
    return Outcome(not found, "".join(found))


def lines_of(pages: list[str]) -> Iterator[tuple[str, int, str]]:
    for page in pages:
        for number, line in enumerate(Path(page).read_text().splitlines(), start=1):
            if len(line) > LONGEST_TEMPLATE_LINE:
                yield page, number, line


def browser(fix: bool) -> Outcome:
    """JavaScript and CSS."""
    installed = install_node_packages()
    if not installed.ok:
        return installed
    biome = NODE_CHECKS / "node_modules" / ".bin" / "biome"
    writing = ["--write"] if fix else []
    return program(biome, "check", "--config-path=.ci", "--error-on-warnings", *writing, "static")


def install_node_packages() -> Outcome:
    wanted, there = HOME / ".ci" / "package-lock.json", NODE_CHECKS / "package-lock.json"
    if there.is_file() and filecmp.cmp(wanted, there, shallow=False):
        return Outcome(True, "")
    shutil.rmtree(NODE_CHECKS, ignore_errors=True)
    NODE_CHECKS.mkdir(parents=True)
    shutil.copy(HOME / ".ci" / "package.json", NODE_CHECKS)
    shutil.copy(wanted, NODE_CHECKS / "package-lock.json.new")
    (NODE_CHECKS / "package-lock.json.new").rename(there)
    npm = [
        PROGRAMS / "npm",
        "ci",
        "--prefix",
        NODE_CHECKS,
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
    ]
    done = program(*npm, PATH=f"{PROGRAMS}:{os.environ['PATH']}")
    if not done.ok:
        there.unlink()
    return done


def types(fix: bool) -> Outcome:
    return program(PROGRAMS / "mypy")


def contracts(fix: bool) -> Outcome:
    return program(PROGRAMS / "lint-imports")


def migrations(fix: bool) -> Outcome:
    command = [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"]
    return program(*command, DJANGO_SETTINGS_MODULE="config.settings_test")


CHECKS: dict[str, Callable[[bool], Outcome]] = {
    "types": types,
    "migrations": migrations,
    "contracts": contracts,
    "python": python,
    "templates": templates,
    "browser": browser,
}


def main(*words: str) -> int:
    fix = "--fix" in words
    names = [word for word in words if word != "--fix"] or list(CHECKS)
    if unknown := set(names) - set(CHECKS):
        print(
            f"There is no check called {', '.join(sorted(unknown))}. There are: {', '.join(CHECKS)}."
        )
        return 2
    began = time.monotonic()
    with ThreadPoolExecutor() as pool:
        running = {name: pool.submit(CHECKS[name], fix) for name in names}
    failed = [name for name, check in running.items() if not check.result().ok]
    for name in failed:
        print(f"=== {name}\n{running[name].result().output}")
    print(
        f"{', '.join(failed)} failed" if failed else "All checks pass",
        f"after {time.monotonic() - began:.0f} s.",
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
