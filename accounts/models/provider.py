from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.partnership import installers_for
from accounts.models.suspension import Suspendable, suspended
from core.ids import ShortIdField, ShortIdModel
from core.values.text_fields import LineField

if TYPE_CHECKING:
    from accounts.models.membership import CompanyMembershipQuerySet
    from accounts.models.user import User


class MobilityProvider(Suspendable, ShortIdModel):
    """A customer: a company that runs fleets."""

    provider_id = ShortIdField(verbose_name=_("provider ID"))
    name = LineField(_("name"), max_length=100)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("mobility provider")
        verbose_name_plural = _("mobility providers")
        ordering = ["name"]
        permissions = [("suspend_mobilityprovider", "Can suspend and reinstate mobility providers")]
        indexes = [suspended("provider_suspended")]

    def __str__(self) -> str:
        return self.name

    @property
    def known_as(self) -> str:
        return self.name

    @property
    def users(self) -> "models.QuerySet[User]":
        from accounts.models.user import User

        return User.objects.filter(
            is_active=True, fleet_memberships__fleet__provider=self
        ).distinct()

    @property
    def installers(self) -> "CompanyMembershipQuerySet":
        return installers_for(fleet__provider=self)

    def _end_client_tokens(self) -> None:
        from accounts.models.api_client import ApiClient

        ApiClient.objects.filter(fleet__provider=self).end_tokens()
