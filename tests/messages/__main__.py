"""`./bin/messages`: the messages of a fleet while their relays are killed, and what SQL says of them afterwards."""

import argparse
import math
import shutil
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg

from tests.messages import judge
from tests.messages.log import Log
from tests.messages.plan import Plan
from tests.messages.points import AMQP, POINTS
from tests.messages.relays import Relays
from tests.messages.result import Result, write
from tests.messages.scene import Scene
from tests.messages.troubles import Troubles

RELAYS = 2
# Of the messages, the part that is written while relays are killed.
DURING_KILLS = 0.8
# A relay waits for its point: without a kill for so many seconds, more is written.
IDLE = 5
# With a limit of time, not more is written than this before the slowest consumer, or for each kill.
AHEAD = 1000
A_KILL = 40
FULL = b"SELECT FROM accounts_eventconsumer WHERE suspended_because = 'QUEUE_FULL'"


def main(wanted: argparse.Namespace) -> int:
    began = time.monotonic()
    var = Path(tempfile.mkdtemp(prefix="installer-jobs-messages-"))
    with ExitStack() as stack:
        stack.callback(keep_or_remove, var, wanted.keep)
        scene = Scene(var, stack, wanted)
        if not scene.rabbit:
            say("There is no RabbitMQ on this machine: only the feed and the webhook are tried.")
        say(f"Started after {time.monotonic() - began:.0f} s; seed {wanted.seed}.")
        result = Campaign(scene, wanted).run()
        result.seconds = time.monotonic() - began
    for line in result.lines():
        say(line)
    if wanted.write:
        write(wanted.write, result)
    return 0 if result.is_clean else 1


class Campaign:
    def __init__(self, scene: Scene, wanted: argparse.Namespace):
        self.scene, self.wanted = scene, wanted
        points = [point for point in POINTS if scene.rabbit or point.channel != AMQP]
        self.plan = Plan(points, wanted.each, wanted.seed)
        self.troubles = Troubles(scene, wanted.each, wanted.restarts, wanted.seed)
        self.relays = [
            Relays(scene.nursery, self.plan, f"relays {number}") for number in range(RELAYS)
        ]
        self.faults: list[str] = []
        self.logs: list[Log] = []
        self.line = ""
        self.until = time.monotonic() + wanted.minutes * 60 if wanted.minutes else math.inf

    def run(self) -> Result:
        logs = self.logs = self.scene.consumers()
        self.relays[0].start()
        self.kill()
        self.finish(logs)
        result = Result(
            self.wanted.seed,
            self.scene.writing.number,
            self.wanted.subjects,
            self.plan,
            self.troubles,
            logs,
        )
        result.relays = sum(relays.born for relays in self.relays)
        self.judge(result)
        return result

    def kill(self) -> None:
        """Write a portion, wait for a kill, and so on. From the middle on there are two relays at once."""
        portion = self.wanted.messages * DURING_KILLS / self.plan.wanted
        last, more = time.monotonic(), 0
        while not self.plan.is_over or self.troubles.left:
            done = self.plan.done
            kills = done + more + 1
            self.scene.writing.allow(self.limit(int(portion * kills), A_KILL * kills))
            if self.troubles.go_on(done / self.plan.wanted):
                last = time.monotonic()
            if done * 2 >= self.plan.wanted and not self.relays[1].is_alive():
                self.relays[1].start()
            time.sleep(0.05)
            idle = time.monotonic() - last
            if self.plan.done > done:
                last = time.monotonic()
                self.progress()
            elif idle > self.wanted.patience:
                self.faults.append(f"no relay was killed for {idle:.0f} s")
                return
            elif idle > IDLE * (more + 1):
                more += 1

    def limit(self, number: int, least: int = 0) -> int:
        """How many may be written until the slowest consumer has caught up."""
        number = min(number, self.wanted.messages)
        if not self.wanted.minutes:
            return number
        slowest = min(log.different for log in self.logs if log.consumer != "full queue")
        return min(number, max(slowest + AHEAD, least))

    def progress(self) -> None:
        line = f"{self.plan.done} of {self.plan.wanted} kills, {self.scene.writing.number} messages"
        if self.wanted.verbose and line != self.line:
            self.line = line
            say(line)

    def finish(self, logs: list[Log]) -> None:
        """Write the rest, let the full queue flow, and wait until everybody has everything."""
        scene = self.scene
        self.write_the_rest()
        self.empty_full_queue()
        scene.writing.finish(self.wanted.patience * 10)
        while any(log.different < scene.writing.number for log in logs):
            if all(time.monotonic() - log.changed_at > self.wanted.patience for log in logs):
                break  # the judge says what is missing
            time.sleep(0.1)
        time.sleep(1)  # what was delivered is written down
        for relays in self.relays:
            relays.over.set()
        for relays in self.relays:
            if relays.is_alive():
                relays.join(self.wanted.patience)
            self.faults += relays.faults
        scene.feed.over.set()

    def write_the_rest(self) -> None:
        """All of it, or as much as there is time for."""
        writing = self.scene.writing
        while writing.number < self.wanted.messages and time.monotonic() < self.until:
            writing.allow(self.limit(self.wanted.messages))
            time.sleep(0.2)
            self.progress()

    def empty_full_queue(self) -> None:
        rabbit = self.scene.rabbit
        if rabbit is None:
            return
        with psycopg.connect(self.scene.database.url) as connection:
            full = connection.execute(FULL).fetchall()
        if not full:
            self.faults.append("the consumer whose queue was full was not suspended")
            return
        rabbit.let_flow()
        rabbit.readers[-1].start()
        self.scene.writing.resume(self.scene.world["consumers"]["full queue"]["id"])

    def judge(self, result: Result) -> None:
        result.faults += self.faults
        with psycopg.connect(self.scene.database.url) as connection:
            judge.prepare(connection, result.logs, self.scene.writing.committed)
            result.broken = judge.broken(connection)
            result.late = judge.numbered_late(connection)


def keep_or_remove(var: Path, keep: Path | None) -> None:
    if keep:
        shutil.copytree(var, keep, dirs_exist_ok=True)
    shutil.rmtree(var, ignore_errors=True)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/messages", description=__doc__)
    parser.add_argument("--messages", type=int, default=2000, help="that each consumer gets")
    parser.add_argument("--subjects", type=int, default=100, help="vehicles that are changed")
    parser.add_argument("--each", type=int, default=3, help="how often each kill is made")
    parser.add_argument("--restarts", type=int, default=1, help="of RabbitMQ")
    parser.add_argument(
        "--minutes", type=float, help="in which no more is written than there is time for"
    )
    parser.add_argument("--seed", type=int, default=7, help="the same order of kills")
    parser.add_argument(
        "--patience", type=float, default=90, help="seconds in which something must happen"
    )
    parser.add_argument("--write", type=Path, help="the page that gets the table")
    parser.add_argument("--keep", type=Path, help="where to keep the logs")
    parser.add_argument("--verbose", action="store_true", help="say how far it is")
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
