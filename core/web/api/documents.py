"""The OpenAPI documents, generated once."""

from functools import cache
from threading import Lock
from typing import Any, ClassVar

from django.apps import apps
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.settings import patched_settings
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.web.api.open_document import opened

_patching = Lock()


class DocumentView(APIView):
    """Public: it describes the API and contains no data."""

    permission_classes: ClassVar = [AllowAny]
    renderer_classes: ClassVar = [JSONRenderer, OpenApiJsonRenderer, OpenApiYamlRenderer]
    schema = None
    urlconf = ""
    about: ClassVar[dict[str, Any]] = {}
    # Operations that no view of ours answers, by path.
    other_paths: ClassVar[dict[str, Any]] = {}

    def get(self, request: Request) -> Response:
        return Response(type(self).document())

    @classmethod
    @cache
    def document(cls) -> dict:
        # drf-spectacular's settings are the process's, so two documents are not made at once.
        with (
            _patching,
            translation.override("en"),
            patched_settings(cls.about),
        ):
            document = SchemaGenerator(urlconf=cls.urlconf).get_schema(public=True)
            document["paths"] |= cls.other_paths
            return opened(document)


def documents() -> dict[str, tuple[str, str]]:
    """Name → title and URL of each API's document. A site names its own as `api_documents` of its AppConfig."""
    found: dict[str, tuple[str, str]] = {}
    for config in apps.get_app_configs():
        found |= getattr(config, "api_documents", {})
    return found
