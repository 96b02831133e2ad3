"""The actions of operators. Each fleet and company that an action concerns can read it. Rows are only added."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.address import company_at
from core.models import Mail
from core.ulid import ULIDField
from core.values.text_fields import LinesField

if TYPE_CHECKING:
    from accounts.models.user import User


class OperatorActionQuerySet(models.QuerySet["OperatorAction"]):
    def record(
        self,
        *,
        by: "User",
        what: str,
        subject: str,
        tenants: list[dict[str, Any]],
        details: str = "",
        reason: str = "",
    ) -> None:
        """Add one row for each of `tenants`, as `tenants_of` returns them. Without tenants, only operators see it."""
        action = {
            "operator": by,
            "what": what,
            "subject": subject[:200],
            "details": details[:500],
            "reason": reason,
        }
        OperatorAction.objects.bulk_create(
            [OperatorAction(**action, **tenant) for tenant in tenants or [{}]]
        )


class OperatorAction(models.Model):
    class What(models.TextChoices):
        ADD = "ADD", _("added")
        CHANGE = "CHANGE", _("changed")
        SUSPEND = "SUSPEND", _("suspended")
        REINSTATE = "REINSTATE", _("reinstated")
        CLOSE = "CLOSE", _("closed for good")
        REMOVE = "REMOVE", _("removed")
        END = "END", _("ended")
        REVOKE = "REVOKE", _("revoked")
        RESET_SECOND_FACTOR = "RESET_SECOND_FACTOR", _("two-factor authentication reset")
        RESEND = "RESEND", _("sent again")
        RETRY = "RETRY", _("tried again")
        WITHDRAW = "WITHDRAW", _("withdrawn")
        PUBLISH = "PUBLISH", _("published")
        IMPORT = "IMPORT", _("imported")
        RETIRE = "RETIRE", _("retired")
        RIGHTS = "RIGHTS", _("rights changed")
        EXPORT_PERSON = "EXPORT_PERSON", _("personal data exported")
        ERASE = "ERASE", _("erased")

    id = ULIDField(primary_key=True, verbose_name=_("ID"))
    fleet = models.ForeignKey(
        "accounts.Fleet",
        models.PROTECT,
        null=True,
        related_name="operator_actions",
        verbose_name=_("fleet"),
    )
    company = models.ForeignKey(
        "accounts.Company",
        models.PROTECT,
        null=True,
        related_name="operator_actions",
        verbose_name=_("company"),
    )
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("operator")
    )
    what = models.CharField(_("action"), max_length=32, choices=What)
    subject = models.CharField(_("subject"), max_length=200)
    details = models.CharField(_("details"), max_length=500, blank=True)
    reason = LinesField(_("reason"), blank=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    objects = OperatorActionQuerySet.as_manager()

    class Meta:
        db_table = "accounts_operatoract"
        verbose_name = _("operator's action")
        verbose_name_plural = _("operators' actions")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.subject} · {self.get_what_display()}"


def tenants_of(row: Any) -> list[dict[str, Any]]:
    """The fleets and companies that an action on `row` concerns, as fields of OperatorAction.

    Call it before the action, which may end what leads to them.
    """
    from accounts.models import Agreement, Company, Fleet, Invitation, MobilityProvider, User

    match row:
        case Agreement():
            return [{"company": company} for company in Company.objects.live()]
        case Mail():
            concerned = (
                User.objects.filter(email=row.to).first()
                or Invitation.objects.filter(mail=row).first()
            )
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
            return _teams_of(row)
    link = getattr(row, "partnership", None) or row
    sides = {name: getattr(link, name, None) for name in ("fleet", "company")}
    return [{name: side} for name, side in sides.items() if side]


def _teams_of(user: "User") -> list[dict[str, Any]]:
    teams: list[dict[str, Any]] = [
        {"fleet_id": pk} for pk in user.fleet_memberships.values_list("fleet", flat=True)
    ]
    if company := user.company:
        teams.append({"company": company})
    return teams
