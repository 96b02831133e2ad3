"""The OpenAPI document of OneAPI and how its callers sign in."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from accounts.models.api_client import RIGHTS
from core.web.api.documents import DocumentView


class ClientCredentials(OpenApiAuthenticationExtension):
    target_class = "accounts.authentication.ApiClientAuthentication"
    name = "clientCredentials"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        scopes = {right: str(label) for right, label in RIGHTS.items()}
        return {
            "type": "oauth2",
            "flows": {"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": scopes}},
        }


class OneApiDocument(DocumentView):
    urlconf = "fleetcontrol.api.urls"
    about = {
        "TITLE": "OneAPI",
        "DESCRIPTION": "Machine to machine, for one fleet: a client's token comes from `POST /oauth/token` "
        "(client credentials, HTTP Basic, 15 minutes). Every refusal is a problem; /problems/ lists them.",
        "VERSION": "1",
        "SCHEMA_PATH_PREFIX": "/",
        "SERVERS": [{"url": "/api/oneapi/v1"}],
    }
