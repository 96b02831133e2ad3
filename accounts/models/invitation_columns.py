"""The columns of an invitation and what follows from them: where it leads, and whether it is open."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models.address import company_at
from accounts.models.invitation_queryset import (
    ROLES,
    InvitationKind,
    InvitationQuerySet,
    InvitationState,
    ShownState,
    role_known,
)
from accounts.models.membership import CompanyMembership, FleetMembership
from core import refusals
from core.errors import MoveRefused
from core.models import Mail
from core.values.addresses import AddressField
from core.values.bidi import with_names
from core.values.text_fields import LineField
from core.vocabulary import ClosedVocabulary

if TYPE_CHECKING:
    from accounts.models.company import Company
    from accounts.models.fleet import Fleet


class InvitationColumns(models.Model):
    Kind = InvitationKind
    State = InvitationState
    Shown = ShownState

    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    email = AddressField(_("e-mail"))
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    partnership = models.ForeignKey(
        "accounts.Partnership",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="invitations",
        verbose_name=_("partnership"),
    )
    company = models.ForeignKey(
        "accounts.Company",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="invitations",
        verbose_name=_("company"),
    )
    fleet = models.ForeignKey(
        "accounts.Fleet",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="invitations",
        verbose_name=_("fleet"),
    )
    role = LineField(_("role"), max_length=16, blank=True)
    first_name = LineField(_("first name"), max_length=100, blank=True)
    last_name = LineField(_("last name"), max_length=100, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("invited by"),
    )
    created_at = models.DateTimeField(_("invited"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), default=timezone.now, editable=False)
    mail = models.ForeignKey(
        "core.Mail",
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("mail"),
    )
    expires_at = models.DateTimeField(_("valid until"), editable=False)
    used_at = models.DateTimeField(
        _("used"),
        null=True,
        blank=True,
        editable=False,
    )
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("used by"),
    )
    withdrawn_at = models.DateTimeField(
        _("withdrawn"),
        null=True,
        blank=True,
        editable=False,
    )
    declined_at = models.DateTimeField(
        _("declined"),
        null=True,
        blank=True,
        editable=False,
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-pk"]
        indexes = [models.Index(fields=["email"], name="invitation_by_email")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="PARTNERSHIP", partnership__isnull=False, fleet=None)
                | Q(
                    kind="COMPANY",
                    company__isnull=False,
                    partnership=None,
                    fleet=None,
                )
                | Q(
                    kind="FLEET",
                    fleet__isnull=False,
                    partnership=None,
                    company=None,
                ),
                name="invitation_leads_to_one_thing",
            ),
            ClosedVocabulary(condition=role_known(), name="invitation_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.email}"

    def clean(self) -> None:
        if self.kind in ROLES and not self.role_is_known:
            raise ValidationError({"role": refusals.sentence("no_such_role")})

    @property
    def role_is_known(self) -> bool:
        return self.role in ROLES[self.kind]

    @property
    def team(self) -> "Company | Fleet":
        """The company or fleet that the link leads to; of a partnership, the inviting fleet."""
        if self.partnership:
            return self.partnership.fleet
        team = self.fleet or self.company
        assert team, "invitation_leads_to_one_thing"
        return team

    @property
    def heading(self) -> str:
        """The heading of the page that the link opens."""
        team: Any = self.team
        if self.kind == self.Kind.COMPANY:
            return with_names(gettext("Join %(company)s"), company=team.name)
        names = {"provider": team.provider.name, "fleet": team.name}
        if self.kind == self.Kind.FLEET:
            return with_names(gettext("Join the fleet %(fleet)s of %(provider)s"), **names)
        return with_names(gettext("%(provider)s invites you as an installation partner"), **names)

    @property
    def answered_by_company(self) -> "Company | None":
        """Of a partnership link: the company that its address leads to. An admin of it answers the link."""
        if not self.partnership:
            return None
        return self.partnership.company or company_at(self.email)

    @property
    def state(self) -> InvitationState:
        if self.partnership and self.partnership.status == "DECLINED":
            return self.State.DECLINED
        if self.used_at:
            return self.State.USED
        if self.withdrawn_at or (self.partnership and self.partnership.ended_at):
            return self.State.WITHDRAWN
        if self.declined_at:
            return self.State.DECLINED
        if self.expires_at <= timezone.now():
            return self.State.EXPIRED
        return self.State.OPEN

    @property
    def mail_failed(self) -> bool:
        return bool(self.mail and self.mail.status == Mail.Status.FAILED)

    @property
    def shown(self) -> ShownState:
        if self.mail_failed:
            return self.Shown.MAIL_FAILED
        if self.state == self.State.DECLINED:
            return self.Shown.DECLINED
        if self.state == self.State.EXPIRED:
            return self.Shown.EXPIRED
        return self.Shown.PENDING

    @property
    def role_label(self) -> str:
        """The role in words; an unknown role as it is stored."""
        membership = CompanyMembership if self.company_id else FleetMembership
        labels = dict(membership.Role.choices)
        return str(labels.get(self.role, self.role))

    def _not_open(self) -> MoveRefused:
        return MoveRefused(f"invitation_{self.state}")
