"""Many partnerships at once, and how the inviting fleet sees each of them."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts import signals
from accounts.models.address import addresses_of
from accounts.models.invitation import Invitation
from core.models import Mail
from core.values.addresses import comparable

if TYPE_CHECKING:
    from accounts.models.authority import Actor
    from accounts.models.company import Company
    from accounts.models.partnership import Partnership


class PartnershipStatus(models.TextChoices):
    PENDING = "PENDING", _("Pending")
    ACCEPTED = "ACCEPTED", _("Accepted")
    DECLINED = "DECLINED", _("Declined")


class Shown(models.TextChoices):
    """The status as a fleet sees it, with what stops a pending invitation or an accepted partner."""

    PENDING = "PENDING", _("Pending")
    EXPIRED = "EXPIRED", _("Expired")
    MAIL_FAILED = "MAIL_FAILED", _("Mail failed")
    ACCEPTED = "ACCEPTED", _("Accepted")
    SUSPENDED = "SUSPENDED", _("Suspended")
    DECLINED = "DECLINED", _("Declined")


class PartnershipQuerySet(models.QuerySet["Partnership"]):
    def live(self) -> Self:
        return self.filter(ended_at=None)

    def pending(self) -> Self:
        return self.live().filter(status=PartnershipStatus.PENDING)

    def accepted(self) -> Self:
        return self.live().filter(status=PartnershipStatus.ACCEPTED)

    def assignable(self, fleet: Any) -> Self:
        """Those whose company can be assigned jobs of this fleet."""
        return self.accepted().filter(fleet=fleet, company__suspended_at=None)

    def declined(self) -> Self:
        return self.live().filter(status=PartnershipStatus.DECLINED)

    def locked(self) -> Self:
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)

    def as_shown(self) -> Self:
        """Annotate each row with `shown`, and with `valid_until` and `mail_status` of its newest link."""
        link = Invitation.objects.standing().filter(partnership=OuterRef("pk")).order_by("-pk")
        linked = self.annotate(
            valid_until=Subquery(link.values("expires_at")[:1]),
            mail_status=Subquery(link.values("mail__status")[:1]),
        )
        accepted = Q(status=PartnershipStatus.ACCEPTED)
        pending = Q(status=PartnershipStatus.PENDING)
        return linked.annotate(
            shown=Case(
                When(
                    accepted & Q(company__suspended_at__isnull=False), then=Value(Shown.SUSPENDED)
                ),
                When(pending & Q(mail_status=Mail.Status.FAILED), then=Value(Shown.MAIL_FAILED)),
                When(pending & Q(valid_until__lte=Now()), then=Value(Shown.EXPIRED)),
                default=F("status"),
                output_field=models.CharField(),
            )
        )

    def matching(self, text: str) -> Self:
        """Search what the fleet may see: the invited e-mail, and name and partner ID once accepted."""
        company = Q(company__name__icontains=text) | Q(company__pk__iexact=text)
        address = comparable(text)
        return self.filter(
            Q(email__icontains=address) | Q(company, status=PartnershipStatus.ACCEPTED)
        )

    def unresolved(self, company: "Company") -> Self:
        """Open invitations to addresses of `company` that are not resolved yet."""
        return self.pending().filter(company=None, email__in=addresses_of(company))

    # --- moves of many ------------------------------------------------------------------------------------------------
    def resolve(self, company: "Company") -> None:
        """Give `company` the open invitations to its addresses, one for each fleet.

        Called whenever the company gets an address.
        """
        open_ones = self.unresolved(company)
        theirs = {link.fleet_id: link for link in company.partnerships.live().locked()}
        for partnership in open_ones.locked():
            standing = theirs.setdefault(partnership.fleet_id, partnership)
            if standing.status == PartnershipStatus.ACCEPTED:
                partnership._end(None)
            elif standing.status == PartnershipStatus.DECLINED:
                standing._move("release", by=None, company=None)
                theirs[partnership.fleet_id] = standing = partnership
            if standing is partnership:
                partnership._move(
                    "resolve", by=None, where={"ended_at": None, "company": None}, company=company
                )
                signals.client_waits.send(
                    sender=self.model,
                    partnership=partnership,
                    by=None,
                )

    def decline_all(self, company: "Company", *, by: "Actor") -> None:
        """Decline all pending invitations of a company that closes. The fleets can invite the address again."""
        unresolved = self.unresolved(company).values("pk")
        waiting = self.pending().filter(Q(company=company) | Q(pk__in=unresolved))
        self.model._move_all(
            "decline", waiting, by=by, answered_at=Now(), answered_by=by, company=None
        )

    def end(self, *, by: "Actor") -> None:
        """End these, and withdraw their links."""
        moved = self.model._move_all(
            "end",
            self,
            by=by,
            ended_at=Now(),
            ended_by=by,
        )
        ended = [pk for pk, _version in moved]
        Invitation.objects.filter(partnership__in=ended).withdraw()
