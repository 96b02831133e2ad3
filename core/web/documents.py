"""The OpenAPI documents, made once, and the page that reads them."""

from functools import cache
from threading import Lock
from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.settings import patched_settings
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

# Each API's document: its title and where it stands.
DOCUMENTS = {"smartcontrol": ("SmartControl API", "/api/smartcontrol/v1/schema/")}

_patching = Lock()


class DocumentView(APIView):
    """Open to read: it says what there is, not what is in it."""

    permission_classes: ClassVar = [AllowAny]
    renderer_classes: ClassVar = [JSONRenderer, OpenApiJsonRenderer, OpenApiYamlRenderer]
    schema = None
    urlconf = ""
    about: ClassVar[dict[str, Any]] = {}

    def get(self, request: Request) -> Response:
        return Response(type(self).document())

    @classmethod
    @cache
    def document(cls) -> dict:
        # drf-spectacular's settings are the process's, so two documents are not made at once.
        with _patching, translation.override("en"), patched_settings({"POSTPROCESSING_HOOKS": [], **cls.about}):
            return SchemaGenerator(urlconf=cls.urlconf).get_schema(public=True)


def read(request: HttpRequest, name: str = "") -> HttpResponse:
    """Swagger UI without its top bar, which brings styles of its own into a page that allows none."""
    if name and name not in DOCUMENTS:
        raise Http404
    chosen = name or next(iter(DOCUMENTS))
    return render(
        request, "core/api_docs.html", {"documents": DOCUMENTS, "chosen": chosen, "url": DOCUMENTS[chosen][1]}
    )
