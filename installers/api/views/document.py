"""The OpenAPI document of this API and how its callers sign in."""

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension

from core.web.api.documents import DocumentView


class SessionTokenScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.authentication.SessionTokenAuthentication"
    name = "sessionToken"

    def get_security_definition(self, auto_schema: Any) -> dict:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "X-Session-Token",
            "description": "`meta.session_token` of POST /_allauth/app/v1/auth/login",
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
    about = {
        "TITLE": "SmartControl API",
        "DESCRIPTION": "What an installer does on the phone: see the jobs, take one, prove that it works, finish. "
        "Every refusal is a problem; /problems/ lists them.",
        "VERSION": "1",
        "SCHEMA_PATH_PREFIX": "/",
        "SERVERS": [{"url": "/api/smartcontrol/v1"}],
    }
