"""Which kills a run makes, and in which order: each point equally often, chosen by a seed."""

import random
import threading
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from tests.messages.points import ANYWHERE, Point


class Kill(NamedTuple):
    """At the nth time that a point is reached; without a point so many seconds after the relay has started."""

    point: Point | None
    nth: int
    seconds: float

    @property
    def name(self) -> str:
        return str(self.point) if self.point else ANYWHERE


def drawn(points: Sequence[Point], each: int, seed: int) -> list[Kill]:
    """The kills of a run in their order: the same for the same seed."""
    dice = random.Random(seed)
    places: list[Point | None] = [*points, None]
    kills = [
        Kill(place, dice.randint(1, place.most if place else 1), dice.uniform(0.2, 1.5))
        for place in places
        for _ in range(each)
    ]
    dice.shuffle(kills)
    return kills


class Plan:
    """Hands the kills out to relays, and counts those that were made."""

    def __init__(self, points: Sequence[Point], each: int, seed: int):
        self.each = each
        self.left = drawn(points, each, seed)
        self.names = [*map(str, points), ANYWHERE]
        self.made: Counter[str] = Counter()
        self.missed = 0
        self._lock = threading.Lock()
        self.wanted = len(self.left)

    def take(self) -> Kill | None:
        with self._lock:
            return self.left.pop(0) if self.left else None

    def give_back(self, kill: Kill) -> None:
        """The relay did not come to the point: it is the turn of others first."""
        with self._lock:
            self.left.append(kill)
            self.missed += 1

    def count(self, kill: Kill) -> None:
        with self._lock:
            self.made[kill.name] += 1

    @property
    def done(self) -> int:
        return sum(self.made.values())

    @property
    def is_over(self) -> bool:
        return self.done == self.wanted

    @property
    def missing(self) -> list[str]:
        """The points at which no relay was killed often enough."""
        return [name for name in self.names if self.made[name] < self.each]
