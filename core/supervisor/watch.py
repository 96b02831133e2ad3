"""Watching the children: who may be restarted is restarted with back-off, who may not ends all."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from core.supervisor.errors import Lost
from core.supervisor.process import Child

STEADY = 60  # seconds up, after which an end counts as the first one again
LONGEST_PAUSE = 30


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

    def __init__(self, say: Callable[[str], None]):
        self.members: list[Watched] = []
        self.say = say

    def add(self, child: Child, *, stage: int, restarts: bool, patience: float = 10) -> None:
        member = Watched(child, stage, restarts, patience)
        self.members.append(member)
        member.start()

    def look(self) -> None:
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
        self.say(f"{member.child.name} has ended; restarting it.")

    def stop(self) -> None:
        """Stage by stage, the last one first: web, beat, workers, and the broker when nobody needs it any more."""
        for stage in sorted({member.stage for member in self.members}, reverse=True):
            group = [member for member in self.members if member.stage == stage]
            for member in group:
                member.child.ask_to_stop()
            for member in group:
                member.child.make_sure(member.patience)
