import secrets

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.authority import authorise
from core.moves import NotAllowed

# What a machine can be allowed: read, or read and write, per area of OneAPI.
RIGHTS = {
    "vehicles:read": _("Read vehicles"),
    "vehicles:write": _("Change vehicles"),
    "commands:read": _("Read commands"),
    "commands:write": _("Send commands"),
    "jobs:read": _("Read jobs"),
    "jobs:write": _("Import jobs"),
    "messages:read": _("Receive messages"),
}


class ApiClientQuerySet(models.QuerySet):
    def working(self):
        return self.filter(
            revoked_at=None, suspended_at=None, fleet__suspended_at=None, fleet__provider__suspended_at=None
        )

    @transaction.atomic
    def issue(
        self, *, fleet, name: str, scopes: list[str], by, client_id: str = "", secret: str = ""
    ) -> tuple["ApiClient", str]:
        """A new client of `fleet` and its secret, which nobody can read again."""
        from allauth.idp.oidc.models import Client

        authorise(by, fleet, "ADMIN")
        secret = secret or secrets.token_urlsafe(32)
        credentials = Client(
            name=f"{fleet} · {name}"[:100], type=Client.Type.CONFIDENTIAL, **({"id": client_id} if client_id else {})
        )
        credentials.set_grant_types([Client.GrantType.CLIENT_CREDENTIALS])
        credentials.set_scopes(scopes)
        credentials.set_default_scopes(scopes)
        credentials.set_response_types([])
        credentials.set_secret(secret)
        credentials.save()
        return self.create(client=credentials, fleet=fleet, name=name, created_by=by), secret


class ApiClient(models.Model):
    """A machine of a fleet: the principal of OneAPI. Its credentials are the identity provider's client."""

    client = models.OneToOneField(
        "allauth_idp_oidc.Client", models.PROTECT, related_name="api_client", verbose_name=_("client")
    )
    fleet = models.ForeignKey("accounts.Fleet", models.PROTECT, related_name="api_clients", verbose_name=_("fleet"))
    name = models.CharField(_("name"), max_length=100)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    suspended_at = models.DateTimeField(_("suspended"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)

    objects = ApiClientQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("API client"), _("API clients")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["fleet", "name"], condition=Q(revoked_at=None), name="one_live_api_client_a_name"
            )
        ]

    def __str__(self) -> str:
        return self.name

    is_person = False
    is_authenticated = is_active = True

    @property
    def rights(self) -> list[str]:
        """Keys of RIGHTS."""
        return self.client.get_scopes()

    @property
    def principal(self) -> str:
        return f"client:{self.client_id}"

    def lock_membership(self, *, of, roles=None) -> "ApiClient":
        """A machine acts for its own fleet alone; what it may do there its rights have said. Raises NotAllowed.

        A revocation waits for us, or we for it.
        """
        held = ApiClient.objects.working().filter(pk=self.pk).select_for_update(of=("self",), no_key=True).first()
        if held is None or of != self.fleet:
            raise NotAllowed
        return held

    @transaction.atomic
    def revoke(self, *, by) -> None:
        """At once: every call looks at it, and no new token is given for the secret."""
        authorise(by, self.fleet, "ADMIN")
        ApiClient.objects.filter(pk=self.pk, revoked_at=None).update(revoked_at=timezone.now())
        self.refresh_from_db()
        self.client.token_set.all().delete()
        self.client.secret = ""
        self.client.save(update_fields=["secret"])
