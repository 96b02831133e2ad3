"""Names in queries and bodies: what a page reads is found by watching it read, and tried with what is not the reader's.

A foreign id in a query, in a form, in JSON or in a file is answered exactly as one that does not exist, and nothing
foreign is read or written by it.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from html.parser import HTMLParser
from typing import Any
from unittest.mock import patch
from zlib import crc32

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test.client import MULTIPART_CONTENT

from tests.matrix.parameters import THINGS, thing_named
from tests.matrix.principals import Principal
from tests.matrix.requests import Answer
from tests.matrix.routes import DOCUMENTS, Route, bodies_of_documents, queries_of_documents
from tests.matrix.run import (
    CHANCE,
    OF_COMPANIES,
    Cell,
    Judge,
    combinations,
    difference,
    one_of_each,
)
from tests.matrix.tenants import ULID, Thing, short_id

# Columns of a file that name a thing, as fields do.
COLUMNS = {
    "planned_unit": "unit",
    "assigned_installer_company_id": "company",
    "configuration_preset": "mark",
    "custom_name": "mark",
}
# What is typed where a form has nothing yet.
TYPED = {"email": "somebody@example.com", "number": "1", "text": "text", "": "text"}
# Answers also differ in what is signed with the time.
SIGNED = re.compile(r'messages="?[^;\n]+|shown_as"[^>]*value="[^"]*"')


class Forms(HTMLParser):
    """What a browser would send with the forms of a page: each field with its value, or the first choice."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self.select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        name = given.get("name", "")
        if tag == "select":
            self.select = name
            self.fields[name] = []
        elif tag == "option":
            self.choose(given.get("value", ""))
        elif tag in ("input", "textarea", "button") and name not in ("", "csrfmiddlewaretoken"):
            self.type(name, given)

    def choose(self, value: str) -> None:
        if self.select and value and not self.fields[self.select]:
            self.fields[self.select] = [value]

    def type(self, name: str, given: dict[str, str]) -> None:
        kind = given.get("type", "")
        if kind == "checkbox":
            self.fields.setdefault(name, []).append(given.get("value", "on"))
        elif kind == "file":
            self.fields[name] = []
        else:
            self.fields.setdefault(name, [given.get("value") or TYPED.get(kind, "")])

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""


@contextmanager
def names_read() -> Iterator[set[str]]:
    """The names that are looked up in a query or a form meanwhile."""
    found: set[str] = set()

    def noted(function: Any) -> Any:
        def read(self: QueryDict, name: str, *rest: Any, **options: Any) -> Any:
            found.add(name)
            return function(self, name, *rest, **options)

        return read

    with (
        patch.object(QueryDict, "__getitem__", noted(QueryDict.__getitem__)),
        patch.object(QueryDict, "getlist", noted(QueryDict.getlist)),
        patch.object(QueryDict, "__contains__", noted(QueryDict.__contains__), create=True),
    ):
        yield found


class Prober:
    """Tries the names that a route reads, as a principal who reaches it."""

    def __init__(self, judge: Judge, share: int) -> None:
        self.judge = judge
        self.scene = judge.scene
        self.share = share
        self.bodies = bodies_of_documents()
        self.queries = queries_of_documents()

    def probe(self, principal: Principal, route: Route) -> None:
        every = combinations(self.scene, route)
        for case in one_of_each([Cell(principal, route, "get", things) for things in every]):
            if case.is_right_door and case.is_reachable and principal.is_signed_in:
                page = self.probe_query(case) if "get" in route.methods else ""
                for method in {"post", "put", "patch", "delete"} & set(route.methods):
                    self.probe_body(Cell(principal, route, method, case.things), page)

    # --- queries ------------------------------------------------------------------------------------------------------
    def probe_query(self, cell: Cell) -> str:
        """Try the query of a page, and return the page."""
        with names_read() as names:
            answer = self.judge.send(cell, {})
        names |= self.queries.get(cell.route.name, set())
        for name in sorted(names & THINGS.keys()):
            send = partial(self.send_field, cell, {}, {}, name)
            self.compare(cell, name, thing_named(name, cell.route.name), send)
        return answer.text

    # --- bodies -------------------------------------------------------------------------------------------------------
    def probe_body(self, cell: Cell, page: str) -> None:
        sent: dict[str, Any] = dict(Forms(page).fields)
        options = {}
        if cell.route.site in DOCUMENTS:
            sent = self.bodies.get((cell.route.name, cell.method), {})
        if "file" in sent:  # as a form
            options = {"content_type": MULTIPART_CONTENT}
        with names_read() as read:
            self.judge.judge(cell, self.judge.send(cell, filled(sent), **options))
        for name in sorted((read | sent.keys()) & THINGS.keys()):
            send = partial(self.send_field, cell, sent, options, name)
            self.compare(cell, name, thing_named(name, cell.route.name), send)
        if "file" in sent:
            for column, kind in COLUMNS.items():
                send = partial(self.send_file, cell, sent, options, column)
                self.compare(cell, f"column {column}", kind, send)

    def send_field(self, cell: Cell, sent: dict, options: dict, name: str, value: str) -> Answer:
        return self.judge.send(cell, filled(sent | {name: value}), **options)

    def send_file(self, cell: Cell, sent: dict, options: dict, column: str, value: str) -> Answer:
        return self.judge.send(cell, filled(sent, file=f"{column}\n{value}\n"), **options)

    # --- the rule -----------------------------------------------------------------------------------------------------
    def compare(self, cell: Cell, name: str, kind: str, send: Callable[[str], Answer]) -> None:
        """What is not the reader's is answered as what does not exist."""
        missing = self.scene.missing(kind).pk
        expected = self.plain(send(missing), missing)
        for thing in self.not_theirs(cell, name, kind):
            answer = send(thing.pk)
            about = f"{name}={thing.kind} {thing.name}"
            self.judge.judge(cell, answer, about=about, sent=thing.pk)
            found = self.plain(answer, thing.pk)
            if found != expected:
                what = difference(found, expected)
                self.judge.fault(cell, f"{about} is answered {what} as where there is none")

    def not_theirs(self, cell: Cell, name: str, kind: str) -> list[Thing]:
        """What the principal must not find: one of each tenant, or only one."""
        found: dict[str, Thing] = {}
        for thing in self.scene.things[kind]:
            if not thing.is_missing and not self.is_theirs(cell, thing):
                found.setdefault(f"{sorted(thing.homes)} {thing.name.split()[-1]}", thing)
        every = sorted(found.values(), key=lambda one: crc32(f"{cell}{name}{one.name}".encode()))
        return every if self.share == 1 else every[:1]

    def plain(self, answer: Answer, sent: str) -> str:
        """The answer without what was sent, and without what every answer has anew, as the id of a new row."""
        text = CHANCE.sub("", SIGNED.sub("", answer.text))
        text = re.sub(re.escape(sent), "what was sent", text, flags=re.IGNORECASE)
        known = self.scene.zone_of_id
        text = re.sub(ULID, lambda one: one[0] if one[0] in known else "new", text)
        return f"{answer.status} {text}"

    def is_theirs(self, cell: Cell, thing: Thing) -> bool:
        """Whether they may choose it: who somebody is, they may read; anything else, they find."""
        read = cell.principal.may_read
        if thing.kind == "mark":
            return all(read(zone) for zone in self.scene.zones_in(thing.pk))
        # A company chooses among its clients, which are fleets; a fleet finds no other fleet.
        is_client = thing.kind == "fleet" and cell.route.site in OF_COMPANIES
        if is_client or thing.kind in ("provider", "company"):
            return all(read(zone) for zone in self.scene.zones_in(short_id(thing.name)))
        if thing.kind == "person":
            return any(
                home in cell.principal.homes or read(f"{home}TEAM") for home in self.teams(thing)
            )
        return cell.is_found(thing)

    def teams(self, person: Thing) -> set[str]:
        """Every team that a person is in; the scene has them once for each."""
        same = [one for one in self.scene.things["person"] if one.pk == person.pk]
        return {home for one in same for home in one.homes}


def filled(sent: dict[str, Any], file: str = "custom_name\ntext\n") -> dict[str, Any]:
    if "file" not in sent:
        return sent
    return sent | {"file": SimpleUploadedFile("jobs.csv", file.encode())}
