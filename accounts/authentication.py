"""Who calls an API: a person by the app's session token, a machine by a bearer token. Both are looked at on each call."""

from allauth.headless.contrib.rest_framework.authentication import XSessionTokenAuthentication
from allauth.idp.oidc.models import Token
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiClient


class SessionTokenAuthentication(XSessionTokenAuthentication):
    """A token given is a token judged: a dead one is 401, never an anonymous reader."""

    def authenticate(self, request: Request):
        found = super().authenticate(request)
        if found is None and self.get_session_token(request):
            raise AuthenticationFailed
        return found

    def authenticate_header(self, request: Request) -> str:
        return "X-Session-Token"


class ApiClientAuthentication(BaseAuthentication):
    """The principal is the `ApiClient`; the token, with its scopes, is `request.auth`."""

    def authenticate(self, request: Request) -> tuple[ApiClient, Token] | None:
        scheme, _, value = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer" or not value:
            return None
        token = Token.objects.lookup(Token.Type.ACCESS_TOKEN, value.strip())
        client = (
            token
            and ApiClient.objects.working().select_related("fleet", "client").filter(client=token.client_id).first()
        )
        if client is None:
            raise AuthenticationFailed
        return client, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'
