"""The workflow for n8n: its requests are sent as it writes them, and its steps lead from one to the next."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import ApiClient, EventConsumer
from accounts.models.event_consumer import Kind
from core.outbox.numbering import number_all
from core.outbox.topics import TOPICS
from telematics.models.change_reason import ChangeReason
from tests.api_guides import pages
from tests.factories.telematics import VehicleFactory

FLOW = json.loads((pages.EXAMPLES / "n8n" / "messages.json").read_text())
NODES = {node["name"]: node for node in FLOW["nodes"]}
EXPRESSION = re.compile(r"{{ (.*?) }}")
HOST = "http://testserver"


class Run:
    """What n8n knows while a workflow runs: the environment, and what each step has returned."""

    def __init__(self, environment: dict[str, str]):
        self.environment = environment
        self.returned: dict[str, Any] = {}
        self.http = Client()

    def value(self, text: str) -> str:
        """A parameter as n8n evaluates it: an expression begins with =."""
        if not text.startswith("="):
            return text
        return EXPRESSION.sub(lambda found: str(self._of(found[1])), text[1:])

    def _of(self, expression: str) -> Any:
        if expression.startswith("$env."):
            return self.environment[expression.removeprefix("$env.")]
        step, member = re.fullmatch(r"\$\('(.+)'\)\.item\.json\.(\w+)", expression).groups()
        return self.returned[step][member]

    def send(self, name: str) -> Any:
        about = NODES[name]["parameters"]
        given = {
            part: {
                self.value(one["name"]): self.value(one["value"])
                for one in about.get(part, {}).get("parameters", [])
            }
            for part in ("bodyParameters", "queryParameters", "headerParameters")
        }
        call = getattr(self.http, about["method"].lower())
        answer = call(
            self.value(about["url"]).removeprefix(HOST),
            given["bodyParameters"] or given["queryParameters"],
            headers=given["headerParameters"],
        )
        assert answer.status_code == 200, answer.content
        self.returned[name] = answer.json()
        return self.returned[name]


@pytest.fixture
def run(fleet, fleet_admin) -> Run:
    EventConsumer.objects.add(
        fleet=fleet, kind=Kind.FEED, name="n8n", topics=list(TOPICS), by=fleet_admin
    )
    client, secret = ApiClient.objects.issue(
        fleet=fleet, name="n8n", scopes=["messages:read"], by=fleet_admin
    )
    return Run({"BASE_URL": HOST, "CLIENT_ID": client.client_id, "CLIENT_SECRET": secret})


@pytest.mark.django_db
def test_the_requests_of_the_workflow_read_what_has_happened(run, fleet):
    VehicleFactory(fleet=fleet).change(reason=ChangeReason.TAGS_CHANGED, tags=["winter"])
    number_all()
    run.returned["Where it was"] = {"after": ""}
    run.send("Token")
    page = run.send("Messages")
    assert [message["type"] for message in page["results"]] == ["VehicleChanged"]

    run.returned["Where it was"] = {"after": page["next_after"]}
    assert run.send("Messages")["results"] == []


def test_each_step_of_the_workflow_leads_to_one_that_there_is():
    begun = {name for name, ways in FLOW["connections"].items()}
    led_to = {way["node"] for ways in FLOW["connections"].values() for way in ways["main"][0]}
    assert begun | led_to == set(NODES)
    assert set(NODES) - led_to == {"Every minute"}
