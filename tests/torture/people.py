"""How the people of the torture reach the product: phones and browsers that repeat what got no answer."""

import base64
import hashlib
import json
import random
import re
import secrets
import time
import uuid
import zlib
from contextlib import suppress
from typing import Any

import httpx
import psycopg

from demo.story.browser import Browser
from demo.story.line import Broke, send
from demo.story.phone import Phone, Refused
from tests.torture.ledger import Ledger, Witness

# A web that is frozen answers nobody: the request is sent again, to another one.
TIMEOUT = 15
SUCCESS = 25  # the level of a message on a page
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ID = re.compile(r"[0-9A-Z]{26}")
RUN = re.compile(r"/bulk/[0-9A-Z]{26}/")


class Line:
    """What a phone or a browser writes down and whom it is heard by."""

    def __init__(self, site: str, ledger: Ledger, witness: Witness):
        self.site, self.ledger, self.witness = site, ledger, witness
        self.is_closed = False

    def check(self) -> None:
        """Nobody says anything more once the line is closed."""
        if self.is_closed:
            raise Broke("the run is over")

    def phone(self, email: str, password: str) -> "KeptPhone":
        return KeptPhone(self, email, password)

    def window(self, email: str, password: str) -> "Window":
        return Window(self, email, password)


class KeptPhone(Phone):
    def __init__(self, line: Line, email: str, password: str):
        self.line, self.password = line, password
        super().__init__(line.site, email, password)
        self.client.timeout = httpx.Timeout(TIMEOUT)
        line.witness.hears(self.client)

    def sign_in_again(self) -> None:
        """Where the session is still good, nothing. An app forgets the token of one that is gone."""
        with suppress(Refused):
            self.get("me/")
            return
        self.client.headers.pop("X-Session-Token", None)
        self.client.headers["X-Session-Token"] = self._token(self.email, self.password)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Written down before and after; sent with the same key until it is answered."""
        options: dict[str, Any] = {} if body is None else {"json": body}
        return self._keep(method, path, name_of(method, path, body), body, headers, options)

    def send_photo(self, path: str, kind: str, jpeg: bytes, **headers: str) -> Any:
        """The same for a photo, byte for byte: the parts of its form are divided as they were the first time."""
        divided = f"multipart/form-data; boundary={uuid.uuid4().hex}"
        options = {"data": {"kind": kind}, "files": {"file": ("photo.jpg", jpeg, "image/jpeg")}}
        body = {"kind": kind, "sha256": hashlib.sha256(jpeg).hexdigest()}
        headers |= {"Content-Type": divided}
        return self._keep("POST", path, "add_photo", body, headers, options)

    def _keep(
        self,
        method: str,
        path: str,
        name: str,
        body: Any,
        headers: dict[str, str],
        options: dict[str, Any],
    ) -> Any:
        self.line.check()
        key = uuid.uuid4().hex
        about = {"who": self.email, "act": name, "path": path, "key": key, "body": body}
        found = ID.search(path)
        about["job"] = found[0] if found and path.startswith("jobs/") else None
        about["assignment"] = headers.get("Assignment")
        self.line.ledger.write("sent", **about)
        try:
            answer = self._call(
                method, path, headers={"Idempotency-Key": key, **headers}, **options
            )
        except Refused as refused:
            self.line.witness.count(name, f"{refused.status} {refused.code}")
            if refused.code == "done_before":
                self.line.ledger.write("kept", **about, answer={})
            raise
        self.line.witness.count(name, "done")
        self.line.ledger.write("kept", **about, answer=gist(answer))
        return answer

    def _call(self, method: str, path: str, **options: Any) -> Any:
        self.line.check()
        return super()._call(method, path, **options)


def name_of(method: str, path: str, body: Any) -> str:
    """What the act is called in the ledger: the verb of the job's history where there is one."""
    if "/commands/" in path:
        return "command"
    last = path.rstrip("/").rpartition("/")[2]
    if last == "outcome":
        return "succeed" if body["outcome"] == "SUCCEEDED" else "fail"
    if last == "assignment":
        return "take" if method == "POST" else "withdraw"
    if method == "DELETE" and "/photos/" in path:
        return "delete_photo"
    names = {"unit": "link_unit", "fields": "fill_in", "access": "renew", "handback": "hand_back"}
    return names.get(last, last)


def gist(answer: Any) -> dict[str, Any]:
    if not isinstance(answer, dict):
        return {}
    known = ("id", "status", "version", "name", "attempt", "kind")
    return {name: answer[name] for name in known if name in answer}


class Window:
    """A browser that sends forms at once, without opening their pages before."""

    def __init__(self, line: Line, email: str, password: str):
        self.line, self.email = line, email
        self.browser = Browser(line.site)
        self.client = self.browser.client
        self.client.timeout = httpx.Timeout(TIMEOUT)
        self.browser.sign_in(email, password)
        line.witness.hears(self.client)

    def post(
        self,
        act: str,
        path: str,
        job: str | None = None,
        *,
        writes: int = 0,
        about: dict[str, Any] | None = None,
        says_nothing: bool = False,
        **data: Any,
    ) -> bool:
        """Send a form that `writes` so many jobs; True where the page says that it was done.

        `about` is for the ledger alone. Of a form that says nothing the page that follows is enough.
        """
        self.line.check()
        shown = "".join(secrets.choice(ALPHABET) for _ in range(26))
        about = {"who": self.email, "act": act, "path": path, "job": job, **(about or {})}
        about |= {"body": data, "key": shown, "writes": writes}
        self.line.ledger.write("sent", **about)
        answer = self._send(path, {"shown_as": shown, **data})
        begun = answer.status_code == 302 and shows_run(answer)
        done = begun or (answer.status_code == 302 and (says_nothing or says_done(answer)))
        refused = (
            f"{answer.status_code} refused" if answer.status_code < 400 else str(answer.status_code)
        )
        self.line.witness.count(act, "done" if done else refused)
        if done:
            # What a worker still has to write may yet be refused, as when the fleet is suspended.
            about["writes"] = 0 if begun else writes
            self.line.ledger.write("kept", **about, answer={"to": answer.headers["Location"]})
        return done

    def reveal(self, act: str, path: str, what: re.Pattern[str], **data: Any) -> dict[str, str]:
        """Send a form whose answer shows something once; nothing where it was refused."""
        self.line.check()
        answer = self._send(path, data)
        shown = dict(what.findall(answer.text)) if answer.status_code == 200 else {}
        self.line.witness.count(act, "done" if shown else f"{answer.status_code} refused")
        return shown

    def upload(self, path: str, name: str, content: bytes, **data: Any) -> str | None:
        """Send a file, which writes no job yet; where the page of what was made of it is."""
        self.line.check()
        answer = self._send(path, data, files={"file": (name, content)})
        done = answer.status_code == 302
        self.line.witness.count("upload", "done" if done else str(answer.status_code))
        return answer.headers["Location"] if done else None

    def _send(self, path: str, data: dict[str, Any], **options: Any) -> httpx.Response:
        token = self.client.cookies.get("csrftoken")
        self.client.cookies.delete("messages") if "messages" in self.client.cookies else None
        return send(
            self.client,
            "POST",
            path,
            again=True,
            follow_redirects=False,
            data={"csrfmiddlewaretoken": token, **data},
            headers={"Referer": f"{self.line.site}{path}"},
            **options,
        )


def shows_run(answer: httpx.Response) -> bool:
    """Whether a worker goes on with what was begun: the answer leads to its progress."""
    return bool(RUN.search(answer.headers["Location"]))


def says_done(answer: httpx.Response) -> bool:
    """Whether a message of success goes with the answer, and none of an error."""
    cookie = answer.cookies.get("messages", "").strip('"').partition(":")[0]
    packed = cookie.startswith(".")
    with suppress(ValueError, zlib.error):
        text = base64.urlsafe_b64decode(cookie.lstrip(".") + "===")
        found = json.loads(zlib.decompress(text) if packed else text)
        levels = [json.loads(one)[2] if isinstance(one, str) else one[2] for one in found]
        return bool(levels) and levels[-1] == SUCCESS
    return False


class Peek:
    """Reads in the database beside the product, to know whom an act could meet."""

    def __init__(self, url: str, dice: random.Random):
        self.url, self.dice = url, dice
        self._connection: psycopg.Connection | None = None

    def rows(self, sql: str, *about: Any) -> list[tuple]:
        for _attempt in range(60):
            try:
                if self._connection is None:
                    self._connection = psycopg.connect(self.url, autocommit=True)
                return self._connection.execute(sql, about or None).fetchall()
            except psycopg.OperationalError:
                self._connection = None
                time.sleep(0.5)
        return []

    def one_of(self, sql: str, *about: Any) -> tuple | None:
        """One of the rows, by the dice."""
        rows = self.rows(sql, *about)
        return self.dice.choice(rows) if rows else None
