"""SECRET_KEY is replaced while people work: what it has signed stays valid while the former key is a fallback."""

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings as now
from django.test import Client

from accounts.models import ApiClient
from accounts.sign_in.devices import COOKIE, device_of
from core.models import AnsweredRequest, Mail
from jobs.notifications.preference import unsubscribe_path
from tests.accounts.test_api_client import basic
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.django_db
NEW = "the-key-that-follows-0123456789-abcdefghijklm-nopqrst"
ME = "/api/smartcontrol/v1/me/"
PROFILE = "/accounts/profile/"


@pytest.fixture
def rotate(settings):
    """Put a new key before the old one, or without it."""
    former = now.SECRET_KEY

    def to_new(*, keep: bool) -> None:
        settings.SECRET_KEY = NEW
        settings.SECRET_KEY_FALLBACKS = [former] if keep else []

    return to_new


@pytest.fixture
def website(installer) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": installer.email, "password": PASSWORD})
    return client


@pytest.fixture
def token(installer) -> str:
    about = {"email": installer.email, "password": PASSWORD}
    answer = Client().post("/_allauth/app/v1/auth/login", about, content_type="application/json")
    return answer.json()["meta"]["session_token"]


def read_by_app(token: str) -> int:
    return Client().get(ME, headers={"X-Session-Token": token}).status_code


def test_nobody_is_signed_out(rotate, website, token):
    before = set(UserSession.objects.values_list("session_key", flat=True))
    rotate(keep=True)

    for _time in range(2):
        assert website.get(PROFILE).status_code == 200
        assert read_by_app(token) == 200
    assert set(UserSession.objects.values_list("session_key", flat=True)) == before
    assert website.session.session_key in before, "the list of sessions still leads to it"


def test_a_session_that_was_used_meanwhile_needs_the_former_key_no_longer(rotate, website, token):
    rotate(keep=True)
    website.get(PROFILE)
    read_by_app(token)
    rotate(keep=False)

    assert website.get(PROFILE).status_code == 200
    assert read_by_app(token) == 200


def test_reading_the_list_of_sessions_signs_nobody_out(rotate, website, token):
    other = Client()
    other.cookies["sessionid"] = website.cookies["sessionid"].value
    rotate(keep=True)

    assert website.get("/accounts/sessions/").status_code == 200
    assert other.get(PROFILE).status_code == 200
    assert read_by_app(token) == 200


def test_without_the_former_key_everybody_signs_in_again(rotate, website, token):
    rotate(keep=False)

    assert website.get(PROFILE).status_code == 302
    assert read_by_app(token) == 401


def test_a_session_with_another_password_is_not_signed_again(rotate, website, installer):
    installer.set_password("Ein anderes Pferd 8")
    installer.save()
    rotate(keep=True)

    assert website.get(PROFILE).status_code == 302


@pytest.mark.parametrize(("keep", "status"), [(True, 200), (False, 404)])
def test_links_that_are_signed_last_as_long_as_their_key(rotate, manager, keep, status):
    stop = unsubscribe_path(manager, "FAILED")
    rotate(keep=keep)

    assert Client().get(stop).status_code == status


@pytest.mark.parametrize(("keep", "status"), [(True, 302), (False, 200)])
def test_a_link_to_reset_a_password_lasts_as_long_as_its_key(rotate, installer, keep, status):
    Client().post("/accounts/password/reset/", {"email": installer.email})
    path = Mail.objects.filter(to=installer.email).first().context["path"]
    rotate(keep=keep)

    assert Client().get(path).status_code == status


def test_invitations_tokens_and_answers_need_no_key(
    rotate, company, company_admin, fleet, fleet_admin, token_of, installer
):
    company.invite(email="nora@example.com", role="INSTALLER", by=company_admin)
    link = f"/invitations/{token_of('nora@example.com')}/"
    client, secret = ApiClient.objects.issue(
        fleet=fleet, name="sync", scopes=["vehicles:read"], by=fleet_admin
    )
    grant = {"grant_type": "client_credentials"}
    headers = basic(client.client_id, secret)
    bearer = Client().post("/oauth/token", grant, headers=headers).json()["access_token"]
    AnsweredRequest.objects.create(principal=installer.principal, key="k", body_hash="h")
    rotate(keep=False)

    assert Client().get(link).status_code == 200
    called = Client().get("/api/oneapi/v1/vehicles", headers={"Authorization": f"Bearer {bearer}"})
    assert called.status_code == 200
    assert Client().post("/oauth/token", grant, headers=headers).status_code == 200
    assert AnsweredRequest.objects.given_before(installer.principal, "k").recall("h")


def test_a_known_device_stays_known(rotate, website, installer):
    rotate(keep=True)
    request = website.get(PROFILE).wsgi_request
    assert COOKIE in request.COOKIES
    assert device_of(request).knows(installer.email)

    rotate(keep=False)
    assert device_of(request) is None
