"""The token of OneAPI. Only client credentials are accepted."""

from typing import Any

from allauth.core.internal import httpkit
from allauth.idp.oidc.models import Client
from allauth.idp.oidc.views import TokenView
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt

from accounts.models import ApiClient
from accounts.models.suspension import lock_in_order


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

        An unknown client costs as much time as a wrong secret, so that nobody learns which clients exist.
        """
        client_id, secret = httpkit.extract_basic_auth(request.headers)
        # No id has a NUL in it, and PostgreSQL takes none to compare.
        is_impossible = "\0" in (client_id or "")
        if secret and (is_impossible or not Client.objects.filter(pk=client_id).exists()):
            make_password(secret)
        if is_impossible:
            return refused("invalid_client", 401)
        response = super().post(request)
        if response.status_code == 200 and not self.client_works(request):
            transaction.set_rollback(True)  # so that the token is not stored
            return refused("invalid_client", 401)
        return response

    @staticmethod
    def client_works(request: HttpRequest) -> bool:
        """Lock the client, then check it. A suspension either deletes this token or makes it refused."""
        client_id, _secret = httpkit.extract_basic_auth(request.headers)
        rows = ApiClient.objects.filter(client=client_id)
        lock_in_order(rows)
        return rows.working().exists()


def refused(error: str, status: int) -> JsonResponse:
    return JsonResponse({"error": error}, status=status)


token = ClientToken.as_view()
