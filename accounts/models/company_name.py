"""A company's name and e-mail. A new address applies once its reader has confirmed it."""

from typing import TYPE_CHECKING, cast

from django.core import signing
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.address import check_free, lock_addresses, verified_addresses
from accounts.models.authority import authorise
from accounts.models.company_queryset import EMAIL_SALT
from accounts.models.invitation_queryset import PAUSE
from accounts.models.mail_allowance import MailAllowance, address_changes_of
from accounts.models.membership import CompanyMembership
from accounts.models.partnership import Partnership
from accounts.models.team import Team
from accounts.refusals import LINK_NOT_VALID
from core.errors import MoveRefused
from core.ids import ShortIdField, ShortIdModel
from core.models import Mail
from core.values.addresses import AddressField, canonical
from core.values.text_fields import LineField

if TYPE_CHECKING:
    from accounts.models.company import Company
    from accounts.models.user import User

ADMIN = CompanyMembership.Role.ADMIN


class CompanyName(Team, ShortIdModel):
    partner_id = ShortIdField(verbose_name=_("partner ID"))
    name = LineField(_("company name"), max_length=100)
    email = AddressField(_("company e-mail"))
    email_verified_at = models.DateTimeField(
        _("verified"),
        null=True,
        blank=True,
        editable=False,
    )
    new_email = AddressField(_("e-mail to be verified"), blank=True, editable=False)
    new_email_requested_at = models.DateTimeField(
        null=True, blank=True, editable=False, db_column="new_email_asked_at"
    )
    closed_at = models.DateTimeField(
        _("closed"),
        null=True,
        blank=True,
        editable=False,
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        abstract = True
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=Q(closed_at=None, email_verified_at__isnull=False),
                name="one_live_company_an_email",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @transaction.atomic
    def edit(self, *, name: str, email: str, by: "User") -> None:
        """Change name and e-mail.

        An address of `by` applies at once. Any other address applies when its reader confirms it. Raises MoveRefused
        if the address belongs to another company.
        """
        email = canonical(email)
        lock_addresses(email)
        self.lock()
        authorise(by, self, ADMIN)
        self.name = name
        if email == self.email and self.email_verified_at:
            self.new_email = ""
        elif email in verified_addresses(by):
            self._take_email(email)
        elif email != self.new_email:
            self.new_email = email
            self._send_confirmation(by)
        self.save(
            update_fields=[
                "name",
                "email",
                "email_verified_at",
                "new_email",
                "new_email_requested_at",
            ]
        )

    @transaction.atomic
    def resend_confirmation(self, *, by: "User") -> None:
        """Mail the confirmation link again. Raises MoveRefused if no address waits, or less than a minute later."""
        self.lock()
        authorise(by, self, ADMIN)
        if not self.new_email:
            raise MoveRefused("email_not_expected")
        self._send_confirmation(by)
        self.save(update_fields=["new_email_requested_at"])

    @property
    def address_mails(self) -> MailAllowance:
        return address_changes_of(f"company:{self.pk}")

    def _send_confirmation(self, by: "User") -> None:
        now = timezone.now()
        self.address_mails.check(self.new_email)
        if self.new_email_requested_at and self.new_email_requested_at > now - PAUSE:
            raise MoveRefused("just_sent")
        self.new_email_requested_at = now
        token = signing.dumps([self.pk, self.new_email], salt=EMAIL_SALT)
        context = {"company": self.name, "path": f"/installers/company/email/{token}/"}
        Mail.objects.enqueue(
            to=self.new_email,
            template="mails/company_email",
            context=context,
            on_behalf_of=self.address_mails.sender,
            **by.mail_settings,
        )

    @transaction.atomic
    def confirm_email(self, email: str) -> None:
        """Apply the new address. Raises MoveRefused if another one was entered since."""
        lock_addresses(email)
        self.lock()
        if self.new_email != email:
            raise MoveRefused("email_not_expected", LINK_NOT_VALID)
        self._take_email(email)
        self.save(update_fields=["email", "email_verified_at", "new_email"])
        Partnership.objects.resolve(cast("Company", self))

    def _take_email(self, email: str) -> None:
        check_free([email], cast("Company", self))
        if self.email_verified_at and self.email != email:
            self._notify_old_email(email)
        self.email = email
        self.email_verified_at = timezone.now()
        self.new_email = ""

    def _notify_old_email(self, email: str) -> None:
        context = {
            "what": "company_email",
            "team": self.name,
            "email": email,
        }
        admin = self.admins.first()
        settings = admin.mail_settings if admin else {}
        Mail.objects.enqueue(
            to=self.email,
            template="mails/change",
            context=context,
            **settings,
        )
