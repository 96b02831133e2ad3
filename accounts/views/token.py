"""The token of OneAPI: client credentials alone, and not more of them than a client needs."""

from allauth.core.internal import ratelimit
from allauth.idp.oidc.views import TokenView
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt

# Checking a secret costs a fifth of a second, so guessing one is also a way to keep us busy.
LIMITS = {"token": "30/m/ip"}


@method_decorator(csrf_exempt, name="dispatch")
class ClientToken(TokenView):
    http_method_names = ["post"]

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not ratelimit.consume(request, app="oneapi", action="token", config=LIMITS):
            return refused("slow_down", 429, {"Retry-After": "60"})
        if request.method == "POST" and request.POST.get("grant_type") != "client_credentials":
            return refused("unsupported_grant_type", 400)
        return super().dispatch(request, *args, **kwargs)


def refused(error: str, status: int, headers: dict[str, str] | None = None) -> JsonResponse:
    return JsonResponse({"error": error}, status=status, headers=headers)


token = ClientToken.as_view()
