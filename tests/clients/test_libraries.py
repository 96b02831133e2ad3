"""Libraries for OAuth 2 that programs use get their token from OneAPI as they are, over TLS, and call an operation."""

import ssl
from collections.abc import Iterator

import pytest
import requests
from authlib.integrations.httpx_client import OAuth2Client
from authlib.integrations.requests_client import OAuth2Session as AuthlibSession
from oauthlib.oauth2 import BackendApplicationClient, InvalidClientError
from requests_oauthlib import OAuth2Session

from accounts.models import ApiClient
from tests.clients.https import Secure, https_server
from tests.factories.telematics import VehicleFactory

VEHICLES = "/api/oneapi/v1/vehicles"
BASIC = "client_secret_basic"
POST = "client_secret_post"

pytestmark = [pytest.mark.process, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def server(transactional_db, tmp_path, monkeypatch) -> Iterator[Secure]:
    """The libraries trust its authority as on any machine: `requests` by its variable, httpx by a context."""
    with https_server(tmp_path / "certificates") as secure:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", secure.authority)
        yield secure


@pytest.fixture
def credentials(fleet, fleet_admin) -> tuple[str, str]:
    issued, secret = ApiClient.objects.issue(
        fleet=fleet, name="Booking", scopes=["vehicles:read"], by=fleet_admin
    )
    return issued.client_id, secret


@pytest.fixture
def vehicle(fleet):
    return VehicleFactory(fleet=fleet)


def listed(answer) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [vehicle["vehicle_id"] for vehicle in answer.json()["results"]]


def assert_usable(token: dict) -> None:
    assert (token["token_type"].lower(), token["expires_in"]) == ("bearer", 900)
    assert token["scope"] in ("vehicles:read", ["vehicles:read"])


@pytest.mark.parametrize("method", [BASIC, POST])
def test_authlib_with_requests_gets_its_token_and_calls(server, credentials, vehicle, method):
    session = AuthlibSession(*credentials, token_endpoint_auth_method=method)
    url = f"{server.url}/oauth/token"
    assert_usable(session.fetch_token(url, grant_type="client_credentials"))
    assert listed(session.get(server.url + VEHICLES)) == [vehicle.pk]


@pytest.mark.parametrize("method", [BASIC, POST])
def test_authlib_with_httpx_gets_its_token_and_calls(server, credentials, vehicle, method):
    trust = ssl.create_default_context(cafile=server.authority)
    with OAuth2Client(*credentials, token_endpoint_auth_method=method, verify=trust) as session:
        url = f"{server.url}/oauth/token"
        assert_usable(session.fetch_token(url, grant_type="client_credentials"))
        assert listed(session.get(server.url + VEHICLES)) == [vehicle.pk]


def test_authlib_gets_the_next_token_by_itself_when_one_has_ended(server, credentials, vehicle):
    session = AuthlibSession(
        *credentials,
        token_endpoint=f"{server.url}/oauth/token",
        grant_type="client_credentials",
        token={"access_token": "ended", "token_type": "Bearer", "expires_at": 1},
    )
    assert listed(session.get(server.url + VEHICLES)) == [vehicle.pk]


@pytest.mark.parametrize("in_the_form", [False, True], ids=[BASIC, POST])
def test_requests_oauthlib_gets_its_token_and_calls(server, credentials, vehicle, in_the_form):
    client_id, secret = credentials
    session = OAuth2Session(client=BackendApplicationClient(client_id))
    token = session.fetch_token(
        f"{server.url}/oauth/token",
        client_id=client_id,
        client_secret=secret,
        include_client_id=in_the_form,
    )
    assert_usable(token)
    assert listed(session.get(server.url + VEHICLES)) == [vehicle.pk]


def test_a_library_understands_that_a_secret_is_wrong(server, credentials):
    client_id, _secret = credentials
    session = OAuth2Session(client=BackendApplicationClient(client_id))
    with pytest.raises(InvalidClientError):
        session.fetch_token(
            f"{server.url}/oauth/token",
            client_id=client_id,
            client_secret="wrong",
        )


def test_a_client_that_does_not_trust_the_authority_gets_no_connection(server, monkeypatch):
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(server.url, timeout=10)
