"""The base view of OneAPI: the caller is a machine of one fleet with rights."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any, ClassVar, Self, cast

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from rest_framework.exceptions import APIException, AuthenticationFailed
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import ApiClientAuthentication
from accounts.models import ApiCall, ApiClient, Fleet
from core import context
from core.limits import Bucket, Taken
from core.once import Answer
from core.refusals import sentence
from core.web.api.idempotency import answer_once
from core.web.api.views import ApiView, NoSuchUrl
from fleetcontrol.api.limits import ClientThrottle, headers_of

# How long an answer is kept for a repeat.
KEPT = timedelta(hours=48)
# Such calls leave nothing behind: the limit saves the server from work.
TOO_MANY = 429


class MissingPermissions(APIException):
    status_code = 403
    default_code = "missing_permissions"
    default_detail = sentence("missing_permissions")


class NoSuchReference(APIException):
    """Something that a body names does not exist, or is not the fleet's."""

    status_code = 400
    default_code = "referenced_resource_not_found"
    default_detail = sentence("referenced_resource_not_found")

    def __init__(self, field: str, text: Any):
        super().__init__()
        self.errors = {field: [text]}

    @classmethod
    def at(cls, errors: dict[str, list[Any]]) -> Self:
        """The same for several fields."""
        refused = cls("", "")
        refused.errors = errors
        return refused


class HasRight(BasePermission):
    """Require the right from the token and from the client: a right that a client loses is refused at once."""

    def has_permission(self, request: Request, view: Any) -> bool:
        right = view.rights.get(request.method)
        if right is None:
            return True
        token: Any = request.auth
        caller: Any = request.user
        if right in token.get_scopes() and right in caller.client.get_scopes():
            return True
        raise MissingPermissions


class OneApiView(ApiView):
    authentication_classes = [ApiClientAuthentication]
    permission_classes = [IsAuthenticated, HasRight]
    throttle_classes = [ClientThrottle]
    # By method: the right it needs, `<area>:read` or `<area>:write`.
    rights: ClassVar[dict[str, str]] = {}
    callers_refuse = ("missing_permissions", "address_not_allowed", "throttled")

    # What is left of the client's calls; None where the call was not counted.
    taken: Taken | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        caller = getattr(self.request, "user", None)
        if isinstance(caller, ApiClient) and response.status_code != TOO_MANY:
            record_call(caller, request, response)
        return response

    @property
    def caller(self) -> ApiClient:
        """The machine: our authentication puts it where Django has a person."""
        return cast("ApiClient", self.request.user)

    @property
    def fleet(self) -> Fleet:
        return self.caller.fleet

    def check_permissions(self, request: Request) -> None:
        """Count the call of a client first: one that is refused for a missing right counts, too."""
        if isinstance(request.user, ApiClient):
            super().check_throttles(request)
        super().check_permissions(request)

    def check_throttles(self, request: Request) -> None:
        """Nothing is left to count here."""

    def own_buckets(self) -> list[Bucket]:
        """Limits of this URL besides the client's own."""
        return []

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        if self.taken is not None:
            for name, value in headers_of(self.taken).items():
                response.headers[name] = value
        return response

    def answer_once(self, action: Callable[[], Answer]) -> Answer:
        """Run `action` once for each Idempotency-Key. A repeat is authorised like a first call."""
        return answer_once(
            self.request,
            action,
            authorise=self.check_works,
            on_behalf_of=f"fleet:{self.fleet.pk}",
            kept=KEPT,
        )

    def check_works(self) -> None:
        """Raise AuthenticationFailed if the client was revoked or suspended while it waited for its twin."""
        if not ApiClient.objects.working().filter(pk=self.caller.pk).exists():
            raise AuthenticationFailed


def record_call(client: ApiClient, request: HttpRequest, response: HttpResponseBase) -> None:
    """Keep the call for the people of the fleet. Without the database the answer goes out all the same."""
    code = ""
    if isinstance(response, JsonResponse):
        code = json.loads(response.content).get("code", "")
    with suppress(DatabaseError):
        ApiCall.objects.record(
            client,
            method=request.method,
            path=request.path.removeprefix("/api/oneapi/v1")[:200],
            status=response.status_code,
            code=code,
            flow_id=context.request_id(),
        )


class NothingHere(NoSuchUrl, OneApiView):
    """Any other URL below OneAPI."""
