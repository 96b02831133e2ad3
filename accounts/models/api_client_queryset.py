"""API clients of fleets: which of them may call the API, and how a new one is issued."""

import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models, transaction

from accounts.models.authority import authorise
from accounts.models.suspension import lock_in_order
from accounts.secrets import stored

if TYPE_CHECKING:
    from accounts.models.api_client import ApiClient
    from accounts.models.authority import Actor
    from accounts.models.fleet import Fleet


def new_secret() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


class ApiClientQuerySet(models.QuerySet["ApiClient"]):
    def working(self) -> Self:
        """Those that may call the API. A client of the demo world may do so only in demo mode."""
        working = self.filter(
            revoked_at=None,
            suspended_at=None,
            fleet__suspended_at=None,
            fleet__provider__suspended_at=None,
        )
        if settings.DEMO:
            return working
        return working.filter(is_demo=False)

    @transaction.atomic
    def end_tokens(self) -> None:
        """Delete all tokens of these clients. Waits for a token that is being issued."""
        from allauth.idp.oidc.models import Token

        lock_in_order(self)
        Token.objects.filter(client__api_client__in=self).delete()

    @transaction.atomic
    def issue(
        self,
        *,
        fleet: "Fleet",
        name: str,
        scopes: list[str],
        by: "Actor",
        client_id: str = "",
        secret: str = "",
        allowed_addresses: Sequence[str] = (),
    ) -> tuple["ApiClient", str]:
        """Create a client of `fleet`. Return it and its secret, which cannot be read again."""
        from allauth.idp.oidc.models import Client

        authorise(by, fleet, "ADMIN")
        secret = secret or new_secret()
        credentials = Client(name=f"{fleet} · {name}"[:100], type=Client.Type.CONFIDENTIAL)
        if client_id:
            credentials.id = client_id
        credentials.set_grant_types([Client.GrantType.CLIENT_CREDENTIALS])
        credentials.set_scopes(scopes)
        credentials.set_default_scopes(scopes)
        credentials.set_response_types([])
        credentials.secret = stored(secret)
        credentials.save()
        return self.create(
            client=credentials,
            fleet=fleet,
            name=name,
            created_by=by,
            allowed_addresses=list(allowed_addresses),
        ), secret
