"""The OpenAPI document of this API and how its callers sign in."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from core.web.documents import DocumentView


class SessionTokenScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.authentication.SessionTokenAuthentication"
    name = "sessionToken"

    def get_security_definition(self, auto_schema) -> dict:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "X-Session-Token",
            "description": "`meta.session_token` of POST /_allauth/app/v1/auth/login",
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
