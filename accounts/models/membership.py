"""Who belongs to a company or a fleet, and in which role."""

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.agreement import AgreementSignature
from core.vocabulary import ClosedVocabulary

if TYPE_CHECKING:
    from accounts.models.authority import Principal

# The roles in a fleet that write its jobs and manage its partnerships.
MANAGING = ("ADMIN", "MANAGER")


class CompanyMembershipQuerySet(models.QuerySet["CompanyMembership"]):
    def live(self) -> Self:
        return self.filter(ended_at=None)

    def working(self) -> Self:
        """Those whose person and company are neither suspended nor closed."""
        return self.filter(
            user__is_active=True, company__suspended_at=None, company__closed_at=None
        )

    def at_work(self, principal: "Principal | Any") -> Self:
        """The live membership of `principal` if its company has signed the agreement. No job is visible before.

        `principal` may also be the placeholder of a prepared queryset (core.prepared.GivenPerson).
        """
        if not principal.is_person:
            return self.none()
        signed = AgreementSignature.objects.values("company")
        return self.live().working().filter(user=principal.pk, company__in=signed)

    def with_agreement(self) -> Self:
        """Each with `has_signed`: whether its company has signed some version of the agreement."""
        signed = AgreementSignature.objects.filter(company=OuterRef("company"))
        return self.annotate(has_signed=Exists(signed))

    def admins(self) -> Self:
        return self.filter(role=CompanyMembership.Role.ADMIN)


class CompanyMembership(models.Model):
    """A person's work for a company.

    A person has at most one live membership. Ended ones are kept for the history.
    """

    class Role(models.TextChoices):
        ADMIN = "ADMIN", _("Admin")
        INSTALLER = "INSTALLER", _("Installer")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="company_memberships",
        verbose_name=_("user"),
    )
    company = models.ForeignKey(
        "accounts.Company", models.PROTECT, related_name="memberships", verbose_name=_("company")
    )
    role = models.CharField(_("role"), max_length=16, choices=Role)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)
    ended_at = models.DateTimeField(
        _("ended"),
        null=True,
        blank=True,
        editable=False,
    )

    # Loaded `with_agreement`.
    has_signed: bool

    objects = CompanyMembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("company membership")
        verbose_name_plural = _("company memberships")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at=None), name="one_live_company_a_person"
            ),
            # A row from before this rule may have another role. It can still be ended.
            ClosedVocabulary(
                condition=Q(role__in=["ADMIN", "INSTALLER"]) | Q(ended_at__isnull=False),
                name="company_membership_role_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.company}"

    @property
    def is_admin(self) -> bool:
        return self.role == self.Role.ADMIN

    @property
    def account_stays(self) -> bool:
        """The account of the person is needed even after this membership ends."""
        return self.user.is_staff or self.user.fleet_memberships.exists()


class FleetMembershipQuerySet(models.QuerySet["FleetMembership"]):
    def live(self) -> Self:
        """All: a fleet membership that ends is deleted."""
        return self

    def working(self) -> Self:
        """Those whose person, fleet and provider are not suspended."""
        return self.filter(
            user__is_active=True, fleet__suspended_at=None, fleet__provider__suspended_at=None
        )

    def admins(self) -> Self:
        return self.filter(role=FleetMembership.Role.ADMIN)


class FleetMembership(models.Model):
    """A person's work with a fleet."""

    class Role(models.TextChoices):
        ADMIN = "ADMIN", _("Admin")
        MANAGER = "MANAGER", _("Manager")
        VIEWER = "VIEWER", _("Viewer")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="fleet_memberships",
        verbose_name=_("user"),
    )
    fleet = models.ForeignKey(
        "accounts.Fleet", models.PROTECT, related_name="memberships", verbose_name=_("fleet")
    )
    role = models.CharField(_("role"), max_length=16, choices=Role)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    objects = FleetMembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("fleet membership")
        verbose_name_plural = _("fleet memberships")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "fleet"], name="one_membership_a_person_and_fleet"
            ),
            ClosedVocabulary(
                condition=Q(role__in=["ADMIN", "MANAGER", "VIEWER"]),
                name="fleet_membership_role_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.fleet}"

    @property
    def is_admin(self) -> bool:
        return self.role == self.Role.ADMIN

    @property
    def account_stays(self) -> bool:
        """The account of the person is needed even after this membership ends."""
        if self.user.is_staff or self.user.company_memberships.live().exists():
            return True
        return self.user.fleet_memberships.exclude(pk=self.pk).exists()

    @property
    def may_write(self) -> bool:
        return self.role in MANAGING
