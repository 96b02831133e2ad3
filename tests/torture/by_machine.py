"""What a fleet does to its vehicles and jobs in the world of the invariants, as the torture writes it down."""

from typing import Any

from rest_framework.test import APIClient

from accounts.models import ApiClient
from telematics.models import Custody
from tests.factories.telematics import UnitFactory
from tests.matrix.principals import token_of
from tests.torture.machines import API, gist
from tests.torture.world import PROGRAMS


class ToldMachine:
    """A machine with every right of the torture's programs."""

    def __init__(self, fleet: Any, lines: list[dict]):
        rights = sorted({right for rights in PROGRAMS.values() for right in rights})
        issued = ApiClient.objects.issue(fleet=fleet, name="Booking", scopes=rights, by=None)
        self.client, self.lines = issued[0], lines
        self.api = APIClient()
        self.api.credentials(HTTP_AUTHORIZATION=f"Bearer {token_of(self.client)}")

    def act(self, act: str, method: str, path: str, body: Any = None, **about: Any) -> Any:
        key = f"machine-{len(self.lines)}"
        line = {"who": self.client.principal, "act": act, "path": path, "key": key, "body": body}
        send = getattr(self.api, method.lower())
        headers = {"Idempotency-Key": key, **about.pop("headers", {})}
        answer = send(API + path, body, format="json", headers=headers)
        assert answer.status_code < 300, answer.content
        found = answer.json() if answer.content else {}
        self.lines.append({"what": "sent", **line, **about})
        self.lines.append({"what": "kept", **line, **about, "answer": gist(found, answer)})
        return found


def work_as_machine(machine: ToldMachine, vehicle: Any, work_off: Any) -> None:
    """A command to `vehicle`, whose key stays open for the next one; vehicles and jobs, one and many."""
    locked = f"/vehicles/{vehicle.pk}/commands/lock-central-lock"
    machine.act("command", "POST", locked, headers={"Prefer": "respond-async"})
    work_off()
    body = {"telematics_unit_id": UnitFactory(fleet=vehicle.fleet).pk}
    made = machine.act("add_vehicle", "POST", "/vehicles", body)["vehicle_id"]
    machine.act("add_vehicles", "POST", "/vehicles/bulk", {"vehicles": [{}, {}]})
    about = {"vehicle": made, "verb": "edit", "mark": "M1", "expected": 1}
    at = f"/vehicles/{made}/master-data"
    machine.act("edit_vehicle", "PATCH", at, {"custom_name": "M1"}, **about)
    body = {"vehicle_ids": [made], "set": {"Sweep": "M2"}}
    machine.act("sweep_fields", "PATCH", "/vehicles/custom-fields", body, mark="M2", rows=1)
    machine.act("create_job", "POST", "/jobs", {"external_reference": "M3"}, references=["M3"])
    jobs = {"jobs": [{"external_reference": "M4"}, {"external_reference": "M5"}]}
    machine.act("create_jobs", "POST", "/jobs/bulk", jobs, references=["M4", "M5"])


def follow(machine: ToldMachine, since: str) -> None:
    for path, name in (("/vehicles", "vehicle_id"), ("/jobs", "id")):
        page = machine.api.get(f"{API}{path}", {"changed_after": since, "limit": 200}).json()
        versions = {one[name]: one["version"] for one in page["results"]}
        about = {"fleet": machine.client.fleet_id, "list": path[1:], "versions": versions}
        machine.lines.append({"what": "followed", **about})


def work_at_desk(vehicle: Any, by: Any, company: Any, work_off: Any) -> None:
    """A command from *Inspect*, and a unit that a company holds."""
    vehicle.commands_by(by).send("unlock-central-lock")
    work_off()
    unit = UnitFactory(fleet=vehicle.fleet).pk
    Custody.objects.hand_over(unit, company, fleet=vehicle.fleet, by=by)
