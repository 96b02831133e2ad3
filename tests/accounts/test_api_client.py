"""Machines of a fleet: their secret, their token, and the end of both."""

import base64
import io
from datetime import timedelta

import pytest
import time_machine
from django.test import RequestFactory
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.authentication import ApiClientAuthentication
from accounts.models import ApiClient, Fleet
from core.errors import NotAllowed
from tests.accounts.test_admin import act, address

TOKEN = "/oauth/token"


@pytest.fixture
def issued(fleet, fleet_admin):
    return ApiClient.objects.issue(
        fleet=fleet,
        name="sync",
        scopes=["vehicles:read"],
        by=fleet_admin,
        client_id="appdrive-demo",
    )


def basic(client_id: str, secret: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}


def ask(client, secret: str, grant: str = "client_credentials"):
    return client.post(TOKEN, {"grant_type": grant}, headers=basic("appdrive-demo", secret))


def authenticate(token: str):
    request = RequestFactory().get(
        "/api/oneapi/v1/vehicles", headers={"authorization": f"Bearer {token}"}
    )
    return ApiClientAuthentication().authenticate(Request(request))


def test_a_secret_buys_a_token_for_15_minutes(client, issued, fleet):
    answer = ask(client, issued[1])
    assert answer.status_code == 200, answer.content
    assert answer.json()["expires_in"] == 900
    principal, token = authenticate(answer.json()["access_token"])
    assert (principal, principal.fleet, principal.principal) == (
        issued[0],
        fleet,
        "client:appdrive-demo",
    )
    assert token.get_scopes() == ["vehicles:read"]


def test_a_wrong_secret_buys_nothing(client, issued):
    assert ask(client, "wrong").status_code == 401


@pytest.mark.parametrize("grant", ["password", "authorization_code", "refresh_token", ""])
def test_only_client_credentials_are_granted(client, issued, grant):
    assert ask(client, issued[1], grant).status_code == 400


def test_a_revoked_client_is_out_at_once(client, issued, fleet_admin):
    token = ask(client, issued[1]).json()["access_token"]
    issued[0].revoke(by=fleet_admin)
    with pytest.raises(AuthenticationFailed):
        authenticate(token)
    assert ask(client, issued[1]).status_code == 401


def test_the_client_of_a_suspended_fleet_is_out_at_once(client, issued, fleet):
    token = ask(client, issued[1]).json()["access_token"]
    Fleet.objects.filter(pk=fleet.pk).update(suspended_at=fleet.created_at)
    with pytest.raises(AuthenticationFailed):
        authenticate(token)


@pytest.mark.parametrize("what", ["client", "fleet", "provider"])
def test_a_suspended_client_gets_no_token_with_the_right_secret(client, issued, fleet, what):
    row = {"client": issued[0], "fleet": fleet, "provider": fleet.provider}[what]
    type(row).objects.filter(pk=row.pk).update(suspended_at=fleet.created_at)
    answer = ask(client, issued[1])
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
    assert not issued[0].client.token_set.exists()


@pytest.mark.parametrize("token", ["", "x", "x" * 500])
def test_a_made_up_token_is_nobody(db, token):
    if not token:
        assert authenticate(token) is None
        return
    with pytest.raises(AuthenticationFailed):
        authenticate(token)


def test_asking_too_often_is_told_to_slow_down(client, issued):
    answers = [client.post(TOKEN, {"grant_type": "password"}) for _ in range(31)]
    assert (answers[-1].status_code, answers[-1]["Retry-After"]) == (429, "60")
    assert answers[0].status_code == 400


@pytest.mark.parametrize("who", ["manager", "viewer", "outside_manager", "company_admin"])
def test_only_the_fleets_admins_issue_and_revoke(request, issued, fleet, who):
    by = request.getfixturevalue(who)
    with pytest.raises(NotAllowed):
        ApiClient.objects.issue(fleet=fleet, name="mine", scopes=[], by=by)
    with pytest.raises(NotAllowed):
        issued[0].revoke(by=by)


def test_a_client_sees_its_own_fleet_alone(issued, fleet, other_fleet):
    assert list(Fleet.objects.visible_to(issued[0])) == [fleet]


# --- made by operators ------------------------------------------------------------------------------------------------
FORM = {"name": "AppDrive sync", "rights": ["jobs:read", "jobs:write"]}


@pytest.fixture
def issue_by_form(operator_client, fleet):
    def post(**told):
        return operator_client.post(address(ApiClient, "add"), FORM | {"fleet": fleet.pk} | told)

    return post


def test_an_operator_issues_a_client_that_imports_jobs(
    issue_by_form, operator, client, fleet, operator_client
):
    page = issue_by_form()
    issued = ApiClient.objects.get()
    assert (issued.fleet, issued.created_by, issued.rights) == (
        fleet,
        operator,
        ["jobs:read", "jobs:write"],
    )
    secret = page.context["issued"].secret
    assert secret in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    again = operator_client.get(address(ApiClient, "change", issued.pk)).content.decode()
    assert issued.client_id in again
    assert "Create and change jobs" in again
    assert secret not in again

    told = client.post(
        TOKEN, {"grant_type": "client_credentials"}, headers=basic(issued.client_id, secret)
    )
    file = io.BytesIO(b"custom_name\nOne\n")
    file.name = "jobs.csv"
    headers = {"authorization": f"Bearer {told.json()['access_token']}", "idempotency-key": "first"}
    answer = client.post("/api/oneapi/v1/job-imports", {"file": file}, headers=headers)
    assert (answer.status_code, answer.json()["created"]) == (201, 1)
    assert fleet.jobs.get().job_import.client == issued


def test_the_fleet_reads_who_let_a_machine_in_and_out(
    issue_by_form, operator, operator_client, fleet
):
    issue_by_form()
    act(operator_client, "revoke", ApiClient.objects.get())
    acts = fleet.operator_actions.order_by("id").values_list(
        "operator", "what", "subject", "details"
    )
    assert list(acts) == [
        (operator.pk, "ADD", "AppDrive sync", "Read jobs, Create and change jobs"),
        (operator.pk, "REVOKE", "AppDrive sync", ""),
    ]


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ({"rights": []}, "rights"),
        ({"rights": ["jobs:all"]}, "rights"),
        ({"name": ""}, "name"),
        ({"fleet": "0"}, "fleet"),
    ],
)
def test_a_client_without_fleet_name_or_known_rights_is_not_issued(issue_by_form, told, wrong):
    assert set(issue_by_form(**told).context["adminform"].form.errors) == {wrong}
    assert not ApiClient.objects.exists()


def test_a_name_is_free_again_once_its_client_is_revoked(issue_by_form, operator):
    issue_by_form()
    assert set(issue_by_form().context["adminform"].form.errors) == {"name"}
    ApiClient.objects.get().revoke(by=operator)
    issue_by_form()
    assert ApiClient.objects.working().count() == 1


def test_nobody_but_operators_issues_in_the_admin(fleet_admin_client, fleet):
    assert fleet_admin_client.post(
        address(ApiClient, "add"), FORM | {"fleet": fleet.pk}
    ).status_code in (302, 403)
    assert not ApiClient.objects.exists()


def test_an_operator_changes_name_rights_and_addresses_of_a_client(
    issue_by_form, operator_client, fleet, client
):
    secret = issue_by_form().context["issued"].secret
    issued = ApiClient.objects.get()
    page = operator_client.get(address(ApiClient, "change", issued.pk))
    assert page.context["adminform"].form.initial["rights"] == ["jobs:read", "jobs:write"]
    form = {"name": "Booking", "rights": ["vehicles:read"], "allowed_addresses": "192.0.2.7/24"}
    saved = operator_client.post(address(ApiClient, "change", issued.pk), form)
    assert saved.status_code == 302
    issued = ApiClient.objects.get()
    assert (issued.name, issued.rights, issued.fleet) == ("Booking", ["vehicles:read"], fleet)
    assert issued.allowed_addresses == ["192.0.2.0/24"]
    grant = {"grant_type": "client_credentials"}
    headers = basic(issued.client_id, secret)
    assert client.post(TOKEN, grant, headers=headers).status_code == 401
    assert client.post(TOKEN, grant, headers=headers, REMOTE_ADDR="192.0.2.9").status_code == 200
    recorded = fleet.operator_actions.filter(what="CHANGE").get()
    assert (recorded.subject, recorded.details) == ("Booking", "Name, Rights, Allowed IP addresses")


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"name": "taken"}, "name"),
        ({"rights": []}, "rights"),
        ({"allowed_addresses": "here"}, "allowed_addresses"),
    ],
)
def test_a_wrong_change_by_an_operator_is_named_at_its_field(
    issue_by_form, operator_client, given, wrong
):
    issue_by_form(name="taken")
    issue_by_form()
    issued = ApiClient.objects.get(name="AppDrive sync")
    page = operator_client.post(address(ApiClient, "change", issued.pk), FORM | given)
    assert set(page.context["adminform"].form.errors) == {wrong}


def test_an_operator_gives_a_new_secret_and_the_former_goes_on_for_a_day(
    issue_by_form, operator_client, client
):
    former = issue_by_form().context["issued"].secret
    issued = ApiClient.objects.get()
    page = act(operator_client, "renew_secret_beside", issued)
    secret = page.context["issued"].secret
    grant = {"grant_type": "client_credentials"}
    for one in (former, secret):
        assert client.post(TOKEN, grant, headers=basic(issued.client_id, one)).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(hours=24, seconds=1), tick=True):
        headers = basic(issued.client_id, former)
        assert client.post(TOKEN, grant, headers=headers).status_code == 401
    act(operator_client, "renew_secret", issued)
    headers = basic(issued.client_id, secret)
    assert client.post(TOKEN, grant, headers=headers).status_code == 401


def test_a_revoked_client_is_shown_to_operators_and_not_changed(
    issue_by_form, operator_client, operator
):
    issue_by_form()
    issued = ApiClient.objects.get()
    issued.revoke(by=operator)
    path = address(ApiClient, "change", issued.pk)
    assert "Create and change jobs" in operator_client.get(path).content.decode()
    assert operator_client.post(path, FORM | {"name": "Other"}).status_code == 403
