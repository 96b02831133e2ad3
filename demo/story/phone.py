"""An installer's phone: a session token, the SmartControl API, a key for each call so that a repeat happens once."""

import time
import uuid
from typing import Any

import httpx

from demo.story.line import PATIENCE, Broke, send

API = "/api/smartcontrol/v1/"


class Refused(Exception):
    """The API has refused, with its reason."""

    def __init__(self, answer: httpx.Response):
        problem = answer.json() if "json" in answer.headers.get("Content-Type", "") else {}
        self.status, self.code, self.problem = answer.status_code, problem.get("code", ""), problem
        self.retry_after = float(answer.headers.get("Retry-After", 1))
        super().__init__(
            f"{answer.request.method} {answer.request.url.path}: {self.status} {self.code} {problem.get('detail', '')}"
        )


class Phone:
    def __init__(self, site: str, email: str, password: str):
        self.client = httpx.Client(
            base_url=site,
            timeout=60,
            headers={"Accept-Language": "en"},
        )
        self.email = email
        self.client.headers["X-Session-Token"] = self._token(email, password)

    def _token(self, email: str, password: str) -> str:
        """Limits on signing in hold for the story too: it waits them out."""
        until = time.monotonic() + PATIENCE
        credentials = {"email": email, "password": password}
        while True:
            answer = send(
                self.client, "POST", "/_allauth/app/v1/auth/login", again=True, json=credentials
            )
            if answer.status_code == 200:
                return answer.json()["meta"]["session_token"]
            if "too_many" not in answer.text or time.monotonic() > until:
                raise Broke(
                    f"{email} cannot sign in with the app: {answer.status_code} {answer.text[:200]}"
                )
            time.sleep(5)

    def get(self, path: str, **params: Any) -> Any:
        return self._call("GET", path, params=params)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send a request that is carried out once, also when it is repeated."""
        key = {"Idempotency-Key": uuid.uuid4().hex}
        return self._call(
            method, path, headers={**key, **headers}, **({} if body is None else {"json": body})
        )

    def send_when_free(self, method: str, path: str, body: Any = None) -> Any:
        """The same, waiting for a command that is still being sent to the vehicle."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return self.send(method, path, body)
            except Refused as refused:
                if refused.code != "command_in_flight" or time.monotonic() > until:
                    raise
                time.sleep(refused.retry_after)

    def every(self, path: str, **params: Any) -> list[dict]:
        """All pages of a list."""
        found: list[dict] = []
        page = self.get(path, page_size=100, **params)
        while True:
            found += page["results"]
            if not page["next"]:
                return found
            page = self._call("GET", httpx.URL(page["next"]).raw_path.decode())

    def _call(self, method: str, path: str, **options: Any) -> Any:
        url = path if path.startswith("/") else API + path
        answer = send(self.client, method, url, again=True, **options)
        if answer.status_code >= 400:
            raise Refused(answer)
        if answer.content:
            return answer.json()
        return None
