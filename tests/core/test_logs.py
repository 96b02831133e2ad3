"""What the log has of requests, tasks and mails, and what it never has."""

import json
import logging

import pytest
import structlog

from accounts.models import ApiClient
from config import logs
from config.celery import app
from core import context
from core.models import Mail
from jobs.models import Configuration, InstallationTest, VehicleAccess
from telematics.models import Command
from telematics.simulator.models import SimulatorLog
from tests.fleetcontrol.test_import_api import token_of


@pytest.fixture
def lines():
    """The log of this process as it is written: one JSON object a line."""
    formatter = logs.configure("INFO")["formatters"]["line"]
    written = []
    handler = logging.Handler(logging.INFO)
    made = structlog.stdlib.ProcessorFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *logs.renderers()],
        foreign_pre_chain=formatter["foreign_pre_chain"],
    )
    handler.emit = lambda record: written.append(made.format(record))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lambda event: [line for line in map(json.loads, written) if line["event"] == event]
    root.removeHandler(handler)
    root.setLevel(before)


def test_a_request_is_logged_by_its_route_and_without_what_is_searched_for(
    client, lines, fleet, fleet_admin
):
    client.force_login(fleet_admin)
    response = client.get(
        f"/fleetcontrol/{fleet.pk}/vehicles/?search=B+QX+2041", REMOTE_ADDR="192.0.2.7"
    )
    (line,) = lines("request_finished")

    assert line["seconds"] > 0
    assert {name: line[name] for name in ("method", "route", "status", "ip", "user_id")} == {
        "method": "GET",
        "route": "fleetcontrol:vehicles",
        "status": 200,
        "ip": "192.0.2.7",
        "user_id": fleet_admin.pk,
    }
    assert line["flow_id"] == response["X-Flow-ID"]
    assert "2041" not in json.dumps(line)


def test_a_request_of_a_program_names_the_client_and_no_user(client, lines, fleet, fleet_admin):
    issued = ApiClient.objects.issue(
        fleet=fleet, name="Sync", scopes=["vehicles:read"], by=fleet_admin
    )
    machine, secret = issued
    token = token_of(issued, client)
    client.get("/api/oneapi/v1/vehicles", headers={"Authorization": f"Bearer {token}"})
    line = lines("request_finished")[-1]

    assert (line["client_id"], line["user_id"]) == (str(machine.pk), None)
    shown = json.dumps(lines("request_finished"))
    assert secret not in shown
    assert token not in shown


def test_a_click_leads_by_one_flow_id_to_its_row_its_task_and_the_unit_and_back(
    lines, configured_job, installer
):
    job = configured_job
    with context.acting(request_id="flow-of-the-click"):
        job.request_tests(by=installer, kinds=["CONNECTIVITY"])
        access = VehicleAccess.objects.open_for(installer, job.vehicle_id)
        access.command("lock-central-lock", by=installer, announced=False)
        Configuration.objects.request(job.pk, job.unit_id, {})
    test, command = InstallationTest.objects.last(), Command.objects.last()
    for task, row in (
        ("telematics.tasks.run_command", command.pk),
        ("jobs.tasks.run_installation_test", test.pk),
        ("jobs.tasks.push_configuration", Configuration.objects.pending().get().pk),
    ):
        app.tasks[task](str(row))  # a sweep called it: no flow id comes with the message

    said = {line["task"]: line for line in lines("task")}
    assert {name: line["outcome"] for name, line in said.items()} == {
        "telematics.tasks.run_command": "DONE",
        "jobs.tasks.run_installation_test": InstallationTest.objects.get(pk=test.pk).status,
        "jobs.tasks.push_configuration": "APPLIED",
    }
    for line in said.values():
        assert line["level"] == "info"
        assert (line["job"], line["unit"]) == (str(job.pk), job.unit_id)
        assert line["flow_id"] == "flow-of-the-click"
    at_unit = SimulatorLog.objects.filter(request_id="flow-of-the-click")
    assert {"lock-central-lock", "configure"} <= set(at_unit.values_list("action", flat=True))
    assert {test.request_id, command.request_id} == {"flow-of-the-click"}


def test_a_task_that_fails_is_logged_by_the_kind_of_its_error_alone(lines, db):
    with pytest.raises(Command.DoesNotExist):
        app.tasks["telematics.tasks.run_command"]("01ARZ3NDEKTSV4RRFFQ69G5FAV")
    (line,) = lines("task")

    assert (line["row"], line["outcome"]) == ("01ARZ3NDEKTSV4RRFFQ69G5FAV", "failed")
    assert line["error"] == "DoesNotExist"


def test_a_mail_that_fails_is_a_warning_and_names_nobody(lines, db, monkeypatch):
    mail = Mail.objects.enqueue(
        to="somebody@example.com", template="mails/no_such_template", context={}
    )
    app.tasks["core.tasks.send_mail"](str(mail.pk))
    (line,) = lines("mail_failed")

    assert (line["level"], line["mail"], line["attempt"]) == ("warning", str(mail.pk), 1)
    assert line["given_up"] is False
    assert "somebody" not in json.dumps(lines("mail_failed") + lines("task"))
    assert lines("task")[0]["outcome"] == "QUEUED"


@pytest.mark.parametrize(
    "text",
    [
        "Key (email)=(ada.lovelace@example.com) already exists.",
        "{'ada.lovelace@example.com': (550, b'No such user')}",
        "to <ada.lovelace@example.com>",
    ],
)
def test_no_log_line_has_an_email_address(text):
    shown = logs.masked(text)

    assert "lovelace" not in shown
    assert "…@…" in shown


def test_a_log_line_keeps_other_signs():
    for text in ("units@host is ready", "default-1@%h", "@ 3 €"):
        assert logs.masked(text) == text
