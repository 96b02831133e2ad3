from django.core import signing
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.address import check_free, lock_addresses, verified_addresses
from accounts.models.agreement import Agreement, AgreementSignature
from accounts.models.authority import authorise
from accounts.models.company_leaving import CompanyLeaving
from accounts.models.invitation import LIFETIME, PAUSE, Invitation
from accounts.models.membership import CompanyMembership
from accounts.models.partnership import Partnership
from core.ids import ShortIdField
from core.models import Mail
from core.moves import MoveRefused, NotAllowed

Role = CompanyMembership.Role
EMAIL_SALT = "company e-mail"


class CompanyQuerySet(models.QuerySet):
    def live(self):
        return self.filter(closed_at=None)

    def working(self):
        return self.live().filter(suspended_at=None)

    def signed(self):
        """Those who signed some version of the agreement: no job is visible before."""
        return self.filter(pk__in=AgreementSignature.objects.values("company"))

    @transaction.atomic
    def register(self, *, name: str, email: str, by) -> "Company":
        """Found the company of somebody who came by a partner's invitation. `email` counts once it is verified."""
        proven = Invitation.objects.tickets_of(by).values_list("email", flat=True)
        lock_addresses(email, *verified_addresses(by), *proven)
        tickets = list(Invitation.objects.tickets_of(by).select_for_update(of=("self",), no_key=True))
        if not tickets:
            raise NotAllowed
        check_free([tickets[0].email])
        company = self.create(name=name, email=tickets[0].email, email_verified_at=timezone.now())
        company.admit(by, Role.ADMIN)
        Invitation.objects.filter(pk__in=[ticket.pk for ticket in tickets]).update(company=company)
        company.edit(name=name, email=email, by=by)
        return company

    def by_email_token(self, token: str) -> tuple["Company", str]:
        """The company and the address that a mailed confirmation link speaks of. Raises Company.DoesNotExist."""
        try:
            pk, email = signing.loads(token, salt=EMAIL_SALT, max_age=LIFETIME)
        except signing.BadSignature as error:
            raise self.model.DoesNotExist from error
        return self.live().get(pk=pk), email


class Company(CompanyLeaving):
    """An installer company. Once closed it stays as a tombstone, so that history keeps its name."""

    INVITATION = Invitation.Kind.COMPANY

    partner_id = ShortIdField()
    name = models.CharField(_("company name"), max_length=100)
    email = models.EmailField(_("company e-mail"))
    email_verified_at = models.DateTimeField(_("verified"), null=True, blank=True, editable=False)
    new_email = models.EmailField(_("e-mail to be verified"), blank=True, editable=False)
    new_email_asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    demand_second_factor = models.BooleanField(_("demand a second factor"), default=False)
    suspended_at = models.DateTimeField(_("suspended"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("company"), _("companies")
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

    # --- its data -----------------------------------------------------------------------------------------------------
    @transaction.atomic
    def edit(self, *, name: str, email: str, by) -> None:
        """Rename, and change the e-mail: one of `by`'s own addresses counts at once, any other when its reader confirms it."""
        email = email.lower()
        lock_addresses(email)
        self.lock()
        authorise(by, self, Role.ADMIN)
        self.name = name
        if email == self.email and self.email_verified_at:
            self.new_email = ""
        elif email in verified_addresses(by):
            self._take_email(email)
        elif email != self.new_email:
            self.new_email = email
            self._ask_to_confirm(by)
        self.save(update_fields=["name", "email", "email_verified_at", "new_email", "new_email_asked_at"])

    @transaction.atomic
    def ask_again(self, *, by) -> None:
        """Mail the link to the address that is to be confirmed once more."""
        self.lock()
        authorise(by, self, Role.ADMIN)
        if not self.new_email:
            raise MoveRefused("email_not_expected", _("There is no e-mail to be confirmed."))
        self._ask_to_confirm(by)
        self.save(update_fields=["new_email_asked_at"])

    def _ask_to_confirm(self, by) -> None:
        now = timezone.now()
        if self.new_email_asked_at and self.new_email_asked_at > now - PAUSE:
            raise MoveRefused("just_sent", _("This was sent a moment ago. Wait a minute before you send it again."))
        self.new_email_asked_at = now
        path = f"/installers/company/email/{signing.dumps([self.pk, self.new_email], salt=EMAIL_SALT)}/"
        about = {"company": self.name, "path": path}
        Mail.objects.enqueue(to=self.new_email, template="mails/company_email", context=about, **by.manners)

    @transaction.atomic
    def confirm_email(self, email: str) -> None:
        lock_addresses(email)
        self.lock()
        if self.new_email != email:
            raise MoveRefused("email_not_expected", _("This link does not count any more."))
        self._take_email(email)
        self.save(update_fields=["email", "email_verified_at", "new_email"])
        Partnership.resolve(self)

    def _take_email(self, email: str) -> None:
        check_free([email], self)
        if self.email_verified_at and self.email != email:
            reader = self.admins.first()
            about = {"what": "company_email", "team": self.name, "email": email}
            manners = reader.manners if reader else {}
            Mail.objects.enqueue(to=self.email, template="mails/change", context=about, **manners)
        self.email, self.email_verified_at, self.new_email = email, timezone.now(), ""

    users_path = "/installers/users/"

    # --- its people ---------------------------------------------------------------------------------------------------
    @transaction.atomic
    def admit(self, user, role: str) -> CompanyMembership:
        """Make `user` a member. Nobody is in two companies, and no address leads to two."""
        lock_addresses(*verified_addresses(user))
        self.lock()
        if self.closed_at or self.suspended_at:
            raise MoveRefused("company_closed", _("This company does not take part any more."))
        if user.company_memberships.live().exists():
            raise MoveRefused("has_company", _("You belong to a company already. Leave it first."))
        check_free(verified_addresses(user), self)
        membership = self.memberships.create(user=user, role=role)
        Partnership.resolve(self)
        return membership

    # --- the agreement ------------------------------------------------------------------------------------------------
    @transaction.atomic
    def sign(self, agreement: Agreement, *, by, address: str | None) -> AgreementSignature:
        """`by` accepts a version for the company; a second signature of the same version changes nothing."""
        authorise(by, self, Role.ADMIN)
        if agreement != Agreement.objects.newest():
            raise MoveRefused("agreement_superseded", _("There is a newer version. Read that one."))
        about = {"signed_by": by, "name": by.name, "address": address}
        return self.signatures.get_or_create(agreement=agreement, defaults=about)[0]

    def unsigned_agreement(self) -> Agreement | None:
        """The newest version, as long as the company has not signed it."""
        newest = Agreement.objects.newest()
        return newest if newest and not self.signatures.filter(agreement=newest).exists() else None

    def may_take(self) -> bool:
        """May its people begin new work, as far as the agreement goes?"""
        return Agreement.objects.allows_taking(self)
