"""Signing in to the app with a second factor, over HTTP from the first request to the first job list."""

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.utils import timezone

from accounts.models import FleetMembership
from tests.accounts.passkey import Passkey
from tests.factories.accounts import PASSWORD, FleetMembershipFactory

APP = "/_allauth/app/v1/"
API = "/api/smartcontrol/v1/"

# The library answers some requests after the commit.
pytestmark = pytest.mark.django_db(transaction=True)


class App:
    """The app in a person's hand: it keeps the last session token that it was given."""

    def __init__(self, user):
        self.user = user
        self.token = None

    def send(self, method: str, path: str, data=None):
        headers = {"X-Session-Token": self.token} if self.token else {}
        kwargs = {"content_type": "application/json"} if method == "post" else {}
        response = getattr(Client(), method)(path, data, headers=headers, **kwargs)
        if path.startswith(APP):
            self.token = response.json().get("meta", {}).get("session_token") or self.token
        return response

    def get(self, path: str):
        return self.send("get", APP + path)

    def post(self, path: str, data: dict):
        return self.send("post", APP + path, data)

    def sign_in(self):
        self.token = None
        return self.post("auth/login", {"email": self.user.email, "password": PASSWORD})

    def sign_in_and_confirm(self):
        """Adding a factor asks for the password once more."""
        self.sign_in()
        assert self.post("auth/reauthenticate", {"password": PASSWORD}).status_code == 200

    def jobs(self) -> int:
        return self.send("get", f"{API}jobs/").status_code


class Totp:
    def __init__(self, app):
        self.app = app
        self.secret = app.get("account/authenticators/totp").json()["meta"]["secret"]
        assert app.post("account/authenticators/totp", {"code": self.code()}).status_code == 200

    def code(self) -> str:
        now = int(timezone.now().timestamp())
        return totp.format_hotp_value(totp.hotp_value(self.secret, now // 30))

    def answer(self):
        return self.app.post("auth/2fa/authenticate", {"code": self.code()})


class RecoveryCode(Totp):
    def __init__(self, app):
        super().__init__(app)
        codes = app.get("account/authenticators/recovery-codes").json()["data"]["unused_codes"]
        self.recovery_code = codes[0]

    def answer(self):
        return self.app.post("auth/2fa/authenticate", {"code": self.recovery_code})


class SecondFactorPasskey:
    def __init__(self, app):
        self.app = app
        self.passkey = Passkey()
        options = app.get("account/authenticators/webauthn").json()["data"]["creation_options"]
        added = {"name": "Phone", "credential": self.passkey.create(options)}
        assert app.post("account/authenticators/webauthn", added).status_code == 200

    def answer(self):
        options = self.app.get("auth/webauthn/authenticate").json()["data"]["request_options"]
        return self.app.post(
            "auth/webauthn/authenticate", {"credential": self.passkey.get(options)}
        )


FACTORS = {"totp": Totp, "recovery code": RecoveryCode, "passkey": SecondFactorPasskey}


def later():
    """A code is accepted once, so the next sign-in comes with the next code."""
    return time_machine.travel(timezone.now() + timedelta(minutes=1), tick=True)


@pytest.mark.parametrize("factor", FACTORS)
def test_each_second_factor_signs_in_to_the_app(factor, installer, assigned_job):
    app = App(installer)
    app.sign_in_and_confirm()
    second = FACTORS[factor](app)

    with later():
        asked = app.sign_in()
        assert asked.status_code == 401
        pending = [flow["id"] for flow in asked.json()["data"]["flows"] if flow.get("is_pending")]
        assert pending == ["mfa_authenticate"]
        assert app.jobs() == 401, "the password alone opens nothing"
        answer = second.answer()

        assert (answer.status_code, answer.json()["data"]["user"]["email"]) == (
            200,
            installer.email,
        )
        assert app.jobs() == 200


@pytest.mark.parametrize("factor", FACTORS)
def test_each_second_factor_signs_in_where_company_and_fleet_require_one(
    factor, installer, company, fleet
):
    FleetMembershipFactory(user=installer, fleet=fleet, role=FleetMembership.Role.MANAGER)
    for team in (company, fleet):
        type(team).objects.filter(pk=team.pk).update(require_second_factor=True)
    app = App(installer)
    app.sign_in_and_confirm()
    assert app.jobs() == 403
    second = FACTORS[factor](app)

    with later():
        app.sign_in()
        assert second.answer().status_code == 200
        assert app.jobs() == 200


def test_a_passkey_alone_signs_in_to_the_app(installer):
    app = App(installer)
    app.sign_in_and_confirm()
    passkey = Passkey()
    options = app.get("account/authenticators/webauthn?passwordless").json()["data"][
        "creation_options"
    ]
    app.post(
        "account/authenticators/webauthn", {"name": "Phone", "credential": passkey.create(options)}
    )

    app.token = None
    options = app.get("auth/webauthn/login").json()["data"]["request_options"]
    answer = app.post("auth/webauthn/login", {"credential": passkey.get(options)})

    assert answer.status_code == 200
    assert app.jobs() == 200


@pytest.mark.parametrize("code", ["000000", "", "wrong"])
def test_a_wrong_code_signs_nobody_in(code, installer):
    app = App(installer)
    app.sign_in_and_confirm()
    Totp(app)

    with later():
        app.sign_in()
        assert app.post("auth/2fa/authenticate", {"code": code}).status_code == 400
        assert app.jobs() == 401


def test_an_unknown_token_is_gone(installer):
    app = App(installer)
    app.token = "a" * 32
    assert app.get("auth/session").status_code == 410
    assert app.jobs() == 401


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_an_account_has_no_phone_number_for_any_reader(method, installer):
    app = App(installer)
    assert app.send(method, f"{APP}account/phone").status_code == 404
    app.sign_in()
    assert app.send(method, f"{APP}account/phone").status_code == 404
