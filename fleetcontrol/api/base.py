"""What every address of OneAPI shares: a machine of one fleet, its rights, answers in UTC."""

from datetime import UTC
from typing import Any, ClassVar

from django.http import Http404
from django.utils import timezone
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.authentication import ApiClientAuthentication
from core.web.schema import ProblemSchema
from core.web.serializers import StrictJSONParser


class HasRight(BasePermission):
    """The token and the client itself carry the right: what is taken from a client counts at once."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        right = view.rights.get(request.method)
        held = set(request.auth.get_scopes()) & set(request.user.client.get_scopes())
        return right is None or right in held


class OneApiView(APIView):
    authentication_classes: ClassVar = [ApiClientAuthentication]
    permission_classes: ClassVar = [IsAuthenticated, HasRight]
    parser_classes: ClassVar = [StrictJSONParser]
    renderer_classes: ClassVar = [JSONRenderer]
    schema = ProblemSchema()
    # By method: the right it needs, `<area>:read` or `<area>:write`.
    rights: ClassVar[dict[str, str]] = {}
    # The methods that read an Idempotency-Key; True where it is required.
    keys: ClassVar[dict[str, bool]] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        timezone.activate(UTC)

    @property
    def fleet(self):
        return self.request.user.fleet

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response


class NothingHere(OneApiView):
    """Any other address below the API: a problem like all others, and first of all 401 for whoever has no token."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise Http404
