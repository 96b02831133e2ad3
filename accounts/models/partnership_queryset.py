"""Partnerships, many at a time, and how the fleet that invites sees each of them."""

from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models.invitation import Invitation
from core.models import Mail


class PartnershipStatus(models.TextChoices):
    PENDING = "PENDING", _("Pending")
    ACCEPTED = "ACCEPTED", _("Accepted")
    DECLINED = "DECLINED", _("Declined")


class Shown(models.TextChoices):
    """The status, and what keeps a pending invitation from being answered or an accepted partner from working."""

    PENDING = "PENDING", _("Pending")
    EXPIRED = "EXPIRED", _("Expired")
    MAIL_FAILED = "MAIL_FAILED", _("Mail failed")
    ACCEPTED = "ACCEPTED", _("Accepted")
    SUSPENDED = "SUSPENDED", _("Suspended")
    DECLINED = "DECLINED", _("Declined")


class PartnershipQuerySet(models.QuerySet):
    def live(self):
        return self.filter(ended_at=None)

    def pending(self):
        return self.live().filter(status=PartnershipStatus.PENDING)

    def accepted(self):
        return self.live().filter(status=PartnershipStatus.ACCEPTED)

    def declined(self):
        return self.live().filter(status=PartnershipStatus.DECLINED)

    def locked(self):
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)

    def as_shown(self):
        """Each with `shown`, and with `valid_until`, the end of its newest link."""
        link = Invitation.objects.standing().filter(partnership=OuterRef("pk")).order_by("-pk")
        accepted, pending = Q(status=PartnershipStatus.ACCEPTED), Q(status=PartnershipStatus.PENDING)
        return self.annotate(
            valid_until=Subquery(link.values("expires_at")[:1]),
            mail_status=Subquery(link.values("mail__status")[:1]),
        ).annotate(
            shown=Case(
                When(accepted & Q(company__suspended_at__isnull=False), then=Value(Shown.SUSPENDED)),
                When(pending & Q(mail_status=Mail.Status.FAILED), then=Value(Shown.MAIL_FAILED)),
                When(pending & Q(valid_until__lte=Now()), then=Value(Shown.EXPIRED)),
                default=F("status"),
                output_field=models.CharField(),
            )
        )

    def matching(self, text: str):
        """By what the fleet may know: the e-mail it wrote to, and name and partner ID once accepted."""
        known = Q(company__name__icontains=text) | Q(company__pk__iexact=text)
        return self.filter(Q(email__icontains=text) | Q(known, status=PartnershipStatus.ACCEPTED))
