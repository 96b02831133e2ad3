"""The OpenAPI document of this API and how its callers sign in."""

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension

from core.web.api.documents import DocumentView
from installers.api import filters, sign_in
from telematics.web import shapes


class SessionTokenScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.authentication.SessionTokenAuthentication"
    name = "sessionToken"

    def get_security_definition(self, auto_schema: Any) -> dict:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "X-Session-Token",
            "description": "`meta.session_token` of `sign_in`, or of `confirm_second_factor`",
        }


class WebsiteSessionScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.authentication.WebsiteSessionAuthentication"
    name = "websiteSession"

    def get_security_definition(self, auto_schema: Any) -> dict:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "The website's session. Every call sends `X-Person`, every write besides `X-CSRFToken` "
            "with the value of the cookie `csrftoken`, which `me/` sets.",
        }


class SmartControlDocument(DocumentView):
    urlconf = "installers.api.urls"
    other_paths = sign_in.PATHS
    about = {
        "TITLE": "SmartControl API",
        "DESCRIPTION": "What an installer does on the phone: see the jobs, take one, prove that it works, finish. "
        "Every refusal is a problem; /problems/ lists them. Answers are open: they may gain members, words of a "
        "vocabulary and problem codes, and a client ignores what it does not know. A missing value is null.",
        "VERSION": "1",
        "SCHEMA_PATH_PREFIX": "/",
        "SCHEMA_PATH_PREFIX_INSERT": "/api/smartcontrol/v1",
        "SERVERS": [{"url": "/"}],
        "APPEND_COMPONENTS": {
            "schemas": sign_in.COMPONENTS | filters.COMPONENTS | shapes.COMPONENTS
        },
    }
