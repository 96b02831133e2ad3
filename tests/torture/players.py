"""The people of the torture, each a thread of its own: they work as in the story, and they get in each other's way."""

import random
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import httpx

from demo.story.browser import Browser
from demo.story.line import Broke
from demo.story.mailbox import Mailbox
from demo.story.phone import Phone, Refused
from demo.story.promises import Promises
from demo.story.tally import Tally
from demo.story.upkeep import Upkeep
from demo.story.work import Work
from tests.torture.people import KeptPhone, Line, Peek, Window
from tests.torture.world import PASSWORD, TEMPLATE

Act = Callable[[], object]
BROKEN_OFF = (Refused, Broke, httpx.HTTPError, IndexError, KeyError)
# A car that nobody finds in stock any more ends the job.
NOTHING_LEFT = "Nothing is left in stock."


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


# --- installers -------------------------------------------------------------------------------------------------------
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

    def end(self, outcome: str, **result: str) -> None:
        body = {"outcome": outcome, **{name: value for name, value in result.items() if value}}
        way = self.dice.random()
        if way < 0.2:
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
            Promises(self).vehicle_is_out_of_reach()

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

    def __init__(self, stage: Stage, email: str, rival: str, models: list[dict]):
        super().__init__(stage, email)
        self.email = email
        self.phone = stage.line.phone(email, PASSWORD)
        self.rival = stage.line.phone(rival, PASSWORD)
        self.models = {model["id"]: model for model in models}
        self.late: deque[tuple[str, str, dict[str, str]]] = deque()
        self.numbers = iter(range(stage.dice(f"numbers of {email}").randrange(10**6), 10**9))

    def act(self) -> None:
        if self.late and self.dice.random() < 0.4:
            path, assignment, body = self.late.popleft()
            with suppress(Refused):
                self.phone.send("POST", path, body, Assignment=assignment)
        job = self._mine() or self._taken()
        if job is None:
            return
        kind = InterruptedUpkeep if job["kind"] == "MAINTENANCE" else Interrupted
        work = kind(self._bench(job), job)
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


# --- offices ----------------------------------------------------------------------------------------------------------
class AtDesk(Player):
    """Somebody with a browser. What they do next is thrown by the dice: act → how often."""

    pause = (2.0, 6.0)
    acts: ClassVar[dict[str, int]] = {}

    def __init__(self, stage: Stage, email: str):
        super().__init__(stage, email)
        self.window: Window = stage.line.window(email, PASSWORD)

    def act(self) -> None:
        (name,) = self.dice.choices(list(self.acts), list(self.acts.values()))
        getattr(self, name)()

    def post(self, act: str, path: str, job: str | None = None, **data: Any) -> bool:
        return self.window.post(act, path, job, **data)


class Manager(AtDesk):
    acts: ClassVar = {
        "write_many": 16, "write_drafts": 4, "write_upkeep": 8, "stop_access": 3, "allow_access": 12,
        "ask_back": 4, "assign": 6, "delete": 4, "use_and_delete_template": 2, "remove_partner": 1,
        "assign_and_delete": 4, "bulk_ask_back": 2,
    }  # fmt: skip
    MOST_ASSIGNED = 25

    def __init__(self, stage: Stage, email: str, fleet: str):
        super().__init__(stage, email)
        self.fleet, self.home = fleet, f"/fleetcontrol/{fleet}/"

    def job(self, *statuses: str, where: str = "true") -> str | None:
        found = self.peek.one_of(
            f"SELECT id FROM jobs_job WHERE fleet_id = %s AND status = ANY(%s) AND {where}"
            " ORDER BY id DESC LIMIT 30",
            self.fleet,
            list(statuses),
        )
        return ulid(found[0]) if found else None

    def partner(self) -> str | None:
        found = self.peek.one_of(
            "SELECT company_id FROM accounts_partnership WHERE fleet_id = %s AND status = 'ACCEPTED'"
            " AND ended_at IS NULL",
            self.fleet,
        )
        return found[0] if found else None

    def _template(self) -> str | None:
        found = self.peek.one_of(
            "SELECT id FROM jobs_jobtemplate WHERE fleet_id = %s AND name = %s",
            *(self.fleet, TEMPLATE),
        )
        return ulid(found[0]) if found else None

    def _create(self, number: int, partner: str | None, template: str | None = None) -> bool:
        data = {"template": template or self._template(), "number": number, "confirmed": "1"}
        if partner:
            data["company"] = partner
        return self.post("create_many", f"{self.home}jobs/new/many/", **data)

    def write_many(self) -> None:
        ((waiting,),) = self.peek.rows(
            "SELECT count(*) FROM jobs_job WHERE fleet_id = %s AND status = 'ASSIGNED'", self.fleet
        )
        partner = self.partner()
        if waiting < self.MOST_ASSIGNED and partner:
            self._create(self.dice.randint(2, 8), partner)

    def write_drafts(self) -> None:
        self._create(self.dice.randint(2, 6), None)

    def write_upkeep(self) -> None:
        found = self.peek.one_of(
            "SELECT vehicle_id FROM telematics_vehicle v WHERE fleet_id = %s AND archived_at IS NULL"
            " AND unit_id IS NOT NULL AND NOT EXISTS (SELECT FROM jobs_job j WHERE"
            " j.vehicle_id = v.vehicle_id AND j.status IN ('PENDING', 'ASSIGNED', 'RUNNING'))",
            self.fleet,
        )
        partner = self.partner()
        if found and partner:
            task = self.dice.choice(["INSPECTION", "REPLACE_UNIT"])
            about = {"vehicle": found[0], "task": task}
            self.post(
                *("write_upkeep", f"{self.home}jobs/new/?kind=MAINTENANCE&vehicle={found[0]}"),
                **about,
                company=partner,
                confirmed="1",
            )

    def stop_access(self) -> None:
        """At the same moment as the installer sends a command, or whatever they do just now."""
        if job := self.job("RUNNING", where="vehicle_id IS NOT NULL AND access_stopped_at IS NULL"):
            self.post("stop_access", f"{self.home}jobs/{job}/access/stop/", job, reason="Stop.")

    def allow_access(self) -> None:
        if job := self.job("RUNNING", where="access_stopped_at IS NOT NULL"):
            self.post("allow_access", f"{self.home}jobs/{job}/access/allow/", job)

    def ask_back(self) -> None:
        if job := self.job("ASSIGNED"):
            at = f"{self.home}jobs/{job}/handback/"
            self.post("request_handback", at, job, reason="Please.")

    def assign(self) -> None:
        job, partner = self.job("PENDING"), self.partner()
        if job and partner:
            self.post("assign", f"{self.home}jobs/{job}/assign/", job, company=partner)

    def delete(self) -> None:
        if job := self.job("PENDING"):
            self.post("delete", f"{self.home}jobs/{job}/delete/", job)

    def assign_and_delete(self) -> None:
        """The same drafts, assigned and deleted at the same moment, alone and together."""
        jobs = [
            ulid(job)
            for (job,) in self.peek.rows(
                "SELECT id FROM jobs_job WHERE fleet_id = %s AND status = 'PENDING' LIMIT 6",
                self.fleet,
            )
        ]
        partner = self.partner()
        if not jobs or not partner:
            return
        at = f"{self.home}jobs/installation/bulk/"
        many = {"select": jobs, "step": "confirmed"}
        collide(
            lambda: self.post("bulk_assign", f"{at}assign/", **many, company=partner),
            lambda: self.post("bulk_delete", f"{at}delete/", **many),
            lambda: self.post("delete", f"{self.home}jobs/{jobs[0]}/delete/", jobs[0]),
        )

    def bulk_ask_back(self) -> None:
        jobs = [
            ulid(job)
            for (job,) in self.peek.rows(
                "SELECT id FROM jobs_job WHERE fleet_id = %s AND status = 'ASSIGNED' LIMIT 3",
                self.fleet,
            )
        ]
        if jobs:
            about = {"select": jobs, "step": "confirmed", "reason": "All of them, please."}
            self.post("bulk_handback", f"{self.home}jobs/installation/bulk/handback/", **about)

    def use_and_delete_template(self) -> None:
        template = self._template()
        name = f"Copy {self.dice.randrange(10**9)}"
        at = f"{self.home}templates/"
        if template is None or not self.post(
            "duplicate_template", f"{at}{template}/duplicate/", name=name
        ):
            return
        found = self.peek.rows(
            "SELECT id FROM jobs_jobtemplate WHERE fleet_id = %s AND id <> %s"
            " ORDER BY created_at DESC LIMIT 1",
            *(self.fleet, as_uuid(template)),
        )
        if not found:
            return
        copy = ulid(found[0][0])
        collide(
            lambda: self._create(3, self.partner(), copy),
            lambda: self.post("delete_template", f"{at}{copy}/delete/"),
        )

    def remove_partner(self) -> None:
        """Remove one, which takes all its jobs back, and invite it again."""
        if not self.stage.removal.acquire(blocking=False):
            return
        try:
            found = self.peek.one_of(
                "SELECT p.id, c.email FROM accounts_partnership p JOIN accounts_company c"
                " ON c.partner_id = p.company_id WHERE p.fleet_id = %s AND p.status = 'ACCEPTED'"
                " AND p.ended_at IS NULL",
                self.fleet,
            )
            if found is None:
                return
            self.post("end_partnership", f"{self.home}partners/{found[0]}/remove/")
            self.post("invite_partner", f"{self.home}partners/invite/", email=found[1])
        finally:
            self.stage.removal.release()


class Office(AtDesk):
    """The admin of a company."""

    acts: ClassVar = {
        "accept_clients": 8, "withdraw": 2, "hand_back": 2, "answer_request": 4, "reserve": 2,
        "replace_installer": 2,
    }  # fmt: skip

    def __init__(self, stage: Stage, email: str, company: str):
        super().__init__(stage, email)
        self.company, self.mails = company, Mailbox(stage.mails)
        self.temporary: str | None = None

    def job(self, status: str, where: str = "true") -> str | None:
        found = self.peek.one_of(
            f"SELECT id FROM jobs_job j WHERE company_id = %s AND status = %s AND {where}"
            " ORDER BY id DESC LIMIT 30",
            *(self.company, status),
        )
        return ulid(found[0]) if found else None

    def accept_clients(self) -> None:
        for (client,) in self.peek.rows(
            "SELECT id FROM accounts_partnership WHERE company_id = %s AND status = 'PENDING'"
            " AND ended_at IS NULL",
            self.company,
        ):
            self.post("accept_client", f"/installers/clients/{client}/accept/")

    def withdraw(self) -> None:
        if job := self.job("RUNNING"):
            self.post("withdraw", f"/installers/jobs/{job}/withdraw/", job, reason="Not today.")

    def hand_back(self) -> None:
        """At the same moment as somebody of the company takes the job."""
        if job := self.job("ASSIGNED"):
            self.post("hand_back", f"/installers/jobs/{job}/handback/", job, reason="Too far away.")

    def answer_request(self) -> None:
        open_one = (
            "EXISTS (SELECT FROM jobs_handbackrequest r WHERE r.job_id = j.id AND status = 'OPEN')"
        )
        if job := self.job("ASSIGNED", open_one):
            at = f"/installers/jobs/{job}/handback/"
            collide(
                lambda: self.post("hand_back", at, job, reason="As you asked."),
                lambda: self.post("refuse_handback", f"{at}refuse/", job, reason="We keep it."),
            )

    def reserve(self) -> None:
        found = self.peek.one_of(
            "SELECT user_id FROM accounts_companymembership WHERE company_id = %s"
            " AND ended_at IS NULL",
            self.company,
        )
        job = self.job("ASSIGNED")
        if found and job and self.dice.random() < 0.5:
            self.post("reserve", f"/installers/jobs/{job}/reservation/", job, user=found[0])

    def replace_installer(self) -> None:
        """Somebody who was invited and holds a job is removed; somebody else is invited."""
        if self.temporary:
            found = self.peek.rows(
                "SELECT m.id FROM accounts_companymembership m JOIN accounts_user u ON u.id = m.user_id"
                " WHERE u.email = %s AND m.ended_at IS NULL",
                self.temporary,
            )
            if found:
                self.post("remove_user", f"/installers/users/{found[0][0]}/remove/")
            self.temporary = None
            return
        email = f"temp{self.dice.randrange(10**9)}@torture.example"
        if self.post("invite_user", "/installers/users/invite/", email=email, role="INSTALLER"):
            browser = Browser(self.stage.line.site)
            page = browser.open(self.mails.invitation(email))
            browser.submit(page, first_name="Temporary", last_name="Help", password=PASSWORD)
            self.temporary = email
            ((person,),) = self.peek.rows("SELECT id FROM accounts_user WHERE email = %s", email)
            self.stage.line.ledger.write("person", email=email, id=person)
            phone = self.stage.line.phone(email, PASSWORD)
            for job in phone.get("jobs/", category="available")["results"][:2]:
                phone.send("POST", f"jobs/{job['id']}/assignment/")


class Operator(AtDesk):
    """Suspends and reinstates a while later; withdraws and stops from outside."""

    pause = (4.0, 10.0)
    acts: ClassVar = {"suspend": 3, "withdraw": 2, "stop_access": 1, "hand_back": 1}
    ROWS: ClassVar = {
        "user": "SELECT id FROM accounts_user WHERE email LIKE 'installer%'",
        "company": "SELECT partner_id FROM accounts_company",
        "fleet": "SELECT fleet_id FROM accounts_fleet",
        "mobilityprovider": "SELECT provider_id FROM accounts_mobilityprovider",
    }

    def suspend(self) -> None:
        (what,) = self.dice.choices(list(self.ROWS), [8, 2, 2, 1])
        row = self.peek.one_of(self.ROWS[what])
        assert row
        at, about = f"/admin/accounts/{what}/", {"_selected_action": row[0], "reason": "Torture."}
        try:
            self.post("suspend", at, action="suspend", **about)
            self.stage.over.wait(self.dice.uniform(0.5, 3))
        finally:
            self.post("reinstate", at, action="reinstate", **about)

    def reinstate_all(self) -> None:
        for what, sql in self.ROWS.items():
            rows = [row[0] for row in self.peek.rows(sql)]
            self.post(
                *("reinstate", f"/admin/accounts/{what}/"),
                action="reinstate",
                _selected_action=rows,
                reason="Enough.",
            )

    def _move(self, verb: str, status: str) -> None:
        found = self.peek.one_of(
            "SELECT id FROM jobs_job WHERE status = %s ORDER BY id DESC LIMIT 30", status
        )
        if found:
            job = ulid(found[0])
            about = {"action": verb, "_selected_action": job, "reason": "Torture."}
            self.post(verb, "/admin/jobs/job/", job, **about)

    def withdraw(self) -> None:
        self._move("withdraw", "RUNNING")

    def stop_access(self) -> None:
        self._move("stop_access", "RUNNING")

    def hand_back(self) -> None:
        self._move("hand_back", "ASSIGNED")


def cast(stage: Stage) -> list[Player]:
    """Everybody, signed in."""
    people = stage.people
    crew = people["crew"]
    models = stage.line.phone(crew[0]["email"], PASSWORD).every("vehicle-models/")
    players: list[Player] = []
    for one in crew:
        rivals = deque(other for other in crew if other["company"] == one["company"])
        rivals.rotate(-rivals.index(one) - 1)
        players.append(Installer(stage, one["email"], rivals[0]["email"], models))
    players.append(Colleague(stage, crew[0]["email"]))
    players += [Manager(stage, one["email"], one["fleet"]) for one in people["desks"]]
    players += [Office(stage, one["email"], one["company"]) for one in people["offices"]]
    return [*players, Operator(stage, people["operator"])]


def finish(players: list[Player], patience: float) -> None:
    """Let everybody come to the end of what they do."""
    until = time.monotonic() + patience
    for player in players:
        player.join(max(0.0, until - time.monotonic()))


def ulid(value: Any) -> str:
    from ulid import ULID

    return str(ULID.from_uuid(value))


def as_uuid(text: str) -> Any:
    from ulid import ULID

    return ULID.from_str(text).to_uuid()
