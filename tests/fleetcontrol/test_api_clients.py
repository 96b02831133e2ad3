"""*Settings ▸ API clients*: who may, the secret that is shown once, and what the calls leave behind."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import ApiCall, ApiClient
from accounts.models.api_call import KEPT_CALLS
from tests.accounts.test_api_client import TOKEN, basic

FORM = {"name": "Booking", "rights": ["jobs:read"], "allowed_addresses": ""}
ROOT = "/api/oneapi/v1/"


@pytest.fixture
def issued(fleet, fleet_admin):
    return ApiClient.objects.issue(
        fleet=fleet, name="sync", scopes=["jobs:read", "jobs:write"], by=fleet_admin
    )


@pytest.fixture
def page_of(at, issued):
    return lambda part="": at(f"settings/api-clients/{issued[0].pk}/{part}")


def ask(client, client_id, secret):
    form = {"grant_type": "client_credentials"}
    return client.post(TOKEN, form, headers=basic(client_id, secret))


def calls_with(token: str):
    return APIClient(headers={"Authorization": f"Bearer {token}"})


def test_an_admin_creates_a_client_and_sees_its_secret_once(fleet_admin_client, at, client, fleet):
    page = fleet_admin_client.post(at("settings/api-clients/new/"), FORM)
    made = fleet.api_clients.get()
    secret = page.context["secret"]
    assert secret in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert ask(client, made.client_id, secret).status_code == 200
    for path in ("", f"{made.pk}/", f"{made.pk}/edit/"):
        later = fleet_admin_client.get(at(f"settings/api-clients/{path}")).content.decode()
        assert "Booking" in later
        assert secret not in later
    assert secret not in made.client.secret


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"name": ""}, "name"),
        ({"name": "sync"}, "name"),
        ({"rights": []}, "rights"),
        ({"rights": ["jobs:all"]}, "rights"),
        ({"allowed_addresses": "10.0.0.1\nhere"}, "allowed_addresses"),
    ],
)
def test_a_wrong_value_is_named_at_its_field(fleet_admin_client, at, issued, given, wrong):
    page = fleet_admin_client.post(at("settings/api-clients/new/"), FORM | given)
    assert set(page.context["form"].errors) == {wrong}
    assert ApiClient.objects.count() == 1


def test_nobody_but_admins_of_the_fleet_reads_or_changes_a_client(
    page_of, at, manager_client, viewer_client, outside_manager_client, issued
):
    for path in (at("settings/api-clients/"), page_of(), page_of("secret/"), page_of("revoke/")):
        assert manager_client.get(path).status_code == 403
        assert viewer_client.get(path).status_code == 403
        assert outside_manager_client.get(path).status_code == 404
    assert manager_client.post(page_of("revoke/")).status_code == 403
    assert ApiClient.objects.working().count() == 1


def test_a_client_of_another_fleet_is_not_found_in_this_one(fleet_admin_client, at, other_fleet):
    theirs, _secret = ApiClient.objects.issue(
        fleet=other_fleet, name="theirs", scopes=["jobs:read"], by=None
    )
    for part in ("", "edit/", "secret/", "revoke/"):
        path = at(f"settings/api-clients/{theirs.pk}/{part}")
        assert fleet_admin_client.get(path).status_code == 404
        if part:
            assert fleet_admin_client.post(path).status_code == 404


def test_a_changed_right_counts_for_the_next_call(fleet_admin_client, page_of, issued, client):
    token = ask(client, issued[0].client_id, issued[1]).json()["access_token"]
    assert calls_with(token).get(f"{ROOT}jobs").status_code == 200
    changed = {"name": "Renamed", "rights": ["vehicles:read"], "allowed_addresses": ""}
    assert fleet_admin_client.post(page_of("edit/"), changed).status_code == 302
    issued[0].refresh_from_db()
    assert (issued[0].name, issued[0].rights) == ("Renamed", ["vehicles:read"])
    assert calls_with(token).get(f"{ROOT}jobs").json()["code"] == "missing_permissions"


def test_a_call_from_another_address_is_refused(fleet_admin_client, page_of, issued, client):
    token = ask(client, issued[0].client_id, issued[1]).json()["access_token"]
    form = {
        "name": "sync",
        "rights": ["jobs:read"],
        "allowed_addresses": "192.0.2.7/24\n2001:db8::1",
    }
    fleet_admin_client.post(page_of("edit/"), form)
    issued[0].refresh_from_db()
    assert issued[0].allowed_addresses == ["192.0.2.0/24", "2001:db8::1/128"]
    refused = calls_with(token).get(f"{ROOT}jobs")
    assert (refused.status_code, refused.json()["code"]) == (403, "address_not_allowed")
    assert ask(client, issued[0].client_id, issued[1]).status_code == 401
    allowed = calls_with(token).get(f"{ROOT}jobs", REMOTE_ADDR="192.0.2.99")
    assert allowed.status_code == 200


def test_a_new_secret_ends_the_former_one_with_its_tokens(
    fleet_admin_client, page_of, issued, client
):
    token = ask(client, issued[0].client_id, issued[1]).json()["access_token"]
    secret = fleet_admin_client.post(page_of("secret/"), {"former": "now"}).context["secret"]
    assert ask(client, issued[0].client_id, issued[1]).status_code == 401
    assert calls_with(token).get(f"{ROOT}jobs").status_code == 401
    assert ask(client, issued[0].client_id, secret).status_code == 200


def test_a_former_secret_can_go_on_for_24_hours(fleet_admin_client, page_of, issued, client):
    token = ask(client, issued[0].client_id, issued[1]).json()["access_token"]
    secret = fleet_admin_client.post(page_of("secret/"), {"former": "later"}).context["secret"]
    assert calls_with(token).get(f"{ROOT}jobs").status_code == 200
    for one in (secret, issued[1]):
        assert ask(client, issued[0].client_id, one).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(hours=24, seconds=1), tick=True):
        assert ask(client, issued[0].client_id, issued[1]).status_code == 401
        assert ask(client, issued[0].client_id, secret).status_code == 200
    newest = issued[0].renew_secret(by=None, keep_former=True)
    assert ask(client, issued[0].client_id, issued[1]).status_code == 401
    for one in (newest, secret):
        assert ask(client, issued[0].client_id, one).status_code == 200


def test_a_revoked_client_is_gone_from_the_page(fleet_admin_client, page_of, at, issued, client):
    assert fleet_admin_client.post(page_of("revoke/")).status_code == 302
    assert "sync" not in fleet_admin_client.get(at("settings/api-clients/")).content.decode()
    assert fleet_admin_client.get(page_of()).status_code == 404
    assert ask(client, issued[0].client_id, issued[1]).status_code == 401


# --- a form that is sent twice ----------------------------------------------------------------------------------------
def shown_with(client, path: str, form: dict) -> dict:
    page = client.get(path).content.decode()
    return form | {"shown_as": re.search(r'name="shown_as" value="(\w{26})"', page).group(1)}


def test_a_new_client_that_is_sent_twice_is_one_client(fleet_admin_client, at, fleet, client):
    path = at("settings/api-clients/new/")
    form = shown_with(fleet_admin_client, path, FORM)
    secret = fleet_admin_client.post(path, form).context["secret"]
    again = fleet_admin_client.post(path, form, follow=True)
    made = fleet.api_clients.get()
    assert again.redirect_chain == [(at(f"settings/api-clients/{made.pk}/"), 302)]
    assert "Its secret was shown once" in again.content.decode()
    assert ask(client, made.client_id, secret).status_code == 200


def test_a_new_secret_that_is_asked_for_twice_is_one_secret(
    fleet_admin_client, page_of, issued, client
):
    form = shown_with(fleet_admin_client, page_of("secret/"), {"former": "now"})
    secret = fleet_admin_client.post(page_of("secret/"), form).context["secret"]
    assert fleet_admin_client.post(page_of("secret/"), form).url == page_of()
    assert ask(client, issued[0].client_id, secret).status_code == 200


def test_an_edit_that_is_sent_twice_leaves_what_was_changed_in_between(
    fleet_admin_client, page_of, issued
):
    form = shown_with(fleet_admin_client, page_of("edit/"), FORM)
    assert fleet_admin_client.post(page_of("edit/"), form).status_code == 302
    issued[0].edit(by=None, name="Other", scopes=["vehicles:read"], allowed_addresses=[])
    assert fleet_admin_client.post(page_of("edit/"), form).url == page_of()
    issued[0].refresh_from_db()
    assert (issued[0].name, issued[0].rights) == ("Other", ["vehicles:read"])


def test_a_revocation_that_is_sent_twice_is_answered_in_the_same_way(
    fleet_admin_client, page_of, at
):
    answers = [fleet_admin_client.post(page_of("revoke/")).url for _n in range(2)]
    assert answers == [at("settings/api-clients/")] * 2


def test_the_page_shows_the_last_calls_with_flow_id_and_problem(
    fleet_admin_client, page_of, issued, client
):
    api = calls_with(ask(client, issued[0].client_id, issued[1]).json()["access_token"])
    api.get(f"{ROOT}jobs")
    refused = api.get(f"{ROOT}vehicles")
    page = fleet_admin_client.get(page_of())
    calls = [(call.method, call.path, call.status, call.code) for call in page.context["calls"]]
    assert calls == [
        ("GET", "/vehicles", 403, "missing_permissions"),
        ("GET", "/jobs", 200, ""),
    ]
    assert refused.json()["flow_id"] in page.content.decode()
    assert page.context["shown"]["calls_today"] == 2
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=True):
        assert fleet_admin_client.get(page_of()).context["shown"]["calls_today"] == 0


def test_only_the_last_calls_are_kept(issued):
    for number in range(KEPT_CALLS + 3):
        ApiCall.objects.record(issued[0], method="GET", path=f"/{number}", status=200)
    kept = [call.path for call in issued[0].calls.order_by("-at", "-slot")]
    assert (len(kept), kept[0]) == (KEPT_CALLS, f"/{KEPT_CALLS + 2}")
    assert issued[0].use.calls == KEPT_CALLS + 3
