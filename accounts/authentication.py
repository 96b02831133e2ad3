"""Who calls an API: a person by the app's session token or the website's session, or a machine by a bearer token.

Each call checks it.
"""

from typing import Any

from allauth.core.internal.httpkit import get_client_ip
from allauth.headless.contrib.rest_framework.authentication import XSessionTokenAuthentication
from allauth.idp.oidc.models import Token
from django.middleware.csrf import get_token
from rest_framework.authentication import (
    BaseAuthentication,
    SessionAuthentication,
    get_authorization_header,
)
from rest_framework.exceptions import APIException, AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from accounts.models import ApiClient
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
        token = Token.objects.lookup(Token.Type.ACCESS_TOKEN, value.strip())
        if token is None:
            raise AuthenticationFailed
        clients = ApiClient.objects.working().select_related("fleet", "client")
        client = clients.filter(client=token.client_id).first()
        if client is None:
            raise AuthenticationFailed
        if not client.is_allowed_at(get_client_ip(request._request)):
            raise AddressNotAllowed
        return client, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'
