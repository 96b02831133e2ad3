"""Guards that nothing else holds: each test fails when its one guard is taken away."""

import json
from types import SimpleNamespace

import pytest
from allauth.idp.oidc.models import Token
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import ApiClient, Partnership, SavedView
from core.errors import MoveRefused
from jobs.models import BulkRun, Job, VehicleAccess
from telematics.models import Key
from telematics.signals import handing_over
from tests.accounts.test_api_client import TOKEN, basic
from tests.bench import Bench
from tests.factories.accounts import FleetMembershipFactory
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory
from tests.telematics.test_command import queue

ROOT = "/api/smartcontrol/v1/"
IMPORTS = "/api/oneapi/v1/job-imports"


@pytest.fixture
def at(fleet):
    return lambda path: f"/fleetcontrol/{fleet.pk}/{path}"


@pytest.fixture
def both(manager, other_fleet):
    """The manager belongs to the other fleet, too: its rows must not cross into this one."""
    FleetMembershipFactory(user=manager, fleet=other_fleet, role="MANAGER")
    return other_fleet


# --- rows of another fleet -------------------------------------------------------------------------------------------
def test_a_shared_view_of_another_fleet_is_in_no_menu(
    manager_client, manager, at, both, outside_manager
):
    url = at("jobs/installation/views/")
    manager_client.post(url, {"name": "Of this fleet", "shared": "on", "query": ""})
    mine = SavedView.objects.get()
    for owner, name in ((outside_manager, "Theirs shared"), (manager, "Mine elsewhere")):
        about = {"user": owner, "fleet": both, "table": mine.table, "name": name}
        SavedView.objects.create(**about, shared=True, query="")
    page = manager_client.get(url).content.decode()

    assert "Of this fleet" in page
    assert "Theirs shared" not in page
    assert "Mine elsewhere" not in page


def test_a_bulk_run_of_another_fleet_is_not_found_in_this_one(manager_client, manager, at, both):
    JobFactory(by=manager, fleet=both)
    theirs = Job.objects.filter(fleet=both)
    run = BulkRun.objects.begin("DELETE", theirs, fleet=both, by=manager, total=1)

    assert manager_client.get(f"/fleetcontrol/{both.pk}/jobs/bulk/{run.pk}/").status_code == 200
    assert manager_client.get(at(f"jobs/bulk/{run.pk}/")).status_code == 404


def test_the_suggestions_for_a_unit_have_none_of_another_fleet(manager_client, manager, at, both):
    mine = UnitFactory(fleet_id=at("").split("/")[2], qnr="0BE1000000000001")
    theirs = UnitFactory(fleet=both, qnr="0BE1000000000002")
    their_job = JobFactory(by=manager, fleet=both)
    url = at("jobs/new/options/units/")
    for query in (
        {"unit": "0BE1"},
        {"planned_unit": "0BE1", "kind": "INSTALLATION"},
        {"planned_unit": "0BE1", "kind": "INSTALLATION", "job": their_job.pk},
    ):
        found = manager_client.get(url, query).content.decode()
        assert mine.pk in found, query
        assert theirs.pk not in found, query


# --- machines --------------------------------------------------------------------------------------------------------
@pytest.fixture
def machine(fleet, fleet_admin):
    rights = ["jobs:read", "jobs:write"]
    return ApiClient.objects.issue(
        fleet=fleet, name="sync", scopes=rights, by=fleet_admin, client_id="sync"
    )


def test_a_token_that_is_narrower_than_its_client_stays_so(client, machine):
    form = {"grant_type": "client_credentials", "scope": "jobs:read"}
    token = client.post(TOKEN, form, headers=basic("sync", machine[1])).json()["access_token"]
    api = APIClient(headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "one"})
    answer = api.post(IMPORTS, {}, format="multipart")

    assert (answer.status_code, answer.json()["code"]) == (403, "missing_permissions")


@pytest.mark.parametrize(
    "grant",
    [
        "urn:ietf:params:oauth:grant-type:device_code",
        "authorization_code",
        "refresh_token",
        "password",
        "CLIENT_CREDENTIALS",
        "",
        None,
    ],
)
def test_the_token_endpoint_knows_one_grant_whatever_a_client_is_allowed(client, machine, grant):
    """Also where somebody has widened the row of the client."""
    row = machine[0].client
    row.set_grant_types(["client_credentials", "refresh_token", "authorization_code"])
    row.save()
    form = {"scope": "jobs:read", "code": "x", "refresh_token": "x", "device_code": "x"}
    sent = form if grant is None else form | {"grant_type": grant}
    answer = client.post(TOKEN, sent, headers=basic("sync", machine[1]))

    assert (answer.status_code, answer.json()) == (400, {"error": "unsupported_grant_type"})
    assert not Token.objects.exists()


# --- requests --------------------------------------------------------------------------------------------------------
def test_the_same_body_and_key_at_another_url_is_another_request(
    running_job, installer, installer_api, manager, partnership
):
    other = JobFactory(by=manager, fleet=running_job.fleet, custom_name="Other")
    other.assign(partnership.company, by=manager)
    other.take(by=installer)
    body, headers = json.dumps({"brand": "Audi"}), {"Idempotency-Key": "the-same"}

    def fill_in(job):
        return installer_api.patch(
            f"{ROOT}jobs/{job.pk}/fields/", body, content_type="application/json", headers=headers
        )

    assert fill_in(running_job).status_code == 200
    refused = fill_in(other)
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")
    other.refresh_from_db()
    assert other.brand == ""


def test_nobody_is_signed_out_at_an_invitation_by_another_site(manager, company, company_admin, db):
    company.invite(email="nora@example.com", role="INSTALLER", by=company_admin)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(manager)

    assert browser.post("/invitations/any-token/switch/").status_code == 403
    assert browser.get("/accounts/profile/").status_code == 200


# --- work ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("what", ["company", "reserved_for", "status"])
def test_a_take_writes_nothing_into_a_job_that_has_changed_since_it_was_read(
    assigned_job, installer, colleague, other_company, what
):
    """The change comes between the checks and the UPDATE, as without a lock it could."""
    changed = {
        "company": {"company": other_company},
        "reserved_for": {"reserved_for": colleague},
        "status": {"status": "PENDING", "company": None},
    }[what]
    seen = SimpleNamespace(updates=0)

    def overtake(execute, sql, params, many, context):
        if sql.startswith("UPDATE") and '"jobs_job"' in sql and not seen.updates:
            seen.updates += 1
            Job._base_manager.filter(pk=assigned_job.pk).update(**changed)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(overtake), pytest.raises(MoveRefused):
        assigned_job.take(by=installer)
    stored = Job._base_manager.get(pk=assigned_job.pk)
    assert seen.updates == 1
    assert (stored.status == "RUNNING", stored.assignee) == (False, None)


def test_an_access_is_over_where_the_partnership_is_no_longer_accepted(
    linked_job, installer_api, partnership
):
    """The row alone decides, also where nothing has ended the key."""
    url = f"{ROOT}vehicles/{linked_job.vehicle_id}/state/"
    assert VehicleAccess.objects.live().exists()
    assert installer_api.get(url).status_code == 200

    for status in ("DECLINED", "PENDING"):
        Partnership.objects.filter(pk=partnership.pk).update(status=status)
        assert not VehicleAccess.objects.live().exists()
        assert installer_api.get(url).status_code == 409


def test_nothing_is_handed_over_under_a_key_that_ends_just_before(db):
    """The unit still has the key, so it would act."""
    bench = Bench()
    command = queue(bench)

    def end_key(sender, command, **kwargs):
        Key.objects.filter(pk=command.key_id).update(ended_at=Now())

    handing_over.connect(end_key)
    try:
        command.run()
    finally:
        handing_over.disconnect(end_key)
    command.refresh_from_db()
    assert (command.status, command.error, command.sent_at) == ("REFUSED", "no_key", None)
    assert bench.acts() == []
