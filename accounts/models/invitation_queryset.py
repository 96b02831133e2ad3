"""Many invitations at once, and the kinds and states of each."""

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models.membership import CompanyMembership, FleetMembership

if TYPE_CHECKING:
    from accounts.models.invitation import Invitation
    from accounts.models.user import User

LIFETIME = timedelta(days=14)
# An invitation is mailed at most once in this time, so that no one can flood a mailbox.
PAUSE = timedelta(minutes=1)


class InvitationKind(models.TextChoices):
    PARTNERSHIP = "PARTNERSHIP", _("Partnership")
    COMPANY = "COMPANY", _("Company")
    FLEET = "FLEET", _("Fleet")


class InvitationState(models.TextChoices):
    OPEN = "open", _("Invited")
    USED = "used", _("Accepted")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")


class ShownState(models.TextChoices):
    """The state as the list of a team shows it, with what keeps an open invitation from being answered."""

    PENDING = "PENDING", _("Pending")
    EXPIRED = "EXPIRED", _("Expired")
    MAIL_FAILED = "MAIL_FAILED", _("Mail failed")
    DECLINED = "DECLINED", _("Declined")


# The roles that an invitation may give, by its kind.
ROLES = {
    "PARTNERSHIP": [""],
    "COMPANY": CompanyMembership.Role.values,
    "FLEET": FleetMembership.Role.values,
}


def role_known() -> Q:
    """The condition that an open invitation has a role of its kind. A used, withdrawn or declined one may have any."""
    condition = (
        Q(used_at__isnull=False) | Q(withdrawn_at__isnull=False) | Q(declined_at__isnull=False)
    )
    for kind, roles in ROLES.items():
        condition |= Q(kind=kind, role__in=roles)
    return condition


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def standing(self) -> Self:
        """Neither used nor withdrawn. Expired and declined ones are included, as they can be sent again."""
        return self.filter(used_at=None, withdrawn_at=None)

    def unanswered(self) -> Self:
        """Neither used nor declined. Withdrawn ones are included: their mail has left."""
        open_ones = self.filter(used_at=None, declined_at=None)
        return open_ones.exclude(partnership__status="DECLINED")

    def twins_of(self, invitation: "Invitation") -> Self:
        """The invitations of the same kind, to the same address, by the same fleet or company."""
        same = self.filter(kind=invitation.kind, email=invitation.email)
        if invitation.partnership:
            return same.filter(partnership__fleet=invitation.partnership.fleet_id)
        return same.filter(company=invitation.company, fleet=invitation.fleet)

    def waiting(self) -> Self:
        """Open ones that are not declined."""
        return self.standing().filter(declined_at=None)

    def open(self) -> Self:
        """Those whose link works now."""
        return self.waiting().filter(expires_at__gt=Now())

    def by_token(self, token: str) -> "Invitation | None":
        """The invitation that `token` opens."""
        related = self.select_related(
            "partnership__fleet__provider",
            "partnership__company",
            "company",
            "fleet__provider",
            "created_by",
        )
        return related.filter(token_hash=hash_of(token)).first()

    def tickets_of(self, user: "User") -> Self:
        """Partnership links that `user` has used, and may still register a company with."""
        return self.filter(
            kind=InvitationKind.PARTNERSHIP,
            used_by=user,
            company=None,
        ).order_by("pk")

    def withdraw(self) -> int:
        """Withdraw the open ones and return their number."""
        return self.standing().update(withdrawn_at=Now())
