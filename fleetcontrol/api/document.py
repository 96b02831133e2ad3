"""The OpenAPI document of OneAPI and how its callers sign in."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from accounts.models.api_client import RIGHTS
from core.web.api.documents import DocumentView
from fleetcontrol.api.message_shapes import WEBHOOKS


class ClientCredentials(OpenApiAuthenticationExtension):
    target_class = "accounts.authentication.ApiClientAuthentication"
    name = "clientCredentials"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        scopes = {right: str(label) for right, label in RIGHTS.items()}
        return {
            "type": "oauth2",
            "flows": {"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": scopes}},
        }

    def get_security_requirement(self, auto_schema: Any) -> dict[str, list[str]]:
        """The right that the operation needs."""
        right = auto_schema.view.rights.get(auto_schema.method)
        return {self.name: [right] if right else []}


class OneApiDocument(DocumentView):
    urlconf = "fleetcontrol.api.urls"
    about = {
        "TITLE": "OneAPI",
        "DESCRIPTION": "Machine to machine, for one fleet: a client's token comes from `POST /oauth/token` "
        "(client credentials, HTTP Basic, 15 minutes). Every refusal is a problem; /problems/ lists them.",
        "VERSION": "1",
        "SCHEMA_PATH_PREFIX": "/",
        "SERVERS": [{"url": "/api/oneapi/v1"}],
        "WEBHOOKS": WEBHOOKS,
    }
