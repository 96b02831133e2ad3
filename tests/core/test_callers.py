"""Four callers send to each operation of both OpenAPI documents what the document allows and what it forbids.

Every check of Schemathesis judges every answer. What remains is explained below, by operation and finding; an
explanation that is no longer needed fails, too. Each operation gets requests at the bounds of every value, and random
ones: CALLER_EXAMPLES says how many valid and how many invalid ones. Every run sends the same.
"""

import os
from collections import Counter
from contextlib import contextmanager
from functools import cache
from typing import NamedTuple

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.drivers import CoverageGenerator
from schemathesis.generation.feedback import NO_FEEDBACK
from schemathesis.generation.meta import CoverageScenario
from schemathesis.generation.overrides import Override

from accounts.models import ApiClient
from accounts.models.api_client import RIGHTS
from fleetcontrol.api import commands, limits
from fleetcontrol.api.document import OneApiDocument
from installers.api.views import vehicles
from installers.api.views.document import SmartControlDocument
from installers.api.views.units import UnitThrottle
from telematics.models.change_reason import MASTER_DATA
from tests.accounts.test_api_client import TOKEN, basic
from tests.sessions import app_token

EXAMPLES = int(os.environ.get("CALLER_EXAMPLES", "4"))
APIS = {"smartcontrol": SmartControlDocument, "oneapi": OneApiDocument}
# The first of each API holds the job, or has the right.
CALLERS = {
    "smartcontrol": ("installer", "company_admin", "outside_installer", "machine"),
    "oneapi": ("machine", "reading_machine", "outside_machine", "installer"),
}
# The others are refused before most of what they send is read.
OF_A_KIND = 5


class Finding(NamedTuple):
    failure: str
    status: int
    fields: tuple[str, ...] = ()  # those that a 400 names


class Explained(NamedTuple):
    operation: str
    failure: str
    status: int
    callers: tuple[str, ...]
    why: str
    fields: tuple[str, ...] = ()  # a 400 may name these and no others
    is_certain: bool = True  # whether every run meets it

    def explains(self, finding: Finding) -> bool:
        same = (finding.failure, finding.status) == (self.failure, self.status)
        return same and set(finding.fields) <= set(self.fields)


PEOPLE = ("installer", "company_admin", "outside_installer")
IMPORTERS = ("machine", "outside_machine")
OF_THE_FLEET = ("machine", "reading_machine")
MACHINES = ("machine", "reading_machine", "outside_machine")
REJECTED, ACCEPTED, NO_KEY = (
    "RejectedPositiveData",
    "AcceptedNegativeData",
    "MissingHeaderNotRejected",
)
CURSOR = "A cursor is one that a page has given."
BLANK = "A blank query parameter counts as none."
HOLDER_FIRST = "Status, holder and role are judged before the key."
NOT_FOUND = "A job of others is not found, whatever is sent."
# What the body of a job names by id, and what has a form.
OF_A_JOB = (
    "assigned_installer_company_id", "brand", "central_lock_connection_type", "configuration_preset", "fuel_type",
    "further_tests", "installation_variant", "kind", "license_plate", "model", "place", "planned_service_date",
    "planned_unit", "required_photos", "roll_out", "task", "template_id", "transmission", "vehicle_id",
    "vehicle_model_id", "vehicle_type", "vin", "year_of_production",
)  # fmt: skip
EXPLAINED = [
    Explained("list_jobs", REJECTED, 400, PEOPLE, CURSOR, ("cursor",)),
    Explained(
        "list_jobs",
        REJECTED,
        400,
        PEOPLE,
        "Jobs by their ids are not filtered.",
        ("category", "cursor", "fleet", "provider", "search"),
    ),
    Explained("list_jobs", ACCEPTED, 200, PEOPLE, BLANK),
    Explained("list_vehicle_models", REJECTED, 400, PEOPLE, CURSOR, ("cursor",)),
    Explained("list_vehicle_models", ACCEPTED, 200, PEOPLE, BLANK),
    Explained(
        "take_job",
        ACCEPTED,
        200,
        ("installer",),
        "The caller holds the job. A take that has happened is answered before its body is read.",
    ),
    Explained(
        "fill_in",
        REJECTED,
        400,
        ("installer",),
        "VIN, plate and names have a form, the vehicle model is one of the catalogue and supports the setup.",
        (
            "vehicle_model_id",
            "brand",
            "model",
            "vin",
            "license_plate",
            "year_of_production",
            "installation_variant",
            "central_lock_connection_type",
            "auto_immo_control",
            "driving_events",
            "damage_detection",
            "tracking",
            "smoke_detection",
        ),
    ),
    Explained(
        "fill_in", ACCEPTED, 412, ("installer",), "An If-Match that is none matches nothing."
    ),
    Explained(
        "fill_in",
        REJECTED,
        412,
        ("installer",),
        "A version is one that a job has given.",
        is_certain=False,
    ),
    Explained("add_photo", REJECTED, 400, ("installer",), "The file is a picture.", ("file",)),
    Explained(
        "finish_job",
        REJECTED,
        400,
        ("installer",),
        "A failed job needs a comment, and no other has a reason. What is confirmed is a VIN.",
        ("comment", "reason", "confirmed_vin"),
    ),
    Explained(
        "link_unit",
        REJECTED,
        400,
        ("installer",),
        "Only a job that replaces a unit names the one that is taken out.",
        ("removed_qnr",),
    ),
    Explained(
        "request_tests",
        REJECTED,
        400,
        ("installer",),
        "One kind is a test of those jobs alone that remove a unit.",
        ("kinds",),
    ),
    Explained("check_unit", REJECTED, 400, ("installer",), "A QNR has a form.", ("qnr",)),
    *(
        Explained(operation, NO_KEY, 409, ("company_admin",), HOLDER_FIRST)
        for operation in (
            "add_photo",
            "fill_in",
            "hand_back_job",
            "request_tests",
            "confirm_test",
            "link_unit",
        )
    ),
    *(
        Explained(operation, NO_KEY, 404, ("outside_installer",), NOT_FOUND)
        for operation in ("add_photo", "fill_in", "hand_back_job", "request_tests", "link_unit")
    ),
    Explained(
        "import_jobs",
        REJECTED,
        400,
        IMPORTERS,
        "Only a dry run needs no key; columns are those of the import; a form has no null and no file without content.",
        ("Idempotency-Key", "columns", "file", "header_row"),
    ),
    *(
        Explained(operation, ACCEPTED, 200, MACHINES, BLANK)
        for operation in ("list_vehicles", "list_models", "list_units")
    ),
    *(
        Explained(operation, REJECTED, 400, MACHINES, CURSOR, ("cursor",))
        for operation in ("list_models", "list_units")
    ),
    Explained("list_vehicle_commands", ACCEPTED, 200, OF_THE_FLEET, BLANK),
    Explained("list_vehicle_commands", REJECTED, 400, OF_THE_FLEET, CURSOR, ("cursor",)),
    Explained(
        "change_master_data",
        REJECTED,
        400,
        ("machine",),
        "VIN, plate and names have a form.",
        ("brand", "license_plate", "model", "vin", "year_of_production"),
        is_certain=False,
    ),
    Explained(
        "set_vehicle_model",
        REJECTED,
        400,
        ("machine",),
        "The vehicle model is one of the catalogue.",
        ("vehicle_model_id",),
        is_certain=False,
    ),
    *(
        Explained(
            operation,
            REJECTED,
            412,
            ("machine",),
            "The vehicle has another version.",
            is_certain=False,
        )
        for operation in (
            "archive_vehicle",
            "restore_vehicle",
            "change_custom_fields",
            "change_master_data",
            "replace_custom_fields",
            "change_tags",
            "replace_tags",
            "set_operation_status",
            "set_vehicle_model",
            "take_out_unit",
        )
    ),
    Explained(
        "list_vehicles",
        REJECTED,
        400,
        MACHINES,
        "A cursor is one that a page has given, a search has three characters, a custom field a name.",
        ("cursor", "custom_field[]", "search"),
        is_certain=False,
    ),
    Explained(
        "add_vehicle",
        REJECTED,
        400,
        IMPORTERS,
        "VIN, plate and names have a form; the vehicle model and the unit exist.",
        (
            "master_data.brand",
            "master_data.fuel_type",
            "master_data.license_plate",
            "master_data.model",
            "master_data.transmission",
            "master_data.vehicle_type",
            "master_data.vin",
            "master_data.year_of_production",
            "operation_status",
            "telematics_unit_id",
            "vehicle_model_id",
        ),
        is_certain=False,
    ),
    *(
        Explained(
            operation,
            REJECTED,
            400,
            IMPORTERS,
            "Texts have a form; the vehicles, models and units exist; of equal rows the second is refused.",
            fields,
            is_certain=False,
        )
        for operation, fields in (
            (
                "add_vehicles",
                tuple(
                    f"vehicles.{number}.{name}"
                    for number in range(100)
                    for name in (
                        *MASTER_DATA,
                        "operation_status",
                        "telematics_unit_id",
                        "vehicle_model_id",
                    )
                ),
            ),
            ("change_custom_fields_of_many", ("vehicle_ids",)),
        )
    ),
    *(
        Explained(
            operation,
            REJECTED,
            400,
            ("machine",),
            "The name of a custom field is a line of up to 50 characters, and a vehicle has up to 50.",
            ("non_field_errors",),
            is_certain=False,
        )
        for operation in ("change_custom_fields", "replace_custom_fields")
    ),
    Explained(
        "assign_unit",
        REJECTED,
        400,
        ("machine",),
        "The unit is one of the fleet.",
        ("telematics_unit_id",),
        is_certain=False,
    ),
    *(
        Explained(
            operation,
            ACCEPTED,
            412,
            ("machine",),
            "An If-Match that is none matches nothing.",
            is_certain=False,
        )
        for operation in (
            "archive_vehicle",
            "restore_vehicle",
            "change_master_data",
            "set_vehicle_model",
            "change_custom_fields",
            "replace_custom_fields",
            "change_tags",
            "replace_tags",
            "set_operation_status",
            "take_out_unit",
        )
    ),
    Explained(
        "restore_vehicle", NO_KEY, 404, ("outside_machine",), "A vehicle of others is not found."
    ),
    *(
        Explained(operation, ACCEPTED, 200, MACHINES, BLANK)
        for operation in (
            "list_fleet_jobs",
            "list_job_templates",
            "list_partners",
        )
    ),
    *(
        Explained(operation, REJECTED, 400, MACHINES, CURSOR, ("cursor", "search"))
        for operation in ("list_fleet_jobs", "list_job_templates", "list_partners")
    ),
    Explained(
        "create_job",
        REJECTED,
        400,
        IMPORTERS,
        "VIN, plate and names have a form; what is named exists, and the vehicle model supports the setup.",
        OF_A_JOB,
    ),
    Explained(
        "create_jobs",
        REJECTED,
        400,
        IMPORTERS,
        "The same of each job, and a VIN is there once.",
        tuple(f"jobs.{number}.{name}" for number in range(1000) for name in OF_A_JOB),
    ),
    Explained(
        "change_job",
        REJECTED,
        400,
        ("machine",),
        "VIN, plate and names have a form; what is named exists.",
        OF_A_JOB,
        is_certain=False,
    ),
    *(
        Explained(
            operation,
            failure,
            412,
            ("machine",),
            "An If-Match is the version of the job.",
            is_certain=False,
        )
        for operation in ("stop_access", "allow_access")
        for failure in (ACCEPTED, REJECTED)
    ),
    *(
        Explained(operation, NO_KEY, 404, ("outside_machine",), NOT_FOUND)
        for operation in ("assign_job", "request_handback", "stop_access")
    ),
    Explained(
        "assign_job",
        REJECTED,
        400,
        ("machine",),
        "The partner is one of the fleet.",
        ("assigned_installer_company_id",),
        is_certain=False,
    ),
    Explained("import_jobs", REJECTED, 422, IMPORTERS, "The file is no table of jobs."),
    Explained("import_jobs", ACCEPTED, 200, IMPORTERS, "A dry run reads no key."),
]
# No text of ours has these characters, which no pattern of the document says.
UNREADABLE = "is a control character or unreadable"


@cache
def loaded(api: str):
    schema = schemathesis.openapi.from_dict(APIS[api].document())
    schema.app = get_wsgi_application()
    return schema


def operations():
    for api, document in APIS.items():
        for path, operations in document.document()["paths"].items():
            if path.startswith("/_allauth/"):
                continue
            for operation in operations.values():
                for caller in CALLERS[api]:
                    name = operation["operationId"]
                    yield pytest.param(api, name, caller, id=f"{name}-{caller}")


# --- the callers ------------------------------------------------------------------------------------------------------
@pytest.fixture
def headers_of(request, client):
    """What a caller sends to be known."""

    def headers(caller: str) -> dict[str, str]:
        if not caller.endswith("machine"):
            return {"X-Session-Token": app_token(request.getfixturevalue(caller))}
        fleet = request.getfixturevalue("other_fleet" if caller.startswith("outside") else "fleet")
        rights = list(RIGHTS)
        if caller.startswith("reading"):
            rights = [right for right in RIGHTS if right.endswith(":read")]
        made = ApiClient.objects.issue(
            fleet=fleet, name="sync", scopes=rights, by=None, client_id="sync"
        )
        form = {"grant_type": "client_credentials"}
        token = client.post(TOKEN, form, headers=basic("sync", made[1])).json()["access_token"]
        return {"Authorization": f"Bearer {token}"}

    return headers


@contextmanager
def connection_kept():
    """As Django's own test client does: the end of a request does not end the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


# --- what they send ---------------------------------------------------------------------------------------------------
def at_the_bounds(operation, of_a_kind: int | None):
    """Each value of the operation at its bounds and beyond, one after the other; at most so many of a kind."""
    kinds: Counter = Counter()
    for case in CoverageGenerator(
        operation=operation,
        generation_modes=list(GenerationMode),
        generation_config=operation.schema.config.generation_for(
            operation=operation, phase="coverage"
        ),
        auth_storage=None,
        override=Override(),
        feedback=NO_FEEDBACK,
    ):
        tried = case.meta.phase.data
        kind = (tried.scenario, tried.parameter_location)
        kinds[kind] += 1
        if of_a_kind is None or kinds[kind] <= of_a_kind:
            yield case


def at_random(operation, judge) -> None:
    takes = [*operation.iter_parameters(), *operation.body]
    for mode in GenerationMode if takes else [GenerationMode.POSITIVE]:

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode, feedback=NO_FEEDBACK))
        def everything(case):
            judge(case)

        everything()


def findings(case, headers: dict[str, str]) -> dict[Finding, str]:
    """What the checks say against the answer, each with an example. Nothing that the request did is kept."""
    said: dict[Finding, str] = {}
    with transaction.atomic():
        response = case.call(headers=headers)
        try:
            case.validate_response(
                response,
                checks=schemathesis.checks.CHECKS.get_all(),
                headers=headers,
                transport_kwargs={"headers": headers},
            )
        except FailureGroup as group:
            for failure in group.exceptions:
                finding = finding_of(failure, response)
                if finding is not None:
                    said[finding] = f"{failure}\n{response.text[:1000]}"
        transaction.set_rollback(True)
    return said


def finding_of(failure, response) -> Finding | None:
    """None for a refusal that names nothing but characters which no text may have."""
    errors = response.json().get("errors", {}) if response.status_code == 400 else {}
    fields = [name for name, texts in errors.items() if any(UNREADABLE not in one for one in texts)]
    if errors and not fields:
        return None
    return Finding(type(failure).__name__, response.status_code, tuple(sorted(fields)))


def meant(case, job, person) -> None:
    """Aim what the document allows at what there is, so that more than 404 and 409 are met."""
    places = [
        (ParameterLocation.PATH, case.path_parameters, "id", job.pk),
        (ParameterLocation.PATH, case.path_parameters, "job_id", job.pk),
        (ParameterLocation.PATH, case.path_parameters, "vehicle_id", job.vehicle_id),
        (ParameterLocation.QUERY, case.query, "job", job.pk),
        (ParameterLocation.HEADER, case.headers, "X-Person", str(person.pk)),
        (ParameterLocation.HEADER, case.headers, "Assignment", str(job.assignment)),
    ]
    for location, values, name, value in places:
        if name in values and (not case.meta.is_negative_at(location) or lacks_one(case)):
            values[name] = value


def lacks_one(case) -> bool:
    """Whether all that is wrong with a request is that a parameter is missing."""
    tried = getattr(case.meta.phase.data, "scenario", None)
    return tried == CoverageScenario.MISSING_PARAMETER


@pytest.mark.parametrize(("api", "name", "caller"), list(operations()))
def test_each_caller_is_answered_as_the_document_tells(
    api, name, caller, request, headers_of, configured_job, installer, monkeypatch
):
    if connection.vendor != "sqlite" and caller != CALLERS[api][0]:
        pytest.skip("tried on the embedded default")
    monkeypatch.setattr(vehicles, "WAIT", 0)
    monkeypatch.setattr(commands, "WAIT", 0)
    monkeypatch.setattr(limits, "BURST", 10**9)
    monkeypatch.setattr(limits, "STATES_AT_ONCE", 10**9)
    monkeypatch.setattr(UnitThrottle, "rate", "100000/min")
    # Schemathesis reads an answer as it is sent, so it is sent plain.
    headers = headers_of(caller) | {"Accept-Encoding": "identity"}
    person = installer if caller.endswith("machine") else request.getfixturevalue(caller)
    configured_job.refresh_from_db()
    operation = loaded(api).find_operation_by_id(name)
    found: dict[Finding, str] = {}

    def judge(case):
        meant(case, configured_job, person)
        found.update(findings(case, headers))

    with connection_kept():
        for case in at_the_bounds(operation, OF_A_KIND if caller in CALLERS[api][1:] else None):
            judge(case)
        at_random(operation, judge)

    explained = [one for one in EXPLAINED if one.operation == name and caller in one.callers]
    unexplained = {
        finding: example
        for finding, example in found.items()
        if not any(one.explains(finding) for one in explained)
    }
    assert unexplained == {}
    certain = [one for one in explained if one.is_certain]
    assert [one for one in certain if not any(map(one.explains, found))] == []
