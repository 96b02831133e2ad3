"""Who calls an API: a person by the app's session token or the website's session, or a machine by a bearer token.

Each call checks it.
"""

from functools import cache
from typing import Any

from allauth.core.internal.httpkit import get_client_ip
from allauth.headless.contrib.rest_framework.authentication import XSessionTokenAuthentication
from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Token
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.middleware.csrf import get_token
from django.utils import timezone
from rest_framework.authentication import (
    BaseAuthentication,
    SessionAuthentication,
    get_authorization_header,
)
from rest_framework.exceptions import APIException, AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from accounts.models import ApiClient
from core.prepared import Given, Prepared
from core.refusals import sentence


class SessionTokenAuthentication(XSessionTokenAuthentication):
    """An invalid token is a 401. It never makes the caller anonymous."""

    def authenticate(self, request: Request) -> Any:
        found = super().authenticate(request)
        if found is None and self.get_session_token(request):
            raise AuthenticationFailed
        return found

    def authenticate_header(self, request: Request) -> str:
        return "X-Session-Token"


class CsrfFailed(APIException):
    status_code = 403
    default_code = "csrf_failed"
    default_detail = sentence("csrf_failed")


class WebsiteSessionAuthentication(SessionAuthentication):
    """The session of the website's cookie. As on the website, every write sends Django's CSRF token."""

    def authenticate(self, request: Request) -> Any:
        found = super().authenticate(request)
        if found is None:
            return None
        person, _nothing = found
        return person, request._request.session

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied as error:
            raise CsrfFailed from error

    @staticmethod
    def send_csrf_token(request: Request) -> None:
        """Set the cookie from which a script reads the token."""
        get_token(request._request)


@cache
def _token_of_client(_demo: bool) -> Prepared:
    """A valid access token with its client, which works, and the fleet. In demo mode other clients work, too.

    Prepared, it saves 3 ms a call: `./bin/bench vehicles`, "one vehicle ÷ B1".
    """

    def build() -> models.QuerySet:
        valid = Q(expires_at=None) | Q(expires_at__gt=Given("now", models.DateTimeField()))
        tokens = Token.objects.filter(
            valid, type=Token.Type.ACCESS_TOKEN, hash=Given("hash", models.CharField())
        )
        working = tokens.filter(client__api_client__in=ApiClient.objects.working())
        return working.select_related("client__api_client__fleet")

    return Prepared(build)


class AddressNotAllowed(APIException):
    status_code = 403
    default_code = "address_not_allowed"
    default_detail = sentence("address_not_allowed")


class ApiClientAuthentication(BaseAuthentication):
    """The principal is an `ApiClient`. Its token, with the scopes, is `request.auth`."""

    def authenticate(self, request: Request) -> tuple[ApiClient, Token] | None:
        scheme, _, value = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer" or not value:
            return None
        hashed = get_adapter().hash_token(value.strip())
        token = _token_of_client(settings.DEMO).first(hash=hashed, now=timezone.now())
        if token is None:
            raise AuthenticationFailed
        client = token.client.api_client
        if not client.is_allowed_at(get_client_ip(request._request)):
            raise AddressNotAllowed
        return client, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'
