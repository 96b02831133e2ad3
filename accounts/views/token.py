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


@method_decorator(csrf_exempt, name="dispatch")
class ClientToken(TokenView):
    http_method_names = ["post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and request.POST.get("grant_type") != "client_credentials":
            return refused("unsupported_grant_type", 400)
        return super().dispatch(request, *args, **kwargs)

    @transaction.atomic
    def post(self, request: HttpRequest) -> HttpResponse:
        """Check the secret first, so that only the owner of a client learns that it is suspended.

        No secret takes time to check, so that nobody learns by it which clients exist.
        """
        client_id, secret = httpkit.extract_basic_auth(request.headers)
        # No id has a NUL in it, and PostgreSQL takes none to compare.
        if "\0" in (client_id or ""):
            return refused("invalid_client", 401)
        response = super().post(request)
        if response.status_code == 200 and not self.client_works(request):
            transaction.set_rollback(True)  # so that the token is not stored
            return refused("invalid_client", 401)
        if response.status_code == 200:
            upgrade_stored_secret(client_id, secret)
        return response

    @staticmethod
    def client_works(request: HttpRequest) -> bool:
        """Lock the client, then check it. A suspension either deletes this token or makes it refused."""
        client_id, _secret = httpkit.extract_basic_auth(request.headers)
        rows = ApiClient.objects.filter(client=client_id)
        lock_in_order(rows)
        client = rows.working().first()
        return client is not None and client.is_allowed_at(httpkit.get_client_ip(request))


def upgrade_stored_secret(client_id: str | None, secret: str | None) -> None:
    """Store a secret of an earlier version, which was just proven, as they are stored now."""
    held = Client.objects.filter(pk=client_id).first()
    if held is not None and secret and not is_stored_so(held.secret):
        Client.objects.filter(pk=client_id, secret=held.secret).update(secret=stored(secret))


def refused(error: str, status: int) -> JsonResponse:
    return JsonResponse({"error": error}, status=status)


token = ClientToken.as_view()
