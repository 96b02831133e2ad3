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
