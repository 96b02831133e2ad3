"""Clients of a company, cancelled tests, flow ids, and problems for everything below an API."""

import re

import pytest
from django.test import Client

from jobs.models import InstallationTest
from telematics.models import Command
from tests.factories.accounts import FleetFactory, PartnershipFactory
from tests.installers.api.contract import ROOT

Status = InstallationTest.Status


# --- clients ----------------------------------------------------------------------------------------------------------
def test_the_clients_are_the_fleets_that_the_company_works_with(
    fleet, partnership, company, installer_phone
):
    PartnershipFactory(fleet=FleetFactory(), company=company, status="PENDING")
    assert installer_phone.get("clients/").json() == [
        {
            "fleet_id": fleet.pk,
            "name": fleet.name,
            "provider": {"provider_id": fleet.provider_id, "name": fleet.provider.name},
        }
    ]


def test_clients_filter_the_list_of_jobs(running_job, installer_phone):
    (client,) = installer_phone.get("clients/").json()
    found = installer_phone.get(f"jobs/?fleet={client['fleet_id']}").json()["results"]
    assert [job["id"] for job in found] == [running_job.pk]


# --- cancelling a test ------------------------------------------------------------------------------------------------
@pytest.fixture
def lock_test(configured_job, installer):
    """Asks whether the doors are unlocked; another test waits for its turn."""
    configured_job.request_tests(by=installer, kinds=["CENTRAL_LOCK", "ODOMETER"])
    test = configured_job.tests.get(kind="CENTRAL_LOCK")
    test.run()
    test.refresh_from_db()
    assert test.status == Status.AWAITING_CONFIRMATION
    return test


def cancel(phone, test):
    return phone.delete(f"jobs/{test.job_id}/tests/{test.kind}/", key=None)


def test_a_test_that_moves_the_vehicle_is_cancelled_and_the_vehicle_put_back(
    lock_test, installer_phone
):
    cancelled = cancel(installer_phone, lock_test)
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "CANCELLED")
    assert cancelled.json()["prompt"] is None
    assert Command.objects.filter(key__kind="SYSTEM", verb="lock-and-disable-driving").exists()
    others = lock_test.job.tests.exclude(pk=lock_test.pk)
    assert [test.status for test in others] == [Status.QUEUED]


def test_a_worker_that_still_runs_the_cancelled_test_writes_nothing(
    configured_job, installer, installer_phone
):
    configured_job.request_tests(by=installer, kinds=["GNSS"])
    test = configured_job.tests.get()
    assert test.claim()
    cancel(installer_phone, test)
    assert not test.write(status=Status.PASSED)
    test.refresh_from_db()
    assert test.status == Status.CANCELLED


def test_a_test_that_has_ended_stays_as_it_is(proven_job, installer_phone):
    test = proven_job.tests.get(kind="GNSS")
    assert cancel(installer_phone, test).json()["status"] == "PASSED"
    assert cancel(installer_phone, test).status_code == 200


def test_a_test_that_was_never_requested_is_not_found(configured_job, installer_phone):
    url = f"jobs/{configured_job.pk}/tests/GNSS/"
    assert installer_phone.delete(url).status_code == 404


def test_only_the_holder_cancels(lock_test, colleague_phone):
    assert cancel(colleague_phone, lock_test).json()["code"] == "not_holder"


# --- Retry-After ------------------------------------------------------------------------------------------------------
def test_a_unit_that_is_being_configured_can_be_tested_soon(linked_job, installer_phone):
    refused = installer_phone.post(f"jobs/{linked_job.pk}/tests/", {})
    assert refused.json()["code"] == "not_configured"
    assert refused["Retry-After"] == "2"


# --- flow ids ---------------------------------------------------------------------------------------------------------
def test_the_flow_id_of_a_client_is_kept_and_echoed(running_job, installer_phone):
    taken = installer_phone.delete(
        f"jobs/{running_job.pk}/assignment/", **{"X-Flow-ID": "phone-7:42"}
    )
    assert taken["X-Flow-ID"] == "phone-7:42"
    assert running_job.events.get(verb="withdraw").request_id == "phone-7:42"


def test_a_flow_id_is_short_and_plain(installer_phone):
    answer = installer_phone.get("jobs/x/", **{"X-Flow-ID": 'a b"<' + "c" * 100})
    assert answer["X-Flow-ID"] == "ab" + "c" * 62
    assert answer.json()["flow_id"] == answer["X-Flow-ID"]


# --- problems ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("get", "/api/", 404, "not_found"),
        ("get", "/api/nothing/at/all", 404, "not_found"),
        ("get", "/api/docs/nothing/", 404, "not_found"),
        ("post", "/api/docs/", 403, "csrf_failed"),
        ("get", "/api/smartcontrol/v1/nothing", 401, "not_authenticated"),
        ("post", "/api/smartcontrol/v1/schema/", 405, "method_not_allowed"),
    ],
)
@pytest.mark.django_db
def test_everything_below_an_api_is_refused_by_a_problem(method, path, status, code):
    refused = getattr(Client(enforce_csrf_checks=True), method)(path)
    assert refused.status_code == status
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == code
    assert refused.json()["flow_id"] == refused["X-Flow-ID"]


# --- no message uses Python's words -----------------------------------------------------------------------------------
WRONG = [
    ("patch", "fields/", "[1]"),
    ("patch", "fields/", '"x"'),
    ("patch", "fields/", "null"),
    ("patch", "fields/", "{"),
    ("patch", "fields/", "NaN"),
    ("patch", "fields/", '{"expected": 3}'),
    ("patch", "fields/", '{"expected": {"vin": [1]}}'),
    ("patch", "fields/", '{"vin": 3, "tracking": "yes", "fuel_type": [true], "vehicle_model_id": {}}'),
    ("post", "tests/", '{"kinds": "x"}'),
    ("post", "tests/", '{"kinds": [null, true, {}]}'),
    ("post", "outcome/", "[]"),
]  # fmt: skip
WORDS_OF_PYTHON = re.compile(
    r"\b(None|True|False|dict|dictionary|str|int|bool|float|NoneType|tuple|char|got)\b|'"
)


@pytest.mark.parametrize(("method", "path", "body"), WRONG)
def test_a_refused_body_is_explained_without_the_words_of_python(
    method, path, body, installer_api, running_job
):
    url = f"{ROOT}jobs/{running_job.pk}/{path}"
    headers = {"Idempotency-Key": "wrong"}
    refused = installer_api.generic(
        method.upper(), url, body, content_type="application/json", headers=headers
    )
    told = refused.json()
    texts = [told["detail"], *(text for texts in told["errors"].values() for text in texts)]
    assert refused.status_code == 400
    assert [text for text in texts if WORDS_OF_PYTHON.search(text)] == []
