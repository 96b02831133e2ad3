"""The token endpoint tells a stranger nothing, and a suspended client gets no token."""

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher

from accounts.models import ApiClient
from tests.accounts.test_api_client import TOKEN, basic

hashed: list[str] = []


class CountingHasher(MD5PasswordHasher):
    def encode(self, password, salt):
        hashed.append(password)
        return super().encode(password, salt)


@pytest.fixture
def issued(fleet, fleet_admin, settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher", "accounts.secrets.SecretHasher"]
    found = ApiClient.objects.issue(
        fleet=fleet, name="sync", scopes=["vehicles:read"], by=fleet_admin, client_id="known"
    )
    hashed.clear()
    return found


def ask(client, client_id: str, secret: str):
    form = {"grant_type": "client_credentials"}
    return client.post(TOKEN, form, headers=basic(client_id, secret))


@pytest.mark.parametrize("client_id", ["known", "unknown", "known\0", "k" * 500])
def test_neither_an_unknown_client_nor_a_wrong_secret_costs_work(client, issued, client_id):
    answer = ask(client, client_id, "wrong")

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert hashed == []


@pytest.mark.parametrize("client_id", ["known", "unknown"])
def test_without_a_secret_no_client_costs_any_work(client, issued, client_id):
    assert ask(client, client_id, "").status_code == 401
    assert hashed == []


# --- where the credentials are ---------------------------------------------------------------------------------------
def in_form(client_id: str, secret: str) -> dict[str, str]:
    return {"client_id": client_id, "client_secret": secret}


GRANT = {"grant_type": "client_credentials"}


def test_a_client_sends_its_credentials_in_the_form_too(client, issued):
    api_client, secret = issued
    answer = client.post(TOKEN, GRANT | in_form("known", secret))
    assert (answer.status_code, answer.json()["token_type"]) == (200, "Bearer")
    assert answer["Cache-Control"] == "no-store"
    assert api_client.client.token_set.count() == 1


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"client_id": "known"},
        in_form("known", "wrong"),
        in_form("unknown", "wrong"),
        in_form("known\0", "wrong"),
    ],
)
def test_wrong_credentials_in_the_form_are_refused_as_those_in_the_header(client, issued, given):
    answer = client.post(TOKEN, GRANT | given)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert answer["WWW-Authenticate"] == 'Basic realm="OneAPI"'
    assert hashed == []


def test_a_wrong_secret_in_the_header_is_answered_with_the_scheme_that_is_expected(client, issued):
    assert ask(client, "known", "wrong")["WWW-Authenticate"] == 'Basic realm="OneAPI"'


def test_a_suspended_client_gets_no_token_by_the_form_either(client, issued):
    api_client, secret = issued
    api_client.suspend()
    assert client.post(TOKEN, GRANT | in_form("known", secret)).status_code == 401
    assert not api_client.client.token_set.exists()


def test_the_grant_type_may_be_in_the_query_string(client, issued):
    secret = issued[1]
    path = f"{TOKEN}?grant_type=client_credentials"
    assert client.post(path, headers=basic("known", secret)).status_code == 200
    assert client.post(path, in_form("known", secret)).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "client_id=known",
        "client_secret={secret}",
        "client_id=known&client_secret={secret}",
        "grant_type=client_credentials",
        "scope=vehicles:read",
    ],
)
def test_nothing_else_may_and_nothing_twice(client, issued, query):
    path = f"{TOKEN}?{query.format(secret=issued[1])}"
    answer = client.post(path, GRANT | in_form("known", issued[1]))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("form", [in_form("known", "x"), {"client_id": "other"}])
def test_a_request_has_one_set_of_credentials(client, issued, form):
    answer = client.post(TOKEN, GRANT | form, headers=basic("known", issued[1]))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_a_header_that_names_its_client_in_the_form_too_is_answered(client, issued):
    form = GRANT | {"client_id": "known"}
    assert client.post(TOKEN, form, headers=basic("known", issued[1])).status_code == 200


def test_an_ip_address_that_tries_many_clients_is_slowed_down_before_anything_is_hashed(
    client, issued
):
    """An old secret is the one that costs work."""
    api_client, secret = issued
    api_client.client.set_secret(secret)
    api_client.client.save()
    for number in range(120):
        client.post(TOKEN, GRANT | in_form(f"client-{number}", "wrong"))
    hashed.clear()
    answer = client.post(TOKEN, GRANT | in_form("known", secret))
    assert (answer.status_code, answer.json()["error"]) == (429, "slow_down")
    assert int(answer["Retry-After"]) > 0
    assert hashed == []


@pytest.mark.parametrize("what", ["client", "fleet", "provider"])
def test_a_client_gets_no_token_while_anything_above_it_is_suspended(client, issued, fleet, what):
    api_client, secret = issued
    row = {"client": api_client, "fleet": fleet, "provider": fleet.provider}[what]
    assert ask(client, "known", secret).status_code == 200

    row.suspend()
    refused = ask(client, "known", secret)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert "access_token" not in refused.json()
    row.reinstate()
    assert ask(client, "known", secret).status_code == 200


def test_a_secret_of_an_earlier_version_still_works_and_is_upgraded(client, issued):
    api_client, secret = issued
    api_client.client.set_secret(secret)
    api_client.client.save()
    assert ask(client, "known", "wrong").status_code == 401
    assert ask(client, "known", secret).status_code == 200
    api_client.client.refresh_from_db()
    assert api_client.client.secret.startswith("sha256$")
    assert secret not in api_client.client.secret
    assert ask(client, "known", secret).status_code == 200
