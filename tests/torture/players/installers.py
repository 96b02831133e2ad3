"""Installers: each job is interrupted, and its end collides with something."""

import io
import random
from collections import deque
from contextlib import suppress
from functools import partial
from types import SimpleNamespace
from typing import Any, ClassVar

import httpx
from PIL import Image

from demo.story.line import Broke
from demo.story.phone import Phone, Refused
from demo.story.promises import OUT_OF_REACH, Promises
from demo.story.upkeep import Upkeep
from demo.story.work import Work
from tests.torture.people import KeptPhone, Peek
from tests.torture.players.base import Player, Stage, collide
from tests.torture.world import PASSWORD

# A car that nobody finds in stock any more ends the job.
NOTHING_LEFT = "Nothing is left in stock."


def picture(dice: random.Random) -> bytes:
    """A photo that no other equals."""
    file = io.BytesIO()
    colour = tuple(dice.randrange(256) for _channel in range(3))
    Image.new("RGB", (dice.randint(40, 400), 300), colour).save(file, "JPEG")
    return file.getvalue()


class PromisesAmongEnds(Promises):
    """An operator may have suspended the installer at the same moment. Each of their calls is then answered 401."""

    out_of_reach = OUT_OF_REACH | {401}


class Stock:
    """Boxes of one fleet, as somebody finds them on the bench: two people may reach for the same."""

    FREE = """
        SELECT qnr FROM telematics_unit u WHERE fleet_id = %s AND retired_at IS NULL
        AND NOT EXISTS (SELECT FROM telematics_vehicle v WHERE v.unit_id = u.qnr)
        AND NOT EXISTS (SELECT FROM jobs_job j WHERE j.status IN ('PENDING', 'ASSIGNED', 'RUNNING')
            AND u.qnr IN (j.unit_id, j.planned_unit_id, j.replaced_unit_id))
        ORDER BY qnr LIMIT 8"""

    def __init__(self, peek: Peek, fleet: str):
        self.peek, self.fleet = peek, fleet

    def popleft(self) -> str:
        found = self.peek.one_of(self.FREE, self.fleet)
        if found is None:
            raise IndexError(NOTHING_LEFT)
        return found[0]


class Interrupted(Work):
    """A job of the story that others may take away at any time, and whose end collides with something."""

    rival: KeptPhone
    dice: random.Random
    late: deque[tuple[str, str, dict[str, str]]]

    def do(self) -> None:
        if self.dice.random() < 0.08:
            self.end("FAILED", comment="The car is not in the yard.", reason="VEHICLE_ABSENT")
            return
        self.work()

    def until_over(self, *, first: bool) -> dict[str, str]:
        if self.dice.random() < 0.12:  # somebody sends a command in the middle of the tests
            with suppress(Refused):
                self.phone.send("POST", f"vehicles/{self.vehicle}/commands/unlock-central-lock/")
        if self.dice.random() < 0.1:
            with suppress(Refused):
                self.phone.send("POST", f"{self.at}access/")
        if self.dice.random() < 0.05:  # and somebody ends the job there
            raise Broke("ended in the middle of its tests") if self._fail() else Broke("refused")
        return super().until_over(first=first)

    def _fail(self) -> bool:
        body = {"outcome": "FAILED", "comment": "Ended while it was tested."}
        with suppress(Refused):
            return bool(self.phone.send_when_free("POST", f"{self.at}outcome/", body))
        return False

    def take_photos(self) -> None:
        for number in range(self.dice.choice((0, 1, 1, 2))):
            kind = self.dice.choice(("SERIAL", "MOUNTING", "OTHER"))
            photo = self.phone.send_photo(f"{self.at}photos/", kind, picture(self.dice))
            if number and self.dice.random() < 0.4:
                self.phone.send("DELETE", f"{self.at}photos/{photo['id']}/")

    def end(self, outcome: str, **result: str) -> None:
        if self.vehicle:
            self.take_photos()
        body = {"outcome": outcome, **{name: value for name, value in result.items() if value}}
        way = self.dice.random()
        if way < 0.05:
            photo = picture(self.dice)
            add = partial(self.phone.send_photo, f"{self.at}photos/", "OTHER", photo)
            collide(lambda: self._finish(body), add)
        elif way < 0.2:
            collide(lambda: self._finish(body), self._withdraw)
        elif way < 0.4:
            other = {"outcome": "FAILED", "comment": "The other phone said so."}
            collide(lambda: self._finish(body), lambda: self._finish(other))
        elif way < 0.6 and self.vehicle:
            collide(lambda: self._finish(body), self._command)
        elif way < 0.7:
            self._forget(body)
            return
        else:
            self._finish(body)
        if self.vehicle and self.phone.get(self.at)["status"] == outcome:
            PromisesAmongEnds(self).vehicle_is_out_of_reach()

    def _forget(self, body: dict[str, str]) -> None:
        """The phone has no network just now and sends the end later; meanwhile somebody takes the job over."""
        assignment = self.phone.get(self.at)["assignment"]
        if assignment:
            self.late.append((f"{self.at}outcome/", str(assignment["id"]), body))
            self._withdraw()

    def _finish(self, body: dict[str, str]) -> None:
        self.phone.send_when_free("POST", f"{self.at}outcome/", body)

    def _withdraw(self) -> None:
        self.rival.send("DELETE", f"{self.at}assignment/")

    def _command(self) -> None:
        self.phone.send("POST", f"vehicles/{self.vehicle}/commands/unlock-central-lock/")


class InterruptedUpkeep(Interrupted, Upkeep):
    def do(self) -> None:
        self.vehicle = self.job["vehicle"]["vehicle_id"]
        self.work()

    def work(self) -> None:
        Upkeep.work(self)

    def units_to_link(self, qnr: str) -> dict[str, str]:
        if self.job["unit"] is None:
            raise Broke("somebody has taken the unit out that is to be replaced")
        return Upkeep.units_to_link(self, qnr)


class Installer(Player):
    """Takes a job at the same moment as a colleague, and works on it; goes on with what is still theirs."""

    kinds: ClassVar[dict[str, type[Interrupted]]] = {
        "INSTALLATION": Interrupted,
        "MAINTENANCE": InterruptedUpkeep,
    }

    def __init__(self, stage: Stage, email: str, rival: str, models: list[dict]):
        super().__init__(stage, email)
        self.email = email
        self.sign_in(rival)
        self.models = {model["id"]: model for model in models}
        self.late: deque[tuple[str, str, dict[str, str]]] = deque()
        self.numbers = iter(range(stage.dice(f"numbers of {email}").randrange(10**6), 10**9))

    def sign_in(self, rival: str) -> None:
        self.phone = self.stage.line.phone(self.email, PASSWORD)
        self.rival = self.stage.line.phone(rival, PASSWORD)

    def act(self) -> None:
        if self.late and self.dice.random() < 0.4:
            path, assignment, body = self.late.popleft()
            with suppress(Refused):
                self.phone.send("POST", path, body, Assignment=assignment)
        job = self._mine() or self._taken()
        if job is None:
            return
        work = self.kinds[job["kind"]](self._bench(job), job)
        work.rival, work.dice, work.late = self.rival, self.dice, self.late
        work.vehicle = job["vehicle"]["vehicle_id"] if job["vehicle"] else None
        with self.stage.tally.timed("a job in one installer's hands"):
            work.do()

    def _mine(self) -> dict | None:
        mine = self.phone.get("jobs/", category="mine")["results"]
        return self.phone.get(f"jobs/{self.dice.choice(mine)['id']}/") if mine else None

    def _taken(self) -> dict | None:
        available = self.phone.get("jobs/", category="available", page_size=10)["results"]
        if not available:
            return None
        at = f"jobs/{self.dice.choice(available)['id']}/assignment/"
        if self.dice.random() < 0.3:
            mine, _rivals = collide(
                lambda: self.phone.send("POST", at), lambda: self.rival.send("POST", at)
            )
            if isinstance(mine, Exception):
                raise mine
            return mine
        return self.phone.send("POST", at)

    def _bench(self, job: dict) -> Any:
        stock = Stock(self.peek, job["fleet"]["fleet_id"])
        shelf = SimpleNamespace(
            units=stock, spares=stock, number=lambda: next(self.numbers) % 10**6
        )
        plot = SimpleNamespace(run=f"{self.stage.seed:08d}"[-8:])
        return SimpleNamespace(
            phone=self.phone, tally=self.stage.tally, plot=plot, shelf=shelf, models=self.models
        )

    def sign_in_again(self) -> None:
        """Suspended, or signed out: tries until it is possible again."""
        for phone in {self.phone, self.rival}:
            with suppress(Broke, Refused, httpx.HTTPError):
                phone.sign_in_again()
        self.stage.over.wait(1)


class Colleague(Player):
    """Withdraws, takes over and renews what others hold."""

    pause = (6.0, 15.0)

    def __init__(self, stage: Stage, email: str):
        super().__init__(stage, f"colleague {email}")
        self.email = email
        self.phone = stage.line.phone(email, PASSWORD)

    def act(self) -> None:
        running = self.phone.get("jobs/", category="running", page_size=20)["results"]
        if not running:
            return
        at = f"jobs/{self.dice.choice(running)['id']}/"
        if self.dice.random() < 0.5:
            self.phone.send("DELETE", f"{at}assignment/")
            return
        collide(
            lambda: self.phone.send("DELETE", f"{at}assignment/"),
            lambda: self.phone.send("POST", f"{at}assignment/"),
            lambda: self.phone.send("POST", f"{at}access/"),
        )

    sign_in_again = Installer.sign_in_again

    @property
    def rival(self) -> Phone:
        return self.phone
