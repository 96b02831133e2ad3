"""What operators did: each act is told to every fleet and company that it concerns. Rows are only added."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.address import company_at
from core.models import Mail
from core.ulid import ULIDField


class OperatorActQuerySet(models.QuerySet):
    def record(self, *, by, what: str, subject: str, tenants, details: str = "", reason: str = "") -> None:
        """One row for each of `tenants`; an act that concerns none of them is kept for the operators alone."""
        about = {"operator": by, "what": what, "subject": subject[:200], "details": details[:500], "reason": reason}
        self.bulk_create([OperatorAct(**about, **tenant) for tenant in tenants or [{}]])


class OperatorAct(models.Model):
    class What(models.TextChoices):
        ADD = "ADD", _("added")
        CHANGE = "CHANGE", _("changed")
        SUSPEND = "SUSPEND", _("suspended")
        REINSTATE = "REINSTATE", _("reinstated")
        CLOSE = "CLOSE", _("closed for good")
        REMOVE = "REMOVE", _("removed")
        END = "END", _("ended")
        REVOKE = "REVOKE", _("revoked")
        RESET_SECOND_FACTOR = "RESET_SECOND_FACTOR", _("second factor reset")
        RESEND = "RESEND", _("sent again")
        WITHDRAW = "WITHDRAW", _("withdrawn")
        PUBLISH = "PUBLISH", _("published")
        IMPORT = "IMPORT", _("imported")
        RETIRE = "RETIRE", _("retired")

    id = ULIDField(primary_key=True)
    fleet = models.ForeignKey(
        "accounts.Fleet", models.PROTECT, null=True, related_name="operator_acts", verbose_name=_("fleet")
    )
    company = models.ForeignKey(
        "accounts.Company", models.PROTECT, null=True, related_name="operator_acts", verbose_name=_("company")
    )
    operator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("operator"))
    what = models.CharField(_("act"), max_length=32, choices=What)
    subject = models.CharField(_("what it concerned"), max_length=200)
    details = models.CharField(_("details"), max_length=500, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    objects = OperatorActQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("operator's act"), _("operators' acts")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.subject} · {self.get_what_display()}"


def tenants_of(row) -> list[dict]:
    """The fleets and companies that something done to `row` concerns. Ask before the act: it may end what leads there."""
    from accounts.models import Agreement, Company, Fleet, Invitation, MobilityProvider, User

    match row:
        case Agreement():
            return [{"company": company} for company in Company.objects.live()]
        case Mail():
            concerned = User.objects.filter(email=row.to).first() or Invitation.objects.filter(mail=row).first()
            return tenants_of(concerned or company_at(row.to))
        case None:
            return []
        case Fleet():
            return [{"fleet": row}]
        case Company():
            return [{"company": row}]
        case MobilityProvider():
            return [{"fleet": fleet} for fleet in row.fleets.all()]
        case User():
            company = row.company
            fleets = row.fleet_memberships.values_list("fleet", flat=True)
            return [{"fleet_id": pk} for pk in fleets] + ([{"company": company}] if company else [])
    link = getattr(row, "partnership", None) or row
    sides = {name: getattr(link, name, None) for name in ("fleet", "company")}
    return [{name: side} for name, side in sides.items() if side]
