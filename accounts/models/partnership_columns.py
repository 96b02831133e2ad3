"""The columns of a partnership and its moves by name."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models.partnership_queryset import PartnershipQuerySet, PartnershipStatus
from accounts.models.partnership_queryset import Shown as ShownStatus
from core.moves import Move, StatusModel
from core.values.addresses import AddressField

if TYPE_CHECKING:
    from accounts.models.invitation import Invitation


class PartnershipColumns(StatusModel):
    Status = PartnershipStatus
    Shown = ShownStatus

    MOVES = {
        "resolve": Move([Status.PENDING]),
        "accept": Move([Status.PENDING], Status.ACCEPTED),
        "decline": Move([Status.PENDING], Status.DECLINED),
        "release": Move([Status.DECLINED]),
        "set_override": Move([Status.PENDING, Status.ACCEPTED]),
        "end": Move(Status.values),
    }

    fleet = models.ForeignKey(
        "accounts.Fleet", models.PROTECT, related_name="partnerships", verbose_name=_("fleet")
    )
    company = models.ForeignKey(
        "accounts.Company",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="partnerships",
        verbose_name=_("company"),
    )
    email = AddressField(_("e-mail"))
    allow_override = models.BooleanField(
        _("Allow partner to override job configuration and data"), default=False
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("invited by"),
    )
    created_at = models.DateTimeField(_("invited"), auto_now_add=True)
    answered_at = models.DateTimeField(
        _("answered"),
        null=True,
        blank=True,
        editable=False,
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("answered by"),
    )
    ended_at = models.DateTimeField(
        _("ended"),
        null=True,
        blank=True,
        editable=False,
    )
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("ended by"),
    )

    if TYPE_CHECKING:
        invitations: Any  # the reverse of Invitation.partnership

    objects = PartnershipQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-pk"]
        indexes = [models.Index(fields=["email"], name="partnership_by_email")]
        constraints = [
            models.UniqueConstraint(
                fields=["fleet", "company"],
                condition=Q(ended_at=None),
                name="one_live_partnership_a_pair",
            ),
            models.UniqueConstraint(
                "fleet",
                Lower("email"),
                condition=Q(ended_at=None, company=None),
                name="one_open_invitation_a_fleet_and_email",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fleet} · {self.shown_name}"

    @property
    def is_accepted(self) -> bool:
        return self.status == self.Status.ACCEPTED

    @property
    def shown_name(self) -> str:
        """The name that the fleet may see: the company's name once it has accepted, before that the invited address."""
        if self.company and self.status == self.Status.ACCEPTED:
            return self.company.name
        return self.email

    @property
    def invitation(self) -> "Invitation | None":
        return self.invitations.select_related("mail").first()

    def _lock(self) -> None:
        """Lock this row until the transaction ends, and reload it."""
        self.refresh_from_db(from_queryset=type(self).objects.locked())
