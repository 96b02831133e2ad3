"""A program that reads the feed over HTTP and keeps its place. Sometimes it ends before it has kept it."""

import random
import threading
from typing import Any

import httpx

from tests.messages.log import Log

# How often it forgets the page that it has just worked through, once it has lost one.
FORGETS = 0.1
TIMEOUT = 20


class FeedReader(threading.Thread):
    def __init__(self, url: str, client: dict[str, str], seed: int):
        super().__init__(name="feed", daemon=True)
        self.log = Log("feed")
        self.over = threading.Event()
        self.forgotten = 0
        self._client = httpx.Client(base_url=url, timeout=TIMEOUT, trust_env=False)
        self._credentials = (client["client_id"], client["secret"])
        self._dice = random.Random(seed)
        self._place = 0
        self._token = ""

    def run(self) -> None:
        while not self.over.is_set():
            try:
                pause = self._read()
            except httpx.TransportError:  # the web was killed
                pause = 0.2
            self.over.wait(min(pause, 0.5))

    def _read(self) -> float:
        """One page; how long to wait for the next one."""
        answer = self._get()
        if answer.status_code == 401:
            self._token = ""
            return 0
        if answer.status_code != 200:
            if answer.status_code not in (429, 503):
                self.log.complain(f"the feed answered {answer.status_code}: {answer.text[:200]}")
            return float(answer.headers.get("Retry-After", 1))
        page = answer.json()
        for message in page["results"]:
            self.log.note(message)
        if page["results"] and (not self.forgotten or self._dice.random() < FORGETS):
            self.forgotten += 1  # it was killed before it kept its place
        else:
            self._place = page["next_after"]
        return float(answer.headers["Poll-After"])

    def _get(self) -> httpx.Response:
        if not self._token:
            answer = self._client.post(
                "/oauth/token",
                data={"grant_type": "client_credentials"},
                auth=self._credentials,
            )
            if answer.status_code != 200:
                return answer
            self._token = answer.json()["access_token"]
        query: dict[str, Any] = {"after": self._place, "limit": 100}
        headers = {"Authorization": f"Bearer {self._token}"}
        return self._client.get("/api/oneapi/v1/messages", params=query, headers=headers)
