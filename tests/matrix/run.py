"""The matrix: routes × methods × principals × things, and what every cell must be.

The rule is one for all cells. A thing is found by those who belong to one of its homes, on the site of that home. Where
all that a URL names is found, and belongs together, the page answers by the role (tests/routes.py has the roles).
Anything else is refused exactly as if it did not exist: with the same status, the same text and nothing written.
Nobody ever reads a mark of a zone that is not theirs.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from typing import Any
from urllib.parse import quote
from zlib import crc32

from django.test import Client

from core.mail.mail import Mail
from core.models import OutboxMessage
from jobs.models import Notification
from tests.matrix.principals import MACHINE, PHONE, WEBSITE, Principal, names_in, readable_at
from tests.matrix.requests import Answer, Browser, letters_in
from tests.matrix.routes import DOCUMENTS, METHODS, WORDS, Route
from tests.matrix.tenants import FLEETS, Scene, Thing, names, of_deleted

REFUSED = {"404", "405", "401", "403", "in"}
# By which doors a site is entered; every other site is a website.
DOORS = {"smartcontrol-api": {PHONE, WEBSITE}, "headless": {PHONE}, "oneapi": {MACHINE}}
# The sites of companies: their people find things in the name of the company, whatever else they do.
OF_COMPANIES = ("installers", "smartcontrol-api")
# Where a company becomes a partner, so that the fleet may know who it is.
ACCEPTING = {"installers:client_accept"}
# The holder of a job may not use its vehicle, whatever the URL names besides.
ACCESS_OVER = re.compile(r'"code": ?"(?:fleet_suspended|access_ended|access_stopped)"')
# Rows that are read by their receiver, and not by the principal who caused them.
LETTERS = ("core.Mail", "core.OutboxMessage", "jobs.Notification")
# Where programs of a fleet read what has become of its jobs, also of those that were deleted.
FEED = "oneapi:messages"
# How an API is called to write: a POST without JSON, or without a key, is refused before anything else.
OF_AN_API = {"content_type": "application/json", "HTTP_IDEMPOTENCY_KEY": "the-matrix"}
# What two equal answers may differ in.
CHANCE = re.compile(
    "|".join(
        [
            r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",  # of a request
            r'nonce[-=]"?[\w+/=-]+',
            r'csrf\w*"?[^>]{0,40}value="\w+"',
            r'"X-CSRFToken": ?"\w+"',
            r"(?:csrftoken|sessionid)=\w+",
            r"(?:expires=|Expires: |Content-Length: )[^;\n]+",
            r'"challenge": ?"[^"]*"',  # of a security key
            r"<dcterms:\w+[^>]*>[^<]*<",  # of a workbook
        ]
    ),
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Cell:
    principal: Principal
    route: Route
    method: str
    things: tuple[Thing | str, ...]

    def __str__(self) -> str:
        named = ", ".join(
            f"{name}={getattr(thing, 'name', thing)}"
            for name, thing in zip(self.route.parameters, self.things, strict=True)
        )
        who = f"{self.principal.name} ({self.principal.door})"
        return f"{who} {self.method} {self.route.name} {named}"

    @property
    def url(self) -> str | None:
        return self.route.url(ids(self.things))

    @property
    def named(self) -> list[Thing]:
        return [thing for thing in self.things if isinstance(thing, Thing)]

    @property
    def is_right_door(self) -> bool:
        return self.principal.door in DOORS.get(self.route.site, {WEBSITE})

    @cached_property
    def home(self) -> set[str]:
        """The tenants, or the person, in whose name this principal finds things on this route."""
        if not self.is_right_door or not self.principal.is_signed_in:
            return set()
        homes = set(self.principal.homes)
        if self.route.site == "fleetcontrol":
            asked = {home for thing in self.named if thing.kind == "fleet" for home in thing.homes}
            return homes & asked & FLEETS.keys()
        if self.route.site in OF_COMPANIES:
            return homes - FLEETS.keys()
        return homes

    def is_found(self, thing: Thing) -> bool:
        return bool(thing.opens or thing.homes & self.home)

    @property
    def is_reachable(self) -> bool:
        return all(self.is_found(thing) for thing in self.named)

    @property
    def is_a_view(self) -> bool:
        """A page, list or export of what is the principal's own, where most can leak."""
        is_known = self.is_right_door and self.principal.is_signed_in and len(self.named) < 2
        return (
            self.method == "get" and is_known and self.route.site != "admin" and self.is_reachable
        )

    def with_nothing(self, scene: Scene) -> "Cell":
        """The same request for things that do not exist, in place of those that are not found."""
        things = tuple(
            scene.missing(thing.kind)
            if isinstance(thing, Thing) and not self.is_found(thing)
            else thing
            for thing in self.things
        )
        return Cell(self.principal, self.route, self.method, things)

    @property
    def class_of(self) -> tuple:
        """Cells of one class differ in nothing that decides: one of them represents all."""
        return tuple(
            thing if isinstance(thing, str) else self._relation(thing) for thing in self.things
        )

    def _relation(self, thing: Thing) -> str:
        if thing.is_missing:
            return "missing"
        if self.is_found(thing):
            return f"own {thing.name.split()[-1]}"
        if not thing.homes:
            return "ended"
        if thing.homes & self.principal.former:
            return "former"
        if thing.homes & self.principal.homes:
            return "own, elsewhere"
        providers = {FLEETS.get(home) for home in self.principal.homes}
        if {FLEETS.get(home) for home in thing.homes} & (providers - {None}):
            return "sibling"
        return "foreign"


def cells(
    scene: Scene, everybody: list[Principal], routes: list[Route], *, share: int
) -> Iterator[Cell]:
    """One cell of each class, or every `share`th of these; of the pages that show what is somebody's own, each."""
    for route in routes:
        named = combinations(scene, route)
        for principal in everybody:
            for cell in cells_of(principal, route, named):
                if cell.is_a_view or crc32(str(cell).encode()) % share == 0:
                    yield cell


def cells_of(principal: Principal, route: Route, named: list[tuple]) -> Iterator[Cell]:
    """Who has never found anything on a route tries each method once; anybody else every class of ids."""
    start = crc32(f"{principal.name}{route.name}".encode()) % len(named)
    cases = [Cell(principal, route, "get", things) for things in named[start:] + named[:start]]
    is_outside = not cases[0].is_right_door or not principal.is_signed_in
    if is_outside and not principal.former:
        yield from (replace(cases[0], method=method) for method in route.methods)
        return
    classes = one_of_each(cases)
    finds_something = any(case.is_reachable for case in classes)
    for method in METHODS:
        if method in route.methods:
            yield from (replace(case, method=method) for case in classes)
        elif finds_something and route.site != "admin":
            yield replace(classes[0], method=method)


def combinations(scene: Scene, route: Route) -> list[tuple[Thing | str, ...]]:
    """Every pair of ids crossed; without the words that no such URL has."""
    named = [
        scene.things[kind] if kind else WORDS[name]
        for name, kind in zip(route.parameters, route.kinds, strict=True)
    ]
    return [things for things in product(*named) if route.url(ids(things))]


def ids(things: tuple[Thing | str, ...]) -> tuple[str, ...]:
    return tuple(thing if isinstance(thing, str) else thing.pk for thing in things)


def one_of_each(cases: list[Cell]) -> list[Cell]:
    """The first cell of each class."""
    found: dict[tuple, Cell] = {}
    for cell in cases:
        found.setdefault(cell.class_of, cell)
    return list(found.values())


@dataclass
class Outcome:
    """What a run has found."""

    routes: int = 0
    table: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)
    reached: set[tuple[str, str]] = field(default_factory=set)
    tried: set[tuple[str, str]] = field(default_factory=set)

    @property
    def number(self) -> int:
        return sum(self.table.values())


class Judge:
    def __init__(self, scene: Scene, browser: Browser) -> None:
        self.scene = scene
        self.browser = browser
        self.outcome = Outcome()
        self.baselines: dict[tuple, str] = {}
        self.clients: dict[tuple[str, str], Client] = {}

    def try_cell(self, cell: Cell) -> None:
        self.judge(cell, self.send(cell, {}))

    def judge(self, cell: Cell, answer: Answer, about: str = "", sent: str = "") -> None:
        """Count a cell and hold it against the rules. `sent` is what it sent apart from the URL."""
        self.outcome.table[cell.principal.kind, outcome_of(answer)] += 1
        self.find_leaks(cell, answer, f"{cell.url} {sent}", about)
        if answer.status.startswith("5"):
            self.fault(cell, f"{about} answers {answer.status}")
        elif cell.is_reachable:
            self.check_found(cell, answer)
        else:
            self.check_refused(cell, answer)

    def send(self, cell: Cell, data: dict[str, Any], **options: Any) -> Answer:
        if cell.route.site in DOCUMENTS and cell.method not in ("get", "head", "options"):
            options = OF_AN_API | options
        who = cell.principal.name, cell.principal.door
        if who not in self.clients:
            self.clients[who] = cell.principal.client()
        return self.browser.send(self.clients[who], cell.method, cell.url, data, **options)

    def fault(self, cell: Cell, what: str) -> None:
        self.outcome.faults.append(f"{cell}: {what}")

    # --- the rules ----------------------------------------------------------------------------------------------------
    def check_found(self, cell: Cell, answer: Answer) -> None:
        if not cell.named or cell.method not in cell.route.methods:
            return
        key = cell.route.name, cell.method
        self.outcome.tried.add(key)
        if answer.status not in REFUSED:
            self.outcome.reached.add(key)

    def check_refused(self, cell: Cell, answer: Answer) -> None:
        if answer.tables:
            self.fault(cell, f"is refused, but writes to {', '.join(sorted(answer.tables))}")
        nothing = cell.with_nothing(self.scene)
        if nothing.things == cell.things:
            if answer.status not in REFUSED and not self.looks_nothing_up(cell, answer):
                self.fault(cell, f"answers {answer.status}, although nothing like this exists")
            return
        expected = self.baseline(nothing)
        found = f"{answer.status} {without_chance(answer.text, cell)}"
        if found != expected:
            what = difference(found, expected)
            self.fault(cell, f"is answered {what}, as a thing that does not exist")

    def baseline(self, cell: Cell) -> str:
        """The answer to a request for what does not exist."""
        who = cell.principal.name, cell.principal.door
        key = (*who, cell.route.pattern, cell.method, cell.things)
        if key not in self.baselines:
            answer = self.send(cell, {})
            self.baselines[key] = f"{answer.status} {without_chance(answer.text, cell)}"
        return self.baselines[key]

    @staticmethod
    def looks_nothing_up(cell: Cell, answer: Answer) -> bool:
        """A redirect or a refusal that does not depend on what is named, and the methods of a view."""
        is_early = answer.status in ("302", "400") or bool(ACCESS_OVER.search(answer.text))
        return is_early or (cell.method, answer.status) == ("options", "200")

    def find_leaks(self, cell: Cell, answer: Answer, sent: str, about: str = "") -> None:
        may = {zone for thing in cell.named for zone in thing.opens}
        may |= self.scene.zones_in(sent)
        if cell.route.name == FEED:
            may |= {of_deleted(fleet) for fleet in cell.home}
        for what, text in (("answer", answer.text), ("log", answer.logged)):
            self.leak(cell, f"{about} {what}", self.unreadable(cell, text) - may)
        for label, row, changed in answer.rows:
            if label not in LETTERS:
                self.leak(cell, label, self.unreadable(cell, changed) - may)
                self.check_owner(cell, label, self.scene.zones_in(row) - may)
        for to, text in answer.letters:
            readable = readable_at(self.scene, to, cell.principal) | self.introduced(cell, to)
            self.leak(cell, f"{about} mail to {to}", self.scene.zones_in(text) - readable)

    def introduced(self, cell: Cell, to: str) -> set[str]:
        """What the members of a fleet read of a company at the moment in which it becomes their partner."""
        if cell.route.name not in ACCEPTING:
            return set()
        fleet, company = cell.named[0].name.split("-")
        if f"{fleet}ADDR" in self.scene.zones_in(to) and company in cell.principal.homes:
            return names(company) | names_in(company)
        return set()

    def read_letters(self) -> None:
        """The mails, notifications and messages that the work of the scene itself has caused."""
        rows = [*Mail.objects.all(), *Notification.objects.all(), *OutboxMessage.objects.all()]
        for to, text in letters_in(rows):
            zones = self.scene.zones_in(text) - readable_at(self.scene, to)
            self.leak("the scene", f"mail to {to}", zones)

    def unreadable(self, cell: Cell, text: str) -> set[str]:
        return {zone for zone in self.scene.zones_in(text) if not cell.principal.may_read(zone)}

    def check_owner(self, cell: Cell, label: str, zones: set[str]) -> None:
        """A row that was written is the principal's own, or one that they share with another tenant."""
        if zones and not any(cell.principal.may_read(zone) for zone in zones):
            self.leak(cell, f"a row of somebody else in {label}", zones)

    def leak(self, cell: Cell | str, where: str, zones: set[str]) -> None:
        if zones:
            self.outcome.leaks.append(f"{cell}: {where} shows {', '.join(sorted(zones))}")


def without_chance(text: str, cell: Cell) -> str:
    """The text without what every answer has anew, and without the ids that were sent."""
    text = CHANCE.sub("", text)
    for url in (cell.url, quote(cell.url or "", safe="")):
        text = text.replace(url or "", "the URL")
    for thing in cell.named:
        text = text.replace(thing.pk, thing.kind)
    return text


def difference(one: str, other: str) -> str:
    for a, b in zip(one.splitlines(), other.splitlines(), strict=False):
        if a != b:
            return f"{a[:200]!r}, not {b[:200]!r}"
    return "in its length"


def outcome_of(answer: Answer) -> str:
    if answer.status in ("in", "401"):
        return "to sign in"
    if answer.status == "404":
        return "not found"
    return "answered" if answer.status[0] in "23" else "refused"
