"""How the machines of the torture reach OneAPI: a token, and a key for each act, which is sent until it is answered."""

import time
import uuid
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx

from demo.story.line import Broke
from demo.story.phone import Refused
from tests.torture.people import TIMEOUT, Line

API = "/api/oneapi/v1"
# 504 is the answer of a vehicle that does not answer; a repeat would get it again.
BUSY = {429, 502, 503}
PATIENCE = 120.0


@dataclass
class Seat:
    """Where a machine finds its credentials: an admin of the fleet may have put others there."""

    fleet: str
    client_id: str
    secret: str

    @property
    def who(self) -> str:
        """As the ledger and the answered requests name it."""
        return f"client:{self.client_id}"


class Machine:
    def __init__(self, line: Line, seat: Seat):
        self.line, self.seat = line, seat
        self.client = httpx.Client(
            base_url=line.site, timeout=httpx.Timeout(TIMEOUT), headers={"Accept-Language": "en"}
        )
        line.witness.hears(self.client)
        self._tokens: dict[str, str] = {}

    def get(self, path: str, **params: Any) -> Any:
        return self._send("GET", path, self.seat.client_id, params=params).json()

    def every(self, path: str, **params: Any) -> list[dict]:
        """All pages of a list. What is counted as `next_changed_after` is that of the last one."""
        found: list[dict] = []
        page = self.get(path, limit=200, **params)
        while True:
            found += page["results"]
            if not page["next"]:
                return found
            page = self.get(path, limit=200, cursor=page["next"], **params)

    def act(
        self,
        act: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        options: dict[str, Any] | None = None,
        **about: Any,
    ) -> Any:
        """Written down before and after. `about` is for the ledger, in place of the body."""
        self.line.check()
        key, who = uuid.uuid4().hex, self.seat.who
        line = {"who": who, "act": act, "path": path, "key": key, "job": None, "body": body} | about
        self.line.ledger.write("sent", **line)
        options = options or ({} if body is None else {"json": body})
        sent = {"Idempotency-Key": key, **(headers or {})}
        try:
            answer = self._send(method, path, self.seat.client_id, headers=sent, **options)
        except Refused as refused:
            self.line.witness.count(act, f"{refused.status} {refused.code}")
            raise
        self.line.witness.count(act, "done")
        found = answer.json() if answer.content else {}
        self.line.ledger.write("kept", **line, answer=gist(found, answer))
        return found

    def _send(self, method: str, path: str, client_id: str, **options: Any) -> httpx.Response:
        """Always as the same client: the key of a repeat is no key of another one. Raises Refused, Broke."""
        until, fresh = time.monotonic() + PATIENCE, False
        while True:
            self.line.check()
            answer = self._try(method, path, client_id, **options)
            if answer is not None and answer.status_code == 401 and not fresh:
                self._tokens.pop(client_id, None)  # it has run out, or ended with its secret
                fresh = True
            elif answer is not None and answer.status_code not in BUSY:
                if answer.status_code >= 400:
                    raise Refused(answer)
                return answer
            if time.monotonic() > until:
                raise Broke(f"{method} {path} got no answer")
            time.sleep(1 if answer is None else wait_of(answer))

    def _try(self, method: str, path: str, client_id: str, **options: Any) -> httpx.Response | None:
        with suppress(httpx.TransportError):
            token = self._tokens.get(client_id)
            if token is None:
                answer = self._ask_for_token(client_id)
                if answer.status_code != 200:
                    return answer
                token = self._tokens[client_id] = answer.json()["access_token"]
            headers = options.pop("headers", {}) | {"Authorization": f"Bearer {token}"}
            return self.client.request(method, f"{API}{path}", headers=headers, **options)
        return None

    def _ask_for_token(self, client_id: str) -> httpx.Response:
        return self.client.post(
            "/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=(client_id, self.seat.secret),
        )


def wait_of(answer: httpx.Response) -> float:
    if answer.status_code == 401:
        return 0.0
    return min(float(answer.headers.get("Retry-After", 1)), 10)


def gist(found: Any, answer: httpx.Response) -> dict[str, Any]:
    """What the ledger keeps: who it is, in which version, and of a creation of many which they are."""
    known = ("id", "vehicle_id", "status", "name", "changed", "created")
    kept = {name: found[name] for name in known if name in found}
    for many in ("vehicles", "jobs"):
        if many in found:
            kept["ids"] = [one.get("vehicle_id") or one["id"] for one in found[many]]
    if tag := answer.headers.get("ETag"):
        # A weak one where the answer was compressed. A phone calls the version of the fields `version`.
        kept["now"] = int(tag.removeprefix("W/").strip('"'))
    return kept
