"""`./bin/offline`: whole installations on a phone whose connection is cut, and what the rows say of them afterwards."""

import argparse
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from playwright.sync_api import sync_playwright

from tests.offline.browser import Browser, NoChromium, executable
from tests.offline.installation import Hung, Installation
from tests.offline.judge import Judge
from tests.offline.network import Network
from tests.offline.plan import Plan
from tests.offline.result import Result, write
from tests.offline.rows import Rows
from tests.offline.traces import traces
from tests.product import HOME, Product
from tests.torture.people import Peek
from tests.torture.quiet import wait_for_quiet
from tests.torture.servers import Postgres
from tests.torture.ways import Roads

# An installation has room for more cuts than this.
CUTS_OF_AN_INSTALLATION = 5
QUIET = 120
START = 600


class Scene:
    """The product, the network before it, and who is there."""

    def __init__(self, var: Path, plan: Plan, roads: Roads, postgres: Postgres, scale: str):
        self.var, self.plan, self.postgres = var, plan, postgres
        variables = {"DATABASE_URL": postgres.url, "TELEMATICS_TIME_SCALE": scale}
        data = var / "data"
        data.mkdir()
        self.product = Product(data, "--empty", **variables)
        self.network = Network(roads, ("127.0.0.1", self.product.port), plan)
        self.product.environment["BASE_URL"] = self.network.url

    def people(self) -> dict[str, Any]:
        number = 2 + self.plan.wanted // CUTS_OF_AN_INSTALLATION
        done = subprocess.run(
            [sys.executable, "-m", "tests.offline.world", str(number)],
            cwd=HOME,
            env=self.product.environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)


def main(wanted: argparse.Namespace) -> int:
    executable()
    began = time.monotonic()
    with scene(wanted) as found, sync_playwright() as playwright:
        world = found.people()
        found.network.rows = Rows(found.postgres.url)
        say(f"Started after {time.monotonic() - began:.0f} s; seed {wanted.seed}.")
        browser = Browser(playwright, found.var / "profile", found.network.url)
        found.network.kill = browser.kill
        if wanted.verbose:
            found.network.heard = say
        result = Result(found.plan, found.network)
        try:
            work(found, browser, world, result)
        finally:
            browser.close()
        result.starts = browser.starts
        result.seconds = time.monotonic() - began
    for line in result.lines():
        say(line)
    if wanted.write:
        write(wanted.write, result)
    return 0 if result.is_clean else 1


def work(found: Scene, browser: Browser, world: dict[str, Any], result: Result) -> None:
    """One installation after the other until every cut is made; then the judge reads."""
    judged = []
    for job in world["jobs"]:
        if found.plan.is_over:
            break
        began = time.monotonic()
        one = Installation(browser, found.postgres.url, world, job)
        try:
            one.run()
            result.faults += traces(browser.page, found.postgres.url, job["id"])
        except Hung as reason:
            result.faults.append(f"hung: {reason}")
            break
        finally:
            result.faults += one.lost
        judged.append((job, one.comment))
        made = sum(found.plan.made.values())
        say(f"Installation {len(judged)}: {time.monotonic() - began:.0f} s, {made} cuts by now.")
    result.installations = len(judged)
    peek = Peek(found.postgres.url, random.Random(0))
    result.left = wait_for_quiet(peek, QUIET, found.var / "quiet.txt")[1]
    with psycopg.connect(found.postgres.url) as connection:
        judge = Judge(connection)
        for job, comment in judged:
            photos = list(found.network.photos.get(job["id"], {}).values())
            result.faults += judge.faults_of(job, comment, photos)
        result.broken = judge.broken_invariants()


@contextmanager
def scene(wanted: argparse.Namespace) -> Iterator[Scene]:
    """Database, product and network of this run, which end with it."""
    var = Path(tempfile.mkdtemp(prefix="installer-jobs-offline-"))
    with ExitStack() as stack:
        stack.callback(keep_or_remove, var, wanted.keep)
        roads = stack.enter_context(Roads())
        postgres = Postgres()
        stack.callback(postgres.stop, signal.SIGQUIT)
        found = Scene(var, Plan(wanted.cuts, wanted.seed), roads, postgres, str(wanted.scale))
        stack.enter_context(found.product)
        found.product.wait_until_ready(START)
        yield found


def keep_or_remove(var: Path, keep: Path | None) -> None:
    if keep:
        ignored = shutil.ignore_patterns("*.sock", "static", "Singleton*")
        shutil.copytree(var, keep, dirs_exist_ok=True, ignore=ignored)
    shutil.rmtree(var, ignore_errors=True)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/offline", description=__doc__)
    parser.add_argument("--cuts", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7, help="the same choice of cuts")
    parser.add_argument("--scale", type=float, default=0.05, help="of the simulator's waits")
    parser.add_argument("--write", type=Path, help="the page that gets the table")
    parser.add_argument("--keep", type=Path, help="where to keep logs and the browser's profile")
    parser.add_argument("--verbose", action="store_true", help="say each cut when it is made")
    return parser.parse_args()


def end(*_: Any) -> None:
    """Once: a second signal would interrupt the taking down."""
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, end)
    try:
        sys.exit(main(arguments()))
    except NoChromium as reason:
        sys.exit(str(reason))
    except KeyboardInterrupt:
        sys.exit(130)
