"""A usual working day over HTTP: people and programs of the torture, but nobody gets in another's way.

It must go on whatever is done to the machine meanwhile: no error of the server, and nobody is signed out.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

import httpx

from demo.story.browser import Browser
from demo.story.line import send
from demo.story.page import Page
from demo.story.work import Work
from tests.torture.ledger import Ledger, Witness
from tests.torture.machines import Seat
from tests.torture.people import Line
from tests.torture.players import Player, Stage, finish
from tests.torture.players.installers import Installer, Interrupted, InterruptedUpkeep
from tests.torture.players.machines import VehicleProgram
from tests.torture.players.managers import Manager
from tests.torture.players.orders import JobProgram
from tests.torture.world import PASSWORD

LOGIN = "/accounts/login"
# Seconds in which everybody may finish the act that they have begun.
LAST_ACTS = 30
# Seconds in which what was waited for has happened, also on a busy machine.
PATIENCE = 240
# A page leads elsewhere by these, or ends the session.
LEFT_OUT = ("/static/", "/admin/", "/accounts/logout", "/api/", "/accounts/2fa", "/simulator/")


class Attentive(Witness):
    """Notices everybody who is signed out: nobody signs out on this day."""

    def __init__(self) -> None:
        super().__init__()
        self.signed_out: list[str] = []

    def _heard(self, answer: httpx.Response) -> None:
        super()._heard(answer)
        if answer.status_code == 401 or LOGIN in answer.headers.get("Location", ""):
            self.signed_out.append(f"{answer.request.method} {answer.request.url.path}")


class Undisturbed(Interrupted):
    """A job of the story, with photos."""

    def until_over(self, *, first: bool) -> dict[str, str]:
        return Work.until_over(self, first=first)

    def end(self, outcome: str, **result: str) -> None:
        if self.vehicle:
            self.take_photos()
        self._finish({"outcome": outcome, **{name: text for name, text in result.items() if text}})


class UndisturbedUpkeep(Undisturbed, InterruptedUpkeep):
    """The same for a maintenance job."""


class LoneInstaller(Installer):
    """Takes a job, proves it, and reports how it ended."""

    kinds: ClassVar = {"INSTALLATION": Undisturbed, "MAINTENANCE": UndisturbedUpkeep}

    def sign_in(self, rival: str) -> None:
        self.phone = self.rival = self.stage.line.phone(self.email, PASSWORD)

    def _taken(self) -> dict | None:
        available = self.phone.get("jobs/", category="available", page_size=10)["results"]
        if not available:
            return None
        return self.phone.send("POST", f"jobs/{self.dice.choice(available)['id']}/assignment/")


class Planner(Manager):
    """Writes, imports, assigns and deletes jobs."""

    pause = (1.0, 3.0)
    acts: ClassVar = {
        "write_many": 10, "write_drafts": 3, "write_upkeep": 3, "assign": 5, "delete": 2,
        "ask_back": 1, "import_jobs": 3,
    }  # fmt: skip


class Vehicles(VehicleProgram):
    acts: ClassVar = {
        "add": 6, "add_many": 2, "rename": 6, "write_fields": 4, "tag": 4, "set_status": 4,
        "write_fields_of_many": 2, "command": 4,
    }  # fmt: skip


class Orders(JobProgram):
    acts: ClassVar = {"create": 5, "create_many": 2, "import_jobs": 2, "ask_back": 1, "delete": 2}


class Reader(Player):
    """Opens pages from link to link, with the styles, scripts and icons that a browser loads for them."""

    pause = (0.3, 1.2)

    def __init__(self, stage: Stage, email: str, home: str):
        super().__init__(stage, f"reader {email}")
        browser = Browser(stage.line.site)
        browser.sign_in(email, PASSWORD)
        self.client = browser.client
        stage.line.witness.hears(self.client)
        self.url = self.home = home
        self.loaded: set[str] = set()
        self.pages = 0

    def act(self) -> None:
        self.stage.line.check()
        answer = send(self.client, "GET", self.url, again=False)
        self.url = self.home
        if answer.status_code == 200 and "text/html" in answer.headers["Content-Type"]:
            page = Page(answer.text, str(answer.url))
            self.pages += 1
            self.stage.line.witness.count("open_page", "done")
            for file in files_of(page):
                self.load(file)
            self.url = self.dice.choice([*links_of(page), self.home])

    def load(self, file: str) -> None:
        if file in self.loaded:
            return
        self.loaded.add(file)
        answer = send(self.client, "GET", file, again=False)
        if answer.status_code != 200:
            self.stage.errors.append(f"a file of a page: {answer.status_code} {file}")


def files_of(page: Page) -> Iterator[str]:
    """What a browser loads with a page."""
    named = (("link", "href"), ("script", "src"), ("img", "src"))
    for tag, attribute in named:
        for element in page.root.all(tag):
            path = urlsplit(element.attrs.get(attribute, "")).path
            if path.startswith("/static/"):
                yield path


def links_of(page: Page) -> list[str]:
    found = (urlsplit(link.attrs.get("href", "")) for link in page.root.all("a"))
    return [
        url.geturl()
        for url in found
        if not url.netloc and url.path.startswith("/") and not url.path.startswith(LEFT_OUT)
    ]


class Workday:
    """Everybody at work until it is over: `with Workday(…) as day: …`."""

    def __init__(self, site: str, database: str, var: Path, people: dict[str, Any]):
        self.witness = Attentive()
        self.ledger = Ledger(var / "ledger.jsonl")
        self.people = people
        line = Line(site, self.ledger, self.witness)
        self.stage = Stage(line, database, var / "mail", 7, people)
        self.players: list[Player] = []

    def __enter__(self) -> "Workday":
        self.players = list(self._cast())
        for player in self.players:
            player.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def _cast(self) -> Iterator[Player]:
        stage = self.stage
        crew = self.people["crew"]
        models = stage.line.phone(crew[0]["email"], PASSWORD).every("vehicle-models/")
        for one in crew:
            yield LoneInstaller(stage, one["email"], one["email"], models)
        desk = self.people["desks"][0]
        home = f"/fleetcontrol/{desk['fleet']}/"
        yield Planner(stage, desk["email"], desk["fleet"])
        yield Reader(stage, desk["email"], f"{home}jobs/installation/")
        yield Reader(stage, self.people["offices"][0]["email"], "/installers/")
        seats = {
            one["name"]: Seat(one["fleet"], one["client_id"], one["secret"])
            for one in self.people["programs"]
            if one["fleet"] == desk["fleet"]
        }
        yield Vehicles(stage, seats["Vehicles"], "vehicles")
        yield Orders(stage, seats["Orders"])

    def end(self, patience: float = LAST_ACTS) -> None:
        """Let everybody come to the end of what they do; then nobody says anything more."""
        if self.stage.over.is_set():
            return
        self.stage.over.set()
        finish(self.players, patience)
        self.stage.line.is_closed = True
        self.ledger.close()

    # --- what became of it ------------------------------------------------------------------------------------------
    def wait_until(self, wanted: dict[str, int], seconds: float) -> None:
        """Until these acts were acknowledged so often. Raises RuntimeError."""
        until = time.monotonic() + seconds
        while missing := [act for act, number in wanted.items() if self.done(act) < number]:
            if time.monotonic() > until:
                counted = ", ".join(f"{act} {self.done(act)} times" for act in missing)
                raise RuntimeError(f"within {seconds:.0f} s only: {counted}; {self.faults()[:5]}")
            time.sleep(0.2)

    def wait_for_more(self, wanted: dict[str, int], seconds: float) -> None:
        """Until they were acknowledged so often from now on."""
        self.wait_until({act: self.done(act) + number for act, number in wanted.items()}, seconds)

    def done(self, act: str) -> int:
        counted = self.witness.acts.get(act)
        return counted["done"] if counted else 0

    @property
    def requests(self) -> int:
        return sum(self.witness.answers.values())

    @property
    def acknowledged(self) -> int:
        return sum(counted["done"] for counted in list(self.witness.acts.values()))

    def faults(self) -> list[str]:
        """Everything that must not happen on such a day."""
        errors = [
            f"{error.status} of {error.request}: {' '.join(error.text.split())[:80]}"
            for error in self.witness.failed
        ]
        signed_out = [f"signed out: {request}" for request in self.witness.signed_out]
        return [*errors, *signed_out, *self.stage.errors, *self.stage.tally.broken]
