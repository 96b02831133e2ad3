"""Errors and traces of a process reach a receiver that speaks their protocols, with the flow id and without people."""

import gzip
import json
import os
import subprocess
import sys
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from config import given
from tests.config.test_settings import HOME

pytestmark = pytest.mark.once
# What nobody outside may learn: who it was, what they typed, what opens something.
HIDDEN = {"WHO": "Nora Nowak", "WHOSE_PASSWORD": "hunter2-hunter2", "WHOSE_LINK": "SECRET-LINK"}
WORDS = ("Nora", "Nowak", "hunter2", "SECRET-LINK", "example.com", "Bearer")


class Receiver(ThreadingHTTPServer):
    """Takes what is posted, as a Sentry and as a collector of OpenTelemetry do."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Inbox)
        self.bodies: dict[str, list[bytes]] = {}
        self.url = f"127.0.0.1:{self.server_address[1]}"

    def events(self) -> list[dict[str, Any]]:
        """The events in the envelopes: JSON lines, an item's header before each."""
        lines = [line for body in self.bodies["/api/1/envelope/"] for line in body.splitlines()]
        found = [json.loads(line) for line in lines]
        return [one for one in found if "level" in one]

    def spans(self) -> list[Any]:
        found = []
        for body in self.bodies["/v1/traces"]:
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                found += [span for scope in resource.scope_spans for span in scope.spans]
        return found


class Inbox(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        elif self.headers.get("Content-Encoding") == "deflate":
            body = zlib.decompress(body)
        self.server.bodies.setdefault(self.path, []).append(body)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def receiver(tmp_path_factory) -> Iterator[Receiver]:
    """After a process has failed twice and answered once."""
    receiver = Receiver()
    Thread(target=receiver.serve_forever, daemon=True).start()
    variables = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": str(HOME),
        "VAR_DIR": str(tmp_path_factory.mktemp("var")),
        "TELEMATICS_GATEWAY": "telematics.simulator.gateway.SimulatorGateway",
        "BROKER_URL": "memory://",
        "CACHE_URL": "locmem://",
        "SENTRY_DSN": f"http://publickey@{receiver.url}/1",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{receiver.url}",
    }
    done = subprocess.run(
        [sys.executable, HOME / "tests" / "config" / "watched.py"],
        env={"PATH": os.environ["PATH"]} | HIDDEN | variables,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    yield receiver
    receiver.shutdown()


def test_an_error_is_sent_with_its_place_and_its_flow_id_alone(receiver):
    events = receiver.events()
    failures = [event for event in events if "exception" in event]
    [event] = [one for one in failures if one["exception"]["values"][-1]["type"] == "RuntimeError"]
    assert event["tags"] == {"flow_id": "FLOW1", "channel": "web"}
    assert event["transaction"] == "/invitations/…/"
    assert event["exception"]["values"][-1]["stacktrace"]["frames"][-1]["function"] == "fails"
    assert event["exception"]["values"][-1]["value"] == "/invitations/…/ of …@…: 25 letters"
    assert "request" not in event
    assert "user" not in event
    [logged] = [event for event in events if event.get("logger") == "installer"]
    assert logged["tags"]["flow_id"] == "FLOW2"


def test_nothing_that_is_sent_says_whose_it_was(receiver):
    sent = json.dumps(receiver.events()) + str(receiver.spans())
    assert [word for word in WORDS if word in sent] == []


def test_each_request_and_each_task_on_a_row_is_a_span(receiver):
    spans = {span.name: span for span in receiver.spans()}
    facts = {
        name: {one.key: one.value.string_value or one.value.int_value for one in span.attributes}
        for name, span in spans.items()
    }
    assert facts["POST invitation"] == {
        "http.request.method": "POST",
        "http.route": "invitation",
        "http.response.status_code": 500,
        "flow_id": "FLOW1",
        "channel": "web",
    }
    assert spans["POST invitation"].status.code == 2
    [task] = [name for name in spans if name.endswith("works_on")]
    assert (facts[task]["row"], facts[task]["channel"]) == ("7", "worker")


@pytest.mark.parametrize(
    ("name", "value", "package"),
    [
        ("SENTRY_DSN", "https://key@sentry.example/1", "sentry_sdk"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector.example", "opentelemetry.sdk"),
    ],
)
def test_a_setting_whose_package_is_missing_is_refused_in_one_line(
    tmp_path, monkeypatch, name, value, package
):
    variables = {"VAR_DIR": str(tmp_path), name: value}
    assert value in vars(given.read(variables).monitors).values()
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImproperlyConfigured, match=rf"^{name} needs other packages: .*monitoring"):
        given.read(variables)
