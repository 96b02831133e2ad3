"""The logins of the demo world, whose password is known: outside demo mode none of them opens anything."""

import importlib

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.urls import reverse
from rest_framework.exceptions import AuthenticationFailed

from accounts.models import ApiClient, User
from core.errors import NotAllowed
from core.models import Mail
from tests.accounts.passkey import Passkey
from tests.accounts.test_api_client import ask, authenticate
from tests.accounts.test_app_sign_in import App, Totp, later
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def demo_mode(settings):
    settings.DEMO = True
    return settings


@pytest.fixture
def demo_installer(installer, demo_mode):
    User.objects.filter(pk=installer.pk).update(is_demo=True)
    return installer


@pytest.fixture
def demo_operator(operator, demo_mode):
    User.objects.filter(pk=operator.pk).update(is_demo=True)
    return operator


@pytest.fixture
def demo_client(fleet, fleet_admin, demo_mode):
    issued = ApiClient.objects.issue(
        fleet=fleet,
        name="sync",
        scopes=["vehicles:read"],
        by=fleet_admin,
        client_id="appdrive-demo",
    )
    ApiClient.objects.filter(pk=issued[0].pk).update(is_demo=True)
    return issued


def sign_in(user) -> Client:
    browser = Client()
    browser.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    return browser


def is_signed_in(browser: Client) -> bool:
    return browser.get(reverse("profile")).status_code == 200


# --- people -----------------------------------------------------------------------------------------------------------
def test_a_demo_login_signs_in_to_the_website_in_demo_mode_only(demo_installer, settings):
    assert is_signed_in(sign_in(demo_installer))

    settings.DEMO = False
    assert not is_signed_in(sign_in(demo_installer))


def test_a_session_from_demo_mode_ends_with_it(demo_installer, settings):
    browser = sign_in(demo_installer)

    settings.DEMO = False
    assert not is_signed_in(browser)


def test_the_demo_operator_enters_the_admin_site_in_demo_mode_only(demo_operator, settings):
    browser = sign_in(demo_operator)
    assert browser.get("/admin/").status_code == 200

    settings.DEMO = False
    assert browser.get("/admin/").status_code == 302
    assert sign_in(demo_operator).get("/admin/").status_code == 302


def test_a_demo_login_signs_in_to_the_app_in_demo_mode_only(demo_installer, settings):
    app = App(demo_installer)
    assert app.sign_in().status_code == 200
    assert app.jobs() == 200

    settings.DEMO = False
    assert app.jobs() == 401, "the token from before"
    assert app.sign_in().status_code == 401
    assert app.jobs() == 401


def test_a_demo_login_with_a_second_factor_is_not_asked_for_it_outside_demo_mode(
    demo_installer, settings
):
    app = App(demo_installer)
    app.sign_in_and_confirm()
    second = Totp(app)

    settings.DEMO = False
    with later():
        asked = app.sign_in()
        assert not [
            flow for flow in asked.json()["data"].get("flows", ()) if flow.get("is_pending")
        ]
        second.answer()
        assert app.jobs() == 401


def test_a_passkey_of_a_demo_login_opens_nothing_outside_demo_mode(demo_installer, settings):
    app = App(demo_installer)
    app.sign_in_and_confirm()
    passkey = Passkey()
    options = app.get("account/authenticators/webauthn?passwordless").json()["data"][
        "creation_options"
    ]
    app.post(
        "account/authenticators/webauthn", {"name": "Phone", "credential": passkey.create(options)}
    )

    settings.DEMO = False
    app.token = None
    options = app.get("auth/webauthn/login").json()["data"]["request_options"]
    assert app.post("auth/webauthn/login", {"credential": passkey.get(options)}).status_code == 401
    assert app.jobs() == 401


@pytest.mark.parametrize("mode", [True, False])
def test_the_password_of_a_demo_login_is_reset_in_demo_mode_only(
    client, demo_installer, settings, mode
):
    settings.DEMO = mode
    client.post(reverse("account_reset_password"), {"email": demo_installer.email})

    assert (
        Mail.objects.filter(to=demo_installer.email, template="mails/password_reset").exists()
        is mode
    )


def test_a_reset_link_from_demo_mode_signs_nobody_in(client, demo_installer, settings):
    client.post(reverse("account_reset_password"), {"email": demo_installer.email})
    link = Mail.objects.get(template="mails/password_reset").context["path"]

    settings.DEMO = False
    form = client.get(link, follow=True).request["PATH_INFO"]
    client.post(form, {"password1": "another-long-password", "password2": "another-long-password"})
    assert not is_signed_in(client)
    client.post(
        reverse("account_login"),
        {"login": demo_installer.email, "password": "another-long-password"},
    )
    assert not is_signed_in(client)


def test_other_people_sign_in_in_and_outside_demo_mode(installer, settings):
    for settings.DEMO in (True, False):
        assert is_signed_in(sign_in(installer))


# --- machines ---------------------------------------------------------------------------------------------------------
def test_a_client_of_the_demo_world_gets_and_uses_a_token_in_demo_mode_only(
    client, demo_client, fleet, settings
):
    api_client, secret = demo_client
    answer = ask(client, secret)
    assert answer.status_code == 200
    token = answer.json()["access_token"]
    assert authenticate(token)[0] == api_client

    settings.DEMO = False
    with pytest.raises(AuthenticationFailed):
        authenticate(token)
    assert ask(client, secret).status_code == 401
    with pytest.raises(NotAllowed), transaction.atomic():
        api_client.lock_membership(of=fleet)


def test_a_refused_client_leaves_no_token_behind(client, demo_client, settings):
    api_client, secret = demo_client
    settings.DEMO = False
    ask(client, secret)

    assert not api_client.client.token_set.exists()


# --- worlds from before the flag --------------------------------------------------------------------------------------
def test_logins_of_a_world_from_before_the_flag_get_it_by_the_migration(demo_client):
    ApiClient.objects.update(is_demo=False)
    known = UserFactory(email="operator@demo.example", is_staff=True, is_superuser=True)
    other = UserFactory(email="operator@fleet.example", is_staff=True, is_superuser=True)

    importlib.import_module("accounts.migrations.0009_demo_logins").flag(apps, None)

    assert User.objects.get(pk=known.pk).is_demo
    assert not User.objects.get(pk=other.pk).is_demo
    assert ApiClient.objects.get().is_demo
