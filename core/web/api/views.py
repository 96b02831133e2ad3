"""The base view of both APIs: strict JSON, one order of checks, answers in UTC that nothing caches."""

from datetime import UTC
from typing import Any, ClassVar

from django.http import Http404
from django.utils import timezone
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.errors import MoveRefused
from core.web.api.idempotency import require_key
from core.web.api.schema import ProblemSchema
from core.web.api.serializers import NoInput, StrictJSONParser, StrictSerializer
from core.web.private_files import PRIVATE


class ApiView(APIView):
    """Check in this order: signed in (401), rights (403), method (405), found (404), query parameters (400).

    The method is judged before anything is looked up: whether a URL takes it does not depend on what there is.

    A site's base view adds how its callers sign in.
    """

    permission_classes: list[Any] = [IsAuthenticated]
    parser_classes: list[Any] = [StrictJSONParser]
    renderer_classes: list[Any] = [JSONRenderer]
    metadata_class: Any = None  # OPTIONS is a method like others: what there is says the document
    schema: Any = ProblemSchema()
    # The methods that read an Idempotency-Key; True if they require it.
    keys: ClassVar[dict[str, bool]] = {}
    # By method: the headers that it reads besides, as parameters of the document.
    reads: ClassVar[dict[str, list]] = {}
    # By method: its query parameters. A method without an entry takes none.
    query_parameters: ClassVar[dict[str, type[StrictSerializer]]] = {}

    query: StrictSerializer

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.localise()
        self.check_caller()
        if self.has_handler:
            self.find()
            self.query = self.checked_query()

    def localise(self) -> None:
        """Format times in UTC, also if the same browser has a session in another zone."""
        timezone.activate(UTC)

    def check_caller(self) -> None:
        """Check what a site requires of the headers before anything is looked up."""

    def find(self) -> None:
        """Load what the URL names, or raise Http404."""

    @property
    def has_handler(self) -> bool:
        method = (self.request.method or "").lower()
        return method != "options" and hasattr(self, method)

    def checked_query(self) -> StrictSerializer:
        """Refuse unknown query parameters and wrong values; a blank value counts as none."""
        method = "GET" if self.request.method == "HEAD" else self.request.method
        serializer_class = self.query_parameters.get(method or "", NoInput)
        known = serializer_class().fields
        given = {}
        for name, values in self.request.query_params.lists():
            value = values[-1]
            if name in serializer_class.several:
                value = ",".join(filter(None, values))
            if value or name not in known:
                given[name] = value
        serializer = serializer_class(data=given)
        serializer.is_valid(raise_exception=True)
        return serializer

    def validated(self, serializer_class: type[StrictSerializer] = NoInput) -> StrictSerializer:
        """Read the body; raise ValidationError with every error at once."""
        serializer = serializer_class(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return serializer

    def require_key(self) -> None:
        if self.keys[self.request.method or ""]:
            require_key(self.request)

    def problem_members(self, exc: MoveRefused) -> dict[str, Any]:
        """The members that a refusal of this view adds to its problem."""
        return {}

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        if response.get("Cache-Control") != PRIVATE:
            response["Cache-Control"] = "no-store"
        return response


class NoSuchUrl(ApiView):
    """Any other URL below an API: 401 for callers who are not signed in, then 404 as a problem.

    Combine it with the base view of a site.
    """

    schema = None
    has_handler = True  # whatever the method, the URL is not found

    def find(self) -> None:
        raise Http404
