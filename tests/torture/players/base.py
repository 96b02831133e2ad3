"""What everybody who plays in the torture has, and how two of them meet."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import httpx
from ulid import ULID

from demo.story.line import Broke
from demo.story.phone import Refused
from demo.story.tally import Tally
from tests.torture.people import Line, Peek, Window
from tests.torture.world import PASSWORD, TEMPLATE

Act = Callable[[], object]
BROKEN_OFF = (Refused, Broke, httpx.HTTPError, IndexError, KeyError)


@dataclass
class Stage:
    line: Line
    database: str  # where a player looks what there is, beside the product
    mails: Path
    seed: int
    people: dict[str, Any]
    tally: Tally = field(default_factory=Tally)
    over: threading.Event = field(default_factory=threading.Event)
    errors: list[str] = field(default_factory=list)
    # What everybody needs is taken from nobody while somebody else takes it away.
    removal: threading.Lock = field(default_factory=threading.Lock)

    def dice(self, name: str) -> random.Random:
        return random.Random(f"{self.seed}/{name}")


class Player(threading.Thread):
    pause = (0.2, 1.0)

    def __init__(self, stage: Stage, name: str):
        super().__init__(name=name, daemon=True)
        self.stage, self.dice = stage, stage.dice(name)
        self.peek = Peek(stage.database, self.dice)

    def run(self) -> None:
        while not self.stage.over.is_set():
            try:
                self.act()
            except Refused as refused:
                if refused.status == 401:
                    self.sign_in_again()
            except (Broke, httpx.HTTPError, IndexError, KeyError):
                self.stage.line.witness.count(type(self).__name__.lower(), "broke off")
            except Exception as error:  # a fault of the torture itself
                self.stage.errors.append(f"{self.name}: {type(error).__name__}: {error}")
            self.stage.over.wait(self.dice.uniform(*self.pause))

    def act(self) -> None:
        raise NotImplementedError(type(self).__name__)

    def template(self, fleet: str) -> str | None:
        found = self.peek.one_of(
            "SELECT id FROM jobs_jobtemplate WHERE fleet_id = %s AND name = %s", *(fleet, TEMPLATE)
        )
        return ulid(found[0]) if found else None

    def sign_in_again(self) -> None:
        """Nothing: whoever needs a session says how to get one."""


def collide(*acts: Act) -> list[Any]:
    """All at the same moment; what each gave, an exception included."""
    line, given = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Act) -> None:
        line.wait(10)
        try:
            given[place] = act()  # type: ignore[call-overload]
        except BROKEN_OFF as error:
            given[place] = error  # type: ignore[call-overload]

    threads = [
        threading.Thread(target=run, args=(place, act), daemon=True)
        for place, act in enumerate(acts)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given


class Moody(Player):
    """What they do next is thrown by the dice: act → how often."""

    acts: ClassVar[dict[str, int]] = {}

    def act(self) -> None:
        (name,) = self.dice.choices(list(self.acts), list(self.acts.values()))
        getattr(self, name)()


class AtDesk(Moody):
    """Somebody with a browser."""

    pause = (2.0, 6.0)

    def __init__(self, stage: Stage, email: str, name: str = ""):
        super().__init__(stage, name or email)
        self.window: Window = stage.line.window(email, PASSWORD)

    def post(self, act: str, path: str, job: str | None = None, **data: Any) -> bool:
        return self.window.post(act, path, job, **data)


def ulid(value: Any) -> str:
    return str(ULID.from_uuid(value))


def as_uuid(text: str) -> Any:
    return ULID.from_str(text).to_uuid()
