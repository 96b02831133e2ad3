"""The token of OneAPI. Only client credentials are accepted."""

from typing import Any

from allauth.core.internal import httpkit
from allauth.idp.oidc.models import Client
from allauth.idp.oidc.views import TokenView
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt

from accounts.models import ApiClient
from accounts.models.suspension import lock_in_order
from accounts.secrets import is_stored_so, stored
from accounts.web.token_request import credentials_of, is_malformed, move_grant_type_into_form

CHALLENGE = 'Basic realm="OneAPI"'


@method_decorator(csrf_exempt, name="dispatch")
class ClientToken(TokenView):
    http_method_names = ["post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return super().dispatch(request, *args, **kwargs)
        response = self.answer(request)
        if response.status_code == 401:
            response["WWW-Authenticate"] = CHALLENGE
        response["Cache-Control"] = "no-store"
        return response

    def answer(self, request: HttpRequest) -> HttpResponse:
        if is_malformed(request):
            return refused("invalid_request", 400)
        move_grant_type_into_form(request)
        if request.POST.get("grant_type") != "client_credentials":
            return refused("unsupported_grant_type", 400)
        return super().dispatch(request)

    @transaction.atomic
    def post(self, request: HttpRequest) -> HttpResponse:
        """Check the secret first, so that only the owner of a client learns that it is suspended.

        No secret takes time to check, so that nobody learns by it which clients exist.
        """
        client_id, secret = credentials_of(request)
        # No id has a NUL in it, and PostgreSQL takes none to compare.
        if "\0" in client_id:
            return refused("invalid_client", 401)
        response = super().post(request)
        if response.status_code == 200 and not client_works(client_id, request):
            transaction.set_rollback(True)  # so that the token is not stored
            return refused("invalid_client", 401)
        if response.status_code == 200:
            upgrade_stored_secret(client_id, secret)
        return response


def client_works(client_id: str, request: HttpRequest) -> bool:
    """Lock the client, then check it. A suspension either deletes this token or makes it refused."""
    rows = ApiClient.objects.filter(client=client_id)
    lock_in_order(rows)
    client = rows.working().first()
    return client is not None and client.is_allowed_at(httpkit.get_client_ip(request))


def upgrade_stored_secret(client_id: str, secret: str) -> None:
    """Store a secret of an earlier version, which was just proven, as they are stored now."""
    held = Client.objects.filter(pk=client_id).first()
    if held is not None and not is_stored_so(held.secret):
        Client.objects.filter(pk=client_id, secret=held.secret).update(secret=stored(secret))


def refused(error: str, status: int) -> JsonResponse:
    return JsonResponse({"error": error}, status=status)


token = ClientToken.as_view()
