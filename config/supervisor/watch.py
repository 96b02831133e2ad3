"""Watching the children: who may be restarted is restarted with back-off, who may not ends all."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from config.supervisor import logs
from config.supervisor.errors import Lost
from config.supervisor.process import Child

STEADY = 60  # seconds up, after which an end counts as the first one again
LONGEST_PAUSE = 30
LOGS_EVERY = 10


@dataclass
class Watched:
    child: Child
    stage: int
    restarts: bool
    patience: float
    pause: float = 1
    due: float = 0
    started: float = 0

    def start(self) -> None:
        self.child.start()
        self.started, self.due = time.monotonic(), 0


class Family:
    """All children. What is in a later stage needs what is in an earlier one."""

    def __init__(self, log: Callable[[str], None]):
        self.members: list[Watched] = []
        self.logs_due = 0.0
        self.log = log

    def add(self, child: Child, *, stage: int, restarts: bool, patience: float = 10) -> None:
        member = Watched(child, stage, restarts, patience)
        self.members.append(member)
        member.start()

    def forget(self, child: Child) -> None:
        """Watch a child that has ended no longer."""
        self.members = [member for member in self.members if member.child is not child]

    def turn_logs(self) -> None:
        """Turn the logs that have grown, some seconds after the last time."""
        now = time.monotonic()
        if now < self.logs_due:
            return
        self.logs_due = now + LOGS_EVERY
        for member in self.members:
            logs.turn_if_large(member.child.log)

    def check(self) -> None:
        """Raises Lost when a part is gone that cannot be restarted."""
        now = time.monotonic()
        for member in self.members:
            if member.child.alive:
                continue
            if not member.restarts:
                raise Lost(member.child.name, member.child.last_words())
            if not member.due:
                self._plan_restart(member, now)
            elif now >= member.due:
                member.start()

    def _plan_restart(self, member: Watched, now: float) -> None:
        steady = now - member.started > STEADY
        member.due = now + (1 if steady else member.pause)
        member.pause = 2 if steady else min(member.pause * 2, LONGEST_PAUSE)
        self.log(f"{member.child.name} has ended; restarting it.")

    def renew(self) -> None:
        """Stop every child that may be restarted and start it again, with the code as it is now."""
        members = [member for member in self.members if member.restarts]
        for member in members:
            member.child.terminate()
        for member in members:
            member.child.make_sure(member.patience)
            member.start()

    def stop(self) -> None:
        """Stage by stage, the last one first: web, workers and beat, and the broker when nothing needs it.

        The children of a stage end at the same time, so it takes no longer than the most patient of them.
        """
        for stage in sorted({member.stage for member in self.members}, reverse=True):
            group = [member for member in self.members if member.stage == stage]
            for member in group:
                member.child.terminate()
            asked = time.monotonic()
            for member in group:
                waited = time.monotonic() - asked
                member.child.make_sure(max(0, member.patience - waited))
