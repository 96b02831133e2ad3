"""What a request for a token holds: RFC 6749 with the credentials of a client, by HTTP Basic or in the form."""

from typing import Any

from allauth.core.internal import httpkit
from django.http import HttpRequest

# Logs and caches keep query strings, so a secret in one is no longer a secret.
IN_QUERY = {"grant_type"}


def credentials_of(request: HttpRequest) -> tuple[str, str]:
    """The id and the secret of the client; blank without them."""
    if "Authorization" in request.headers:
        client_id, secret = httpkit.extract_basic_auth(request.headers)
        return client_id or "", secret or ""
    return request.POST.get("client_id", ""), request.POST.get("client_secret", "")


def is_malformed(request: HttpRequest) -> bool:
    """Whether it is `invalid_request`: a parameter that is repeated or not in the form, or two sets of credentials."""
    if not request.GET.keys() <= IN_QUERY:
        return True
    values = [*request.GET.lists(), *request.POST.lists()]
    names = [name for name, given in values for _value in given]
    if len(names) != len(set(names)):
        return True
    return "Authorization" in request.headers and _contradicts_header(request)


def _contradicts_header(request: HttpRequest) -> bool:
    named = request.POST.get("client_id")
    return "client_secret" in request.POST or named not in (None, credentials_of(request)[0])


def move_grant_type_into_form(request: HttpRequest) -> None:
    """Move it there from the query string: oauthlib takes none."""
    form: Any = request.POST.copy()
    form.update(request.GET)
    request.POST = form
    request.META["QUERY_STRING"] = ""
