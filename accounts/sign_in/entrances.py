"""The URLs at which a person signs in or proves an identity: which account a request tries, and how often it may."""

import json
from collections.abc import Callable
from typing import NamedTuple

from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from allauth.account.utils import url_str_to_user_pk
from allauth.headless import app_settings as headless
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from accounts.sign_in import limits
from accounts.sign_in.limits import Rates
from accounts.web.token_request import credentials_of
from core.values.addresses import comparable

Account = Callable[[HttpRequest], str]
LONGEST = 320  # characters of an account that are compared


class Entrance(NamedTuple):
    what: str  # entrances of the same name share their counts
    account: Account
    rates: Rates
    failed: int | None = None  # the status of a failed attempt; without it, every request counts
    of_pending: bool = False  # the account has passed its first factor in this session


# --- which account a request tries --------------------------------------------------------------------------------
def login_in_form(request: HttpRequest) -> str:
    return comparable(request.POST.get("login", "")[:LONGEST])


def email_in_form(request: HttpRequest) -> str:
    return comparable(request.POST.get("email", "")[:LONGEST])


def email_in_json(request: HttpRequest) -> str:
    return comparable(_json(request, "email"))


def key_in_json(request: HttpRequest) -> str:
    return _json(request, "key")


def in_url(request: HttpRequest) -> str:
    """The link itself, which is an account's secret."""
    match = request.resolver_match
    if match:
        return " ".join(map(str, match.kwargs.values()))
    return ""


def nobody(request: HttpRequest) -> str:
    """A passkey names its account itself, and cannot be guessed."""
    return ""


def person(request: HttpRequest) -> str:
    """The person of the session, also while it waits for the second factor."""
    session = session_of(request)
    pending = session.get(LOGIN_SESSION_KEY) if session else None
    if isinstance(pending, dict) and pending.get("user_pk"):
        return f"user:{url_str_to_user_pk(pending['user_pk'])}"
    if session:
        return f"user:{session.get(SESSION_KEY)}"
    return ""


def api_client(request: HttpRequest) -> str:
    client_id, _secret = credentials_of(request)
    return f"client:{client_id[:LONGEST]}"


def session_of(request: HttpRequest) -> SessionBase | None:
    """The app's session by its token, or the website's."""
    token = headless.TOKEN_STRATEGY.get_session_token(request)
    if token:
        return headless.TOKEN_STRATEGY.lookup_session(token)
    return request.session


def _json(request: HttpRequest, name: str) -> str:
    """A text of the body; empty if the body cannot be read, which the view refuses."""
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        return ""
    value = body.get(name) if isinstance(body, dict) else None
    if isinstance(value, str):
        return value[:LONGEST]
    return ""


PAGE = 200  # a form that is shown again
API = 400
APP = "headless:app:"
ENTRANCES = {
    "account_login": Entrance("password", login_in_form, limits.PASSWORD, PAGE),
    "account_app_login": Entrance("password", email_in_json, limits.PASSWORD, API),
    "mfa_authenticate": Entrance("factor", person, limits.SECOND_FACTOR, PAGE, True),
    f"{APP}mfa:authenticate": Entrance("factor", person, limits.SECOND_FACTOR, API, True),
    f"{APP}mfa:authenticate_webauthn": Entrance("factor", person, limits.SECOND_FACTOR, API, True),
    "mfa_reauthenticate": Entrance("factor", person, limits.SECOND_FACTOR, PAGE),
    f"{APP}mfa:reauthenticate": Entrance("factor", person, limits.SECOND_FACTOR, API),
    f"{APP}mfa:reauthenticate_webauthn": Entrance("factor", person, limits.SECOND_FACTOR, API),
    "mfa_login_webauthn": Entrance("passkey", nobody, limits.SECOND_FACTOR, PAGE),
    f"{APP}mfa:login_webauthn": Entrance("passkey", nobody, limits.SECOND_FACTOR, API),
    "account_reset_password": Entrance("reset", email_in_form, limits.RESET),
    "account_app_reset": Entrance("reset", email_in_json, limits.RESET),
    "account_reset_password_from_key": Entrance("link", in_url, limits.LINK),
    f"{APP}account:reset_password": Entrance("link", key_in_json, limits.LINK),
    "account_confirm_email": Entrance("link", in_url, limits.LINK),
    f"{APP}account:verify_email": Entrance("link", key_in_json, limits.LINK),
    "invitation": Entrance("link", in_url, limits.LINK),
    "invitation_decline": Entrance("link", in_url, limits.LINK),
    "installers:company_email": Entrance("link", in_url, limits.LINK),
    "oauth_token": Entrance("token", api_client, limits.TOKEN),
}
