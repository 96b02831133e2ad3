"""Which cuts a run makes, and in which order: nine kinds, each of them often enough, chosen by a seed."""

import random
import threading
from collections import Counter
from typing import NamedTuple

HALF_REQUEST = "half-way through the request"
BEFORE_COMMIT = "after the request, before the commit"
AFTER_COMMIT = "after the commit, before the answer"
HALF_ANSWER = "half-way through the answer"
POINTS = (HALF_REQUEST, BEFORE_COMMIT, AFTER_COMMIT, HALF_ANSWER)
RESET = "reset"
SILENCE = "silence"
KILL = "SIGKILL of the browser"
# Of a hundred cuts, so many are at least of each kind.
SHARE = 7.5
# A request is cut at most so many times, then it passes.
MOST = 2


class Kind(NamedTuple):
    """What happens to the connection, and where; a killed browser falls at any of the points."""

    point: str
    way: str

    @property
    def name(self) -> str:
        return self.way if self.way == KILL else f"{self.point}: {self.way}"


KINDS = [
    *(Kind(point, way) for point in POINTS for way in (RESET, SILENCE)),
    Kind("anywhere", KILL),
]


class Cut(NamedTuple):
    """One cut. `part` is how much of the request or of the answer passes before it."""

    kind: Kind
    point: str
    part: float


def least(cuts: int) -> int:
    """How often each kind occurs at least."""
    return max(1, int(cuts * SHARE / 100))


def drawn(cuts: int, seed: int) -> list[Cut]:
    """The cuts of a run in their order: the same for the same seed."""
    dice = random.Random(seed)
    kinds = [*KINDS * least(cuts)][:cuts]
    kinds += [dice.choice(KINDS) for _ in range(cuts - len(kinds))]
    dice.shuffle(kinds)
    return [_cut(kind, dice) for kind in kinds]


def _cut(kind: Kind, dice: random.Random) -> Cut:
    point = kind.point if kind.point in POINTS else dice.choice(POINTS)
    return Cut(kind, point, dice.random())


class Plan:
    """Hands the cuts out to requests, and counts those that were made."""

    def __init__(self, cuts: int, seed: int):
        self.wanted, self.seed = cuts, seed
        self.left = drawn(cuts, seed)
        self.made: Counter[Kind] = Counter()
        self.points_of_kills: Counter[str] = Counter()
        self.cut: Counter[str] = Counter()
        self.dice = random.Random(seed + 1)
        self._most: dict[str, int] = {}
        self._lock = threading.Lock()

    def take(self, request: str, *, is_committed: bool) -> Cut | None:
        """The next cut that fits this request, or None if the request passes."""
        with self._lock:
            most = self._most.setdefault(request, self.dice.randint(1, MOST))
            if self.cut[request] >= most:
                return None
            for cut in self.left:
                if not (is_committed and cut.point == BEFORE_COMMIT):
                    self.left.remove(cut)
                    self.cut[request] += 1
                    return cut
            return None

    def give_back(self, request: str, cut: Cut) -> None:
        """The cut did not fit: nothing was committed there, such as after a refusal."""
        with self._lock:
            self.left.append(cut)
            self.cut[request] = MOST

    def count(self, cut: Cut) -> None:
        with self._lock:
            self.made[cut.kind] += 1
            if cut.kind.way == KILL:
                self.points_of_kills[cut.point] += 1

    @property
    def is_over(self) -> bool:
        return not self.left

    @property
    def missing(self) -> list[str]:
        """The kinds that occurred too seldom."""
        return [kind.name for kind in KINDS if self.made[kind] < least(self.wanted)]
