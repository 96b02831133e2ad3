"""Machines of a fleet, which call OneAPI."""

import ipaddress
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import signals
from accounts.models.api_client_queryset import ApiClientQuerySet, new_secret
from accounts.models.authority import authorise
from accounts.models.membership import CompanyMembership
from accounts.models.suspension import Suspendable, lock_in_order, suspended
from accounts.secrets import stored, stored_beside
from core.errors import MoveRefused, NotAllowed
from core.prepared import Given, Prepared
from core.values.text_fields import LineField

if TYPE_CHECKING:
    from accounts.models.authority import Actor
    from accounts.models.membership import CompanyMembershipQuerySet

# For how long the former secret can go on working.
GRACE = timedelta(hours=24)
# What a client may do, for each area of OneAPI.
RIGHTS = {
    "vehicles:read": _("Read vehicles"),
    "vehicles:write": _("Change vehicles"),
    "commands:read": _("Read commands"),
    "commands:write": _("Send commands"),
    "jobs:read": _("Read jobs"),
    "jobs:write": _("Create and change jobs"),
    "messages:read": _("Receive messages"),
}


class ApiClient(Suspendable):
    """A machine of a fleet: the principal of OneAPI. Its credentials are a client of the identity provider."""

    client = models.OneToOneField(
        "allauth_idp_oidc.Client",
        models.PROTECT,
        related_name="api_client",
        verbose_name=_("client"),
    )
    fleet = models.ForeignKey(
        "accounts.Fleet", models.PROTECT, related_name="api_clients", verbose_name=_("fleet")
    )
    name = LineField(_("name"), max_length=100)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("created by"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    revoked_at = models.DateTimeField(
        _("revoked"),
        null=True,
        blank=True,
        editable=False,
    )
    # Networks as texts; empty for any.
    allowed_addresses = models.JSONField(
        _("allowed IP addresses"),
        default=list,
        db_default=Value([], models.JSONField()),
        blank=True,
    )
    is_demo = models.BooleanField(
        _("client of the demo world"), db_default=False, default=False, editable=False
    )

    objects = ApiClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("API client")
        verbose_name_plural = _("API clients")
        ordering = ["-pk"]
        permissions = [
            ("suspend_apiclient", "Can suspend and reinstate API clients"),
            ("revoke_apiclient", "Can revoke API clients"),
        ]
        indexes = [suspended("api_client_suspended")]
        constraints = [
            models.UniqueConstraint(
                fields=["fleet", "name"],
                condition=Q(revoked_at=None),
                name="one_live_api_client_a_name",
            )
        ]

    def __str__(self) -> str:
        return self.name

    is_person = False
    is_operator = False
    is_authenticated = True
    is_active = True

    @property
    def known_as(self) -> str:
        return self.name

    @property
    def rights(self) -> list[str]:
        """Keys of RIGHTS."""
        return self.client.get_scopes()

    @property
    def principal(self) -> str:
        return f"client:{self.client_id}"

    def lock_membership(self, *, of: Any, roles: tuple[str, ...] | None = None) -> "ApiClient":
        """Lock this client, and check that it works and that `of` is its fleet. The API has checked its rights.

        A revocation waits for us, or we for it. Raises NotAllowed.
        """
        CLIENT_LOCKED.first(client=self.pk)
        # In a statement after the lock: a suspension of the fleet that we waited for has not changed our own row.
        held = _working_client(settings.DEMO).first(client=self.pk)
        if held is None or of != self.fleet:
            raise NotAllowed
        return held

    def _notify(self, what: str) -> None:
        """Machines read no mail. The fleet sees the change among the operators' actions."""

    @property
    def installers(self) -> "CompanyMembershipQuerySet":
        return CompanyMembership.objects.none()

    def _end_client_tokens(self) -> None:
        ApiClient.objects.filter(pk=self.pk).end_tokens()

    @transaction.atomic
    def revoke(self, *, by: "Actor") -> None:
        """End the client at once: every call checks `revoked_at`, and the secret gets no new token. Idempotent."""
        authorise(by, self.fleet, "ADMIN")
        ApiClient.objects.filter(pk=self.pk, revoked_at=None).update(revoked_at=timezone.now())
        self.refresh_from_db()
        signals.client_restricted.send(sender=ApiClient, client=self)
        self.client.token_set.all().delete()
        self.client.secret = ""
        self.client.save(update_fields=["secret"])

    def is_allowed_at(self, address: str | None) -> bool:
        """Whether a call may come from this IP address."""
        if not self.allowed_addresses:
            return True
        try:
            place = ipaddress.ip_address(address or "")
        except ValueError:
            return False
        return any(place in ipaddress.ip_network(one) for one in self.allowed_addresses)

    @transaction.atomic
    def edit(
        self, *, by: "Actor", name: str, scopes: Sequence[str], allowed_addresses: Sequence[str]
    ) -> None:
        """Change name, rights and addresses; the next call is judged by them. Raises NotAllowed, MoveRefused `gone`."""
        self._lock_live(by)
        ApiClient.objects.filter(pk=self.pk).update(
            name=name, allowed_addresses=list(allowed_addresses)
        )
        self.refresh_from_db()
        self.client.set_scopes(list(scopes))
        self.client.set_default_scopes(list(scopes))
        self.client.name = f"{self.fleet} · {name}"[:100]
        self.client.save(update_fields=["name", "scopes", "default_scopes"])
        signals.client_restricted.send(sender=ApiClient, client=self)

    @transaction.atomic
    def renew_secret(self, *, by: "Actor", keep_former: bool = False) -> str:
        """Return a new secret, which cannot be read again.

        The former one ends at once, with its tokens, or after `GRACE`. Raises NotAllowed, MoveRefused `gone`.
        """
        self._lock_live(by)
        secret = new_secret()
        if keep_former:
            self.client.secret = stored_beside(secret, self.client.secret, timezone.now() + GRACE)
        else:
            self.client.secret = stored(secret)
            self.client.token_set.all().delete()
        self.client.save(update_fields=["secret"])
        return secret

    def _lock_live(self, by: "Actor") -> None:
        """Lock the client, after the membership of the person. Raises MoveRefused `gone` for a revoked one."""
        authorise(by, self.fleet, "ADMIN")
        lock_in_order(ApiClient.objects.filter(pk=self.pk))
        self.refresh_from_db()
        if self.revoked_at is not None:
            raise MoveRefused("gone")


# The queries of `lock_membership`. Prepared, they save 2 ms a call: `./bin/bench vehicles`, "PATCH ÷ B1".
GIVEN_CLIENT = Given("client", models.BigIntegerField())
CLIENT_LOCKED = Prepared(
    lambda: (
        ApiClient.objects.filter(pk=GIVEN_CLIENT)
        .select_for_update(of=("self",), no_key=True)
        .only("pk")
    )
)


@cache
def _working_client(_demo: bool) -> Prepared:
    """In demo mode other clients work, too."""
    return Prepared(lambda: ApiClient.objects.working().filter(pk=GIVEN_CLIENT))
