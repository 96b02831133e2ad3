"""Many companies at once, and how a company begins."""

from typing import TYPE_CHECKING, Self

from django.core import signing
from django.db import models, transaction
from django.utils import timezone

from accounts.models.address import check_free, lock_addresses, verified_addresses
from accounts.models.agreement import AgreementSignature
from accounts.models.invitation import Invitation
from accounts.models.invitation_queryset import LIFETIME
from accounts.models.membership import CompanyMembership
from core.errors import NotAllowed

if TYPE_CHECKING:
    from accounts.models.company import Company
    from accounts.models.user import User

EMAIL_SALT = "company e-mail"


class CompanyQuerySet(models.QuerySet["Company"]):
    def live(self) -> Self:
        return self.filter(closed_at=None)

    def working(self) -> Self:
        return self.live().filter(suspended_at=None)

    def signed(self) -> Self:
        """Those that signed some version of the agreement. No job is visible before."""
        return self.filter(pk__in=AgreementSignature.objects.values("company"))

    @transaction.atomic
    def register(self, *, name: str, email: str, by: "User") -> "Company":
        """Create the company of a person who used a partnership link, with that person as its admin.

        The company starts with the invited address. `email` applies as soon as it is verified. Raises NotAllowed
        without a used link, and MoveRefused if the address belongs to another company.
        """
        proven = Invitation.objects.tickets_of(by).values_list("email", flat=True)
        lock_addresses(email, *verified_addresses(by), *proven)
        tickets = list(
            Invitation.objects.tickets_of(by).select_for_update(of=("self",), no_key=True)
        )
        if not tickets:
            raise NotAllowed
        check_free([tickets[0].email])
        company = self.create(
            name=name,
            email=tickets[0].email,
            email_verified_at=timezone.now(),
        )
        company.admit(by, CompanyMembership.Role.ADMIN)
        Invitation.objects.filter(pk__in=[ticket.pk for ticket in tickets]).update(company=company)
        company.edit(name=name, email=email, by=by)
        return company

    def by_email_token(self, token: str) -> tuple["Company", str]:
        """The company of a mailed confirmation link, and the address to confirm. Raises Company.DoesNotExist."""
        try:
            pk, email = signing.loads(token, salt=EMAIL_SALT, max_age=LIFETIME)
        except signing.BadSignature as error:
            raise self.model.DoesNotExist from error
        return self.live().get(pk=pk), email
