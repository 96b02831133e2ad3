"""`./bin/torture`: the product under torture for some minutes, and what SQL says of it afterwards."""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.torture.faults import Faults
from tests.torture.invariants import broken_in
from tests.torture.ledger import Ledger, Witness
from tests.torture.people import Line, Peek
from tests.torture.players import Follower, Operator, Player, Stage, cast, finish
from tests.torture.processes import Product
from tests.torture.quiet import wait_for_quiet
from tests.torture.servers import Missing, Postgres, RabbitMQ, Valkey, rabbitmq_url
from tests.torture.telling import Result
from tests.torture.ways import Roads

# Of `--within`, what is kept for the time after the last fault.
QUIET = 45
# Seconds in which everybody may finish what they have begun.
LAST_ACTS = 15
LAST_RUN = "## The last run\n"


def main(wanted: argparse.Namespace) -> int:
    began = time.monotonic()
    try:
        url = rabbitmq_url(os.environ.get("RABBITMQ_URL"))
    except Missing as reason:
        say(f"The torture is skipped: {reason}. It needs one that is running, see RABBITMQ_URL.")
        return 0
    with product(wanted, url) as (running, var):
        people = running.prepare(wanted.installers)
        running.start()
        say(f"Started after {time.monotonic() - began:.0f} s; seed {wanted.seed}.")
        result = Campaign(wanted, running, people, var, began).run()
        result.seconds["start"] = result.began - began
    for line in result.lines():
        say(line)
    if wanted.write:
        write(wanted.write, result)
    return 0 if result.is_clean else 1


class Campaign:
    def __init__(
        self,
        wanted: argparse.Namespace,
        running: Product,
        people: dict,
        var: Path,
        started: float,
    ):
        self.wanted, self.running, self.var, self.started = wanted, running, var, started
        self.witness, self.ledger = Witness(), Ledger(var / "ledger.jsonl")
        line = Line(running.url, self.ledger, self.witness)
        self.stage = Stage(line, running.postgres.url, var / "mail", wanted.seed, people)
        self.result = Result(wanted.seed, wanted.installers, self.witness, self.stage)

    def run(self) -> Result:
        players = cast(self.stage)
        self.result.began = time.monotonic()
        faults = Faults(self.running, self.stage, self.witness, self.wanted.gap)
        self.result.faults = faults
        for thread in (*players, faults):
            thread.start()
        until = self.result.began + self.wanted.minutes * 60
        if self.wanted.within:
            until = min(until, self.started + self.wanted.within - QUIET)
        while time.monotonic() < until and not self.running.over.is_set():
            time.sleep(0.5)
            self.progress(until)
        self.stage.over.set()
        faults.join(90)
        self.settle(players)
        return self.result

    def progress(self, until: float) -> None:
        left = until - time.monotonic()
        if self.wanted.verbose and int(left) % 30 == 0:
            faults, answers = len(self.result.faults.done), sum(self.witness.answers.values())
            say(f"{left:.0f} s left, {faults} faults, {answers} answers")
            time.sleep(1)

    def settle(self, players: list[Player]) -> None:
        """Lift what is suspended, let everything come to its end, and ask for the invariants."""
        peek = Peek(self.running.postgres.url, self.stage.dice("quiet"))
        for part in self.running.parts:
            part.thaw()
        operator = next(player for player in players if isinstance(player, Operator))
        finish(players, LAST_ACTS)
        operator.reinstate_all()
        self.stage.line.is_closed = True
        seconds, left = wait_for_quiet(peek, self.wanted.patience, self.var / "quiet.txt")
        self.result.seconds["quiet"], self.result.left = seconds, left
        for follower in (player for player in players if isinstance(player, Follower)):
            follower.finish()
        self.ledger.close()
        since = time.monotonic()
        self.result.broken = broken_in(
            self.running.postgres.url, self.ledger.path, self.var / "mail", self.var / "photos"
        )
        self.result.seconds["invariants"] = time.monotonic() - since


def write(page: Path, result: Result) -> None:
    """Put the tables in place of those of the run before, at the end of the page."""
    kept, _heading, _before = page.read_text().partition(LAST_RUN)
    page.write_text(f"{kept}{LAST_RUN}\n{result.page()}")


@contextmanager
def product(wanted: argparse.Namespace, url: str) -> Iterator[tuple[Product, Path]]:
    """Servers, ways and processes of this run, which end with it."""
    var = Path(tempfile.mkdtemp(prefix="installer-jobs-torture-"))
    with ExitStack() as stack:
        stack.callback(keep_or_remove, var, wanted.keep)
        roads = stack.enter_context(Roads())
        postgres = Postgres()
        stack.callback(postgres.stop, signal.SIGQUIT)
        valkey = Valkey(var)
        stack.callback(valkey.kill)
        rabbit = RabbitMQ(url, f"torture-{os.getpid()}")
        stack.callback(rabbit.leave)
        running = Product(var, roads, postgres, valkey, rabbit, str(wanted.scale))
        stack.callback(running.stop)
        yield running, var


def keep_or_remove(var: Path, keep: Path | None) -> None:
    try:
        if keep:
            ignored = shutil.ignore_patterns("*.sock", "static")
            shutil.copytree(var, keep, dirs_exist_ok=True, ignore=ignored)
    finally:
        shutil.rmtree(var, ignore_errors=True)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/torture", description=__doc__)
    parser.add_argument("--minutes", type=float, default=2, help="of faults")
    parser.add_argument("--within", type=float, help="seconds for all of it, with its start")
    parser.add_argument("--seed", type=int, default=7, help="the same order of faults and acts")
    parser.add_argument("--installers", type=int, default=12)
    parser.add_argument(
        "--gap", type=float, default=5, help="seconds between two faults, on average"
    )
    parser.add_argument("--scale", type=float, default=0.05, help="of the simulator's waits")
    parser.add_argument(
        "--patience", type=float, default=180, help="seconds for what was begun to end"
    )
    parser.add_argument("--write", type=Path, help="the page that gets the table")
    parser.add_argument("--keep", type=Path, help="where to keep logs, mails and ledger")
    parser.add_argument("--verbose", action="store_true")
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
    except KeyboardInterrupt:
        sys.exit(130)
