"""What the logs of a played story have: `python -m tests.demo.log_reader` names what they should not have, or lack."""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django

# Valkey's own is another program's; the demo's has what it prints.
OTHERS = ("broker", "demo")
SHORTEST = 5
SHOWN = 20


def lines_of(logs: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(logs.glob("*.log")):
        for line in path.read_text(errors="replace").splitlines():
            yield path.name, line


def faults(logs: Path) -> Iterator[str]:
    events = []
    personal = _personal_data()
    for name, line in lines_of(logs):
        yield from (f"{name} has {what}: {line[:300]}" for what in _personal_in(line, personal))
        if name.split(".")[0] in OTHERS:
            continue
        try:
            events.append(json.loads(line))
        except ValueError:
            yield f"{name} has a line that is no JSON: {line[:300]}"
    yield from _incomplete(events)
    yield from _untraced(events)


def _personal_data() -> dict[str, str]:
    """What nobody may find → what it is."""
    from django.conf import settings
    from django.contrib.sessions.models import Session

    from accounts.models import Company, User
    from core.models import Mail
    from jobs.models import Job
    from telematics.models import Vehicle

    found = {settings.DEMO_PASSWORD: "a password", settings.SECRET_KEY: "the key"}
    for user in User.objects.all():
        found |= {user.email: "an address", user.get_full_name(): "a name"}
    found |= dict.fromkeys(Mail.objects.values_list("to", flat=True), "an address")
    found |= dict.fromkeys(Company.objects.values_list("name", flat=True), "a company")
    found |= dict.fromkeys(Session.objects.values_list("pk", flat=True), "a session")
    for model in (Job, Vehicle):
        found |= dict.fromkeys(model.objects.values_list("license_plate", flat=True), "a plate")
        found |= dict.fromkeys(model.objects.values_list("vin", flat=True), "a VIN")
    return {text: what for text, what in found.items() if text and len(text) >= SHORTEST}


def _personal_in(line: str, personal: dict[str, str]) -> Iterator[str]:
    for text, what in personal.items():
        if text in line:
            yield f"{what} ({text})"
    if re.search(r"[\w.+-]+@[\w-]+\.[a-z]{2,}", line):
        yield "an address"


def _incomplete(events: list[dict[str, Any]]) -> Iterator[str]:
    requests = [event for event in events if event["event"] == "request_finished"]
    tasks = [event for event in events if event["event"] == "task"]
    if not requests or not tasks:
        yield "there are no requests or no tasks in the logs"
    for request in requests:
        if missing := {"route", "status", "seconds", "ip", "flow_id"} - request.keys():
            yield f"a request lacks {missing}: {request}"
    for task in tasks:
        if missing := {"row", "outcome", "seconds"} - task.keys():
            yield f"a task lacks {missing}: {task}"


def _untraced(events: list[dict[str, Any]]) -> Iterator[str]:
    """What units of the story's jobs did, and no click leads to."""
    from jobs.models import Job
    from telematics import verbs
    from telematics.models import Key
    from telematics.simulator.models import SimulatorLog

    clicked = {event["flow_id"] for event in events if event["event"] == "request_finished"}
    worked = defaultdict(set)
    for event in events:
        if event["event"] == "task" and "flow_id" in event:
            worked[event["flow_id"]].add((event.get("unit"), event.get("job")))
    jobs = Job.objects.filter(fleet__name__startswith="Story", unit__isnull=False)
    units = dict(jobs.values_list("unit", "pk"))
    systems = set(Key.objects.filter(kind=Key.Kind.SYSTEM).values_list("pk", flat=True))
    acts = SimulatorLog.objects.filter(unit__in=units, action__in=("configure", *verbs.VERBS))
    acts = [act for act in acts if act.key_id not in systems]
    if len(acts) < len(units):
        yield f"{len(acts)} actions of {len(units)} units"
    for act in acts:
        about = f"{act.action} at {act.unit_id}, flow {act.request_id!r}"
        if act.request_id not in clicked:
            yield f"no request led to {about}"
        if act.unit_id not in {unit for unit, job in worked[act.request_id] if job}:
            yield f"no task led to {about}"


if __name__ == "__main__":
    django.setup()
    from django.conf import settings

    found = list(faults(settings.VAR_DIR / "logs"))
    sys.stdout.write("\n".join(found[:SHOWN] or ["The logs are as they should be."]) + "\n")
    sys.exit(bool(found))
