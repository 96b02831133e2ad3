from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.agreement import AgreementSignature


class CompanyMembershipQuerySet(models.QuerySet):
    def live(self):
        return self.filter(ended_at=None)

    def working(self):
        """Neither the person nor the company is suspended or closed."""
        return self.filter(user__is_active=True, company__suspended_at=None, company__closed_at=None)

    def at_work(self, principal):
        """The principal's live membership, if its company has signed the agreement: no job is visible before."""
        if not principal.is_person:
            return self.none()
        signed = AgreementSignature.objects.values("company")
        return self.live().working().filter(user=principal.pk, company__in=signed)

    def admins(self):
        return self.filter(role=CompanyMembership.Role.ADMIN)


class CompanyMembership(models.Model):
    """A person works for a company. At most one live row a person; ended ones stay for the history."""

    class Role(models.TextChoices):
        ADMIN = "ADMIN", _("Admin")
        INSTALLER = "INSTALLER", _("Installer")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="company_memberships", verbose_name=_("user")
    )
    company = models.ForeignKey(
        "accounts.Company", models.PROTECT, related_name="memberships", verbose_name=_("company")
    )
    role = models.CharField(_("role"), max_length=16, choices=Role)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)

    objects = CompanyMembershipQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("company membership"), _("company memberships")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(ended_at=None), name="one_live_company_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.company}"

    @property
    def is_admin(self) -> bool:
        return self.role == self.Role.ADMIN


class FleetMembershipQuerySet(models.QuerySet):
    def live(self):
        return self

    def working(self):
        """Neither the person, the fleet nor its provider is suspended."""
        return self.filter(user__is_active=True, fleet__suspended_at=None, fleet__provider__suspended_at=None)

    def admins(self):
        return self.filter(role=FleetMembership.Role.ADMIN)


class FleetMembership(models.Model):
    """A person works with a fleet."""

    class Role(models.TextChoices):
        ADMIN = "ADMIN", _("Admin")
        MANAGER = "MANAGER", _("Manager")
        VIEWER = "VIEWER", _("Viewer")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="fleet_memberships", verbose_name=_("user")
    )
    fleet = models.ForeignKey("accounts.Fleet", models.PROTECT, related_name="memberships", verbose_name=_("fleet"))
    role = models.CharField(_("role"), max_length=16, choices=Role)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    objects = FleetMembershipQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("fleet membership"), _("fleet memberships")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["user", "fleet"], name="one_membership_a_person_and_fleet")]

    def __str__(self) -> str:
        return f"{self.user} · {self.fleet}"

    @property
    def is_admin(self) -> bool:
        return self.role == self.Role.ADMIN

    @property
    def may_write(self) -> bool:
        return self.role in (self.Role.ADMIN, self.Role.MANAGER)
