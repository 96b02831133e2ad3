"""A newer server: a proxy that adds a member, a word of a vocabulary and a code of problems to every answer."""

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

ADDED = "ADDED_LATER"
MEMBER = {"value": 1, "timestamp": None}
# Objects with a member for each field or signal: their names are no members of a shape.
MAPS = {"errors", "changed"}
# Words that say what nothing in a client depends on.
REPLACED = {"fuel_type", "vehicle_type", "role", "language"}
# By these an object of a list is told from the others.
NAMES = ("kind", "name", "status", "type", "signal", "id", "code")
HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "content-encoding"}


def newer(value: Any, words: set[str]) -> Any:
    """Return an answer as a newer version might give it."""
    if isinstance(value, list):
        return [newer(item, words) for item in value] + _one_more(value, words)
    if not isinstance(value, dict):
        return value
    grown = {}
    for name, member in value.items():
        if name in MAPS:
            grown[name] = member
        elif name in REPLACED and member is not None:
            grown[name] = ADDED
        else:
            grown[name] = newer(member, words)
    if "flow_id" in grown:
        grown["code"] = ADDED
    return grown | {ADDED: MEMBER}


def _one_more(items: list, words: set[str]) -> list:
    """An entry of a kind that the document does not know, beside those that it knows."""
    last = items[-1] if items else None
    if isinstance(last, str) and last in words:
        return [ADDED]
    if isinstance(last, dict) and any(name in last for name in NAMES):
        return [last | {name: ADDED for name in NAMES if name in last} | {ADDED: MEMBER}]
    return []


@contextmanager
def newer_server(url: str, words: set[str]) -> Iterator[str]:
    """The URL of a proxy in front of `url`."""
    target = urlsplit(url)

    class Proxy(BaseHTTPRequestHandler):
        def forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            server = http.client.HTTPConnection(target.hostname or "", target.port)
            own = {"host", "accept-encoding"}
            headers = {n: text for n, text in self.headers.items() if n.lower() not in own}
            headers["Accept-Encoding"] = "identity"
            server.request(self.command, self.path, body, headers)
            answer = server.getresponse()
            content = answer.read()
            if "json" in (answer.getheader("Content-Type") or ""):
                content = json.dumps(newer(json.loads(content), words)).encode()
            self.send_response(answer.status)
            for name, text in answer.getheaders():
                if name.lower() not in HOP_BY_HOP:
                    self.send_header(name, text)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            server.close()

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = forward

        def log_message(self, *args: Any) -> None:
            pass

    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{proxy.server_address[1]}"
    finally:
        proxy.shutdown()
        proxy.server_close()
