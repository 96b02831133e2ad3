from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.suspension import Suspendable
from core.ids import ShortIdField, ShortIdModel


class MobilityProvider(Suspendable, ShortIdModel):
    """A customer: a company that runs fleets."""

    provider_id = ShortIdField()
    name = models.CharField(_("name"), max_length=100)
    suspended_at = models.DateTimeField(_("suspended"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name, verbose_name_plural = _("mobility provider"), _("mobility providers")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def users(self):
        from accounts.models.user import User

        return User.objects.filter(is_active=True, fleet_memberships__fleet__provider=self).distinct()
