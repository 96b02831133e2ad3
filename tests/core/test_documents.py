"""Each operation of both OpenAPI documents explains itself: texts, parameters, examples and its own refusals."""

import base64
from functools import cache
from urllib.parse import urlencode

import pytest
from jsonschema import Draft202012Validator
from rest_framework.test import APIClient

from accounts.models import ApiClient
from accounts.models.api_client import RIGHTS
from core.refusals import CATALOGUE
from core.web.api.schema import CODES
from fleetcontrol.api.document import OneApiDocument
from installers.api.views.document import SmartControlDocument

APIS = {"smartcontrol": SmartControlDocument, "oneapi": OneApiDocument}
PROBLEM = "application/problem+json"
# An operation refuses with these only where it declares so.
DECLARED = {code for code, about in CATALOGUE.items() if about.status in (403, 404, 409, 412)} - {
    "conflict"
}
NOUNS = {
    "smartcontrol": {
        "Access", "Account", "AccountHolder", "Agreement", "AvailableUnit", "CentralLockConnectionType",
        "ChangedValue", "ChangedValues", "Client", "Command", "CommandName", "CommandStatus", "Company",
        "CompanyRole", "Configuration", "ConfigurationStatus", "ConfirmationRequest", "DoorSignal",
        "DoorState", "EmptyRequest", "Evidence", "ExpectedValues", "FailureReason", "FieldChoice",
        "FieldErrors", "FieldType", "FieldValuesRequest", "FinishedJob", "FlagSignal", "Fleet",
        "FuelType", "HandbackReasonRequest", "Holder", "InstallationVariant", "Job", "JobAssignment",
        "JobCategory", "JobCounts", "JobField", "JobKind", "JobListing", "JobOutcome", "JobPage", "JobPlace",
        "JobSheets", "JobStatus", "JobStep", "JobSummary", "JobUnit", "JobVehicle", "JobWarning",
        "KeyFobSignal", "KeyFobState", "LockSignal", "LockState", "NumberSignal", "OtherSignal",
        "Outcome", "OutcomeRequest", "Permit", "Permits", "Person", "Photo", "PhotoFormRequest",
        "PhotoKind", "PlannedUnit", "Position",
        "PositionSignal", "Problem", "ProblemCode", "Prompt", "Provider", "SecondFactor",
        "SecondFactorRequest", "SessionState", "SessionUser", "SignInError", "SignInFlow",
        "SignInFlows", "SignInPending", "SignInRefused", "SignInRequest", "Signals", "SignedIn",
        "SignedInPerson", "StepName", "StepStatus", "Task", "Test", "TestAttempts", "TestKind",
        "TestSelectionRequest", "TestStatus", "Transmission", "UnitLinkRequest", "VehicleModel",
        "VehicleModelName", "VehicleModelPage", "VehicleType", "VoidReason",
    },
    "oneapi": {
        "AccessCommand", "AddedVehicles", "AskBackRequest", "AssignmentRequest", "Capabilities",
        "CatalogueModel", "CatalogueModelList", "CentralLockConnectionType", "ChangedJob",
        "ChangedValue", "ChangedValues", "ChangedVehicle", "CommandSender", "CreatedImport",
        "CreatedJobs", "CustomFieldChangesRequest", "CustomFieldValuesRequest", "CustomFields",
        "CustomFieldsChanged", "Encoding", "FieldChange", "FieldErrors", "Finding", "FleetJob",
        "FleetJobDetails", "FleetJobList", "FuelType", "FurtherTests", "Greeting",
        "HandbackRequestOfJob", "HiddenRows", "Holder", "ImportedJob", "InstallationVariant",
        "JobAccess", "JobChanged", "JobChangesRequest", "JobDifference", "JobHistoryEntry",
        "JobImport", "JobImportDetails", "JobImportFormRequest", "JobKind", "MasterData",
        "MasterDataValuesRequest", "Message", "MessageFeed", "MessageType",
        "MessageTypeList", "MountedUnit", "NamedPerson", "NewJobRequest", "NewJobsRequest",
        "NewVehicleRequest", "NewVehiclesRequest", "OperationStatus",
        "OperationStatusValuesRequest", "Partner", "PartnerList", "PartnerReference", "PhotoKind",
        "Place", "PlannedUnit", "Problem", "ProblemCode", "ReceivedState", "RollOutReference", "SignalReading",
        "StopReasonRequest", "TagChangesRequest", "TagsRequest", "Task", "TelematicsUnit",
        "TelematicsUnitList", "Template", "TemplateList", "TestAttempt", "TestEvidence",
        "TestMessage", "Transmission", "UnitChoiceRequest", "UnitHolder", "Vehicle",
        "VehicleChanged", "VehicleCommand", "VehicleCommandList", "VehicleList",
        "VehicleModelChoiceRequest", "VehicleModelReference", "VehicleOperationStatus",
        "VehicleState", "VehicleStateReceived", "VehicleType",
    },
}  # fmt: skip


@cache
def document(api: str) -> dict:
    return APIS[api].document()


def operations(api: str):
    """Without those by which an app signs in, which the library answers."""
    for path, methods in document(api)["paths"].items():
        if path.startswith("/_allauth/"):
            continue
        yield from methods.values()


def cases():
    return [
        pytest.param(api, operation, id=f"{api}-{operation['operationId']}")
        for api in APIS
        for operation in operations(api)
    ]


# A picture, and nothing.
WITHOUT_JSON = {
    "show_photo", "delete_photo", "archive_vehicle", "take_out_unit", "delete_job", "allow_access",
}  # fmt: skip


def bodies(operation: dict):
    """What is sent and what is answered: (name, content) without refusals."""
    yield from (
        ("request", content)
        for content in operation.get("requestBody", {}).get("content", {}).values()
    )
    for status, response in operation["responses"].items():
        yield from (
            (status, content)
            for media, content in response.get("content", {}).items()
            if media != PROBLEM and not media.startswith("image/")
        )


def codes(operation: dict) -> dict[str, list[str]]:
    found = {}
    for status, response in operation["responses"].items():
        if PROBLEM in response.get("content", {}):
            found[status] = response[CODES]
    return found


@pytest.mark.parametrize(("api", "operation"), cases())
def test_an_operation_has_a_summary_and_a_description_for_its_reader(api, operation):
    summary, description = operation["summary"], operation["description"]
    assert 3 < len(summary) <= 60
    assert not summary.endswith(".")
    assert len(description) > len(summary)
    assert description.rstrip().endswith(".")


@pytest.mark.parametrize(("api", "operation"), cases())
def test_every_parameter_of_an_operation_is_described(api, operation):
    assert [
        one["name"] for one in operation.get("parameters", []) if not one.get("description")
    ] == []


@pytest.mark.parametrize(("api", "operation"), cases())
def test_every_body_of_an_operation_has_an_example_that_its_schema_accepts(api, operation):
    found = list(bodies(operation))
    assert found or operation["operationId"] in WITHOUT_JSON
    for name, content in found:
        validator = Draft202012Validator({**document(api), **content["schema"]})
        for example in content["examples"].values():
            assert [error.message for error in validator.iter_errors(example["value"])] == [], name


@pytest.mark.parametrize(("api", "operation"), cases())
def test_an_operation_lists_its_own_refusals_under_their_status(api, operation):
    listed = codes(operation)
    assert {"400", "401", "406", "500", "503"} <= set(listed)
    for status, found in listed.items():
        assert found
        assert {CATALOGUE[code].status for code in found} == {int(status)}
        text = operation["responses"][status]["description"]
        assert all(f"`{code}`" in text for code in found) or status == "422"
    own = {code for found in listed.values() for code in found if code in DECLARED}
    assert len(own) < len(DECLARED) / 2


def test_reading_is_never_refused_for_what_only_writing_can_meet():
    for api in APIS:
        for operations in document(api)["paths"].values():
            if "get" in operations:
                assert {"412", "413", "415", "422"}.isdisjoint(operations["get"]["responses"])


@pytest.mark.parametrize("api", APIS)
def test_schemas_are_named_with_nouns_of_the_domain(api):
    assert set(document(api)["components"]["schemas"]) == NOUNS[api]


# --- query parameters -------------------------------------------------------------------------------------------------
@pytest.fixture
def held_job(assigned_job, unit, company_admin):
    """Held by an admin, who may call every operation of the phone."""
    assigned_job.take(by=company_admin)
    assigned_job.link_unit(unit.pk, by=company_admin)
    return assigned_job


def required_in_query(operation: dict) -> list[str]:
    parameters = operation.get("parameters", [])
    return [one["name"] for one in parameters if one["in"] == "query" and one.get("required")]


@pytest.fixture
def callers(company_admin_api, fleet, fleet_admin, client):
    """Each API with a caller who has every right there."""
    scopes = list(RIGHTS)
    machine, secret = ApiClient.objects.issue(
        fleet=fleet, name="sync", scopes=scopes, by=fleet_admin
    )
    basic = base64.b64encode(f"{machine.client_id}:{secret}".encode()).decode()
    answer = client.post(
        "/oauth/token",
        {"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {basic}"},
    )
    bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    return {"smartcontrol": company_admin_api, "oneapi": APIClient(headers=bearer)}


@pytest.mark.django_db
@pytest.mark.parametrize("api", APIS)
def test_each_operation_refuses_a_query_parameter_that_it_does_not_have(callers, held_job, api):
    places = {"id": held_job.pk, "vehicle_id": held_job.vehicle_id}
    places |= {"photo_id": held_job.pk, "kind": "CONNECTIVITY", "command": "lock-central-lock"}
    places |= {"name": "lock-central-lock"}
    places |= {"qnr": "0011223344556677", "job": held_job.pk, "job_id": held_job.pk}
    places["import_id"] = held_job.pk
    server = document(api)["servers"][0]["url"].rstrip("/")
    version = held_job.version
    answers = {}
    for path, methods in document(api)["paths"].items():
        if path.startswith("/_allauth/"):
            continue
        for method, operation in methods.items():
            query = {name: places[name] for name in required_in_query(operation)}
            url = f"{server}{path.format(**places)}?{urlencode(query | {'nonsense': 1})}"
            answer = getattr(callers[api], method)(url, headers={"Idempotency-Key": "once"})
            answers[method, path] = (answer.status_code, set(answer.json().get("errors", ())))
    assert {
        operation: answer for operation, answer in answers.items() if answer != (400, {"nonsense"})
    } == {}
    held_job.refresh_from_db()
    assert held_job.version == version
