"""Each sensitive change of an account is told by a mail, to the address that counted before it."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from core.models import Mail
from tests.factories.accounts import PASSWORD

# The library tells after the commit.
pytestmark = pytest.mark.django_db(transaction=True)
NEW = "installer.new@quickinstall.example"


@pytest.fixture
def website(installer):
    client = Client()
    client.post("/accounts/login/", {"login": installer.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def told(to: str) -> list[str]:
    rows = Mail.objects.filter(template="mails/security_notice", to=to).order_by("pk")
    return [mail.context["what"] for mail in rows]


def code_for(secret: str) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))


def add_app(website) -> None:
    website.get("/accounts/2fa/totp/activate/")
    code = code_for(website.session["mfa.totp.secret"])
    website.post("/accounts/2fa/totp/activate/", {"code": code})


@pytest.mark.parametrize(
    "page", ["2fa/totp/activate/", "2fa/webauthn/add/", "2fa/recovery-codes/generate/", "email/"]
)
def test_who_changes_how_he_signs_in_says_his_password_again(installer_client, installer, page):
    installer_client.post(f"/accounts/{page}", {"action_add": "", "email": NEW})
    assert installer_client.get(f"/accounts/{page}").status_code in (200, 302)
    assert not installer.authenticator_set.exists()
    assert not installer.emailaddress_set.filter(email=NEW).exists()


def test_the_password(website, installer):
    new = PASSWORD + "-new"
    website.post(
        "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    assert told(installer.email) == ["password_changed"]


def test_the_password_by_reset(client, installer):
    client.post("/accounts/password/reset/", {"email": installer.email})
    path = Mail.objects.get(template="mails/password_reset").context["path"]
    form = client.get(path, follow=True)
    client.post(
        form.redirect_chain[-1][0], {"password1": PASSWORD + "-new", "password2": PASSWORD + "-new"}
    )
    assert told(installer.email) == ["password_reset"]
    assert "_auth_user_id" not in client.session, "the link proves the mailbox, and signs nobody in"


def test_the_e_mail_is_told_to_the_old_one(website, installer):
    old = installer.email
    website.post("/accounts/email/", {"action_add": "", "email": NEW})
    path = Mail.objects.get(to=NEW, template="mails/email_confirmation").context["path"]
    assert installer.emailaddress_set.get(primary=True).email == old, (
        "it counts once it is verified"
    )
    website.post(path)
    installer.refresh_from_db()
    assert installer.email == NEW
    assert "email_changed" in told(old)


def test_an_authenticator_app_and_recovery_codes(website, installer):
    add_app(website)
    assert Authenticator.objects.filter(user=installer, type="totp").exists()
    assert told(installer.email) == ["totp_activated"]
    website.post("/accounts/2fa/recovery-codes/generate/")
    website.post("/accounts/2fa/totp/deactivate/")
    assert told(installer.email)[1:] == ["recovery_codes_generated", "totp_deactivated"]


def test_a_passkey_that_is_removed(website, installer, settings):
    """One that is added: a browser has to make it, in tests/browser/test_own_account.py."""
    settings.ZEAL_ALLOWLIST = [
        *settings.ZEAL_ALLOWLIST,
        {"model": "mfa.Authenticator"},
    ]  # the library asks twice
    key = installer.authenticator_set.create(
        type="webauthn", data={"name": "Phone", "credential": {}}
    )
    website.post(f"/accounts/2fa/webauthn/keys/{key.pk}/remove/")
    assert told(installer.email) == ["webauthn_removed"]


def test_whoever_has_a_second_factor_is_asked_for_it(website, installer):
    add_app(website)
    again = Client()
    asked = again.post("/accounts/login/", {"login": installer.email, "password": PASSWORD})
    assert asked.url == "/accounts/2fa/authenticate/"
    assert again.get("/installers/").status_code == 302
    app = Client().post(
        "/_allauth/app/v1/auth/login",
        {"email": installer.email, "password": PASSWORD},
        content_type="application/json",
    )
    assert app.status_code == 401
    assert "mfa_authenticate" in str(app.json())
