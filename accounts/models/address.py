"""Which company an e-mail address leads to: at most one, as the company's own or as one of its people's.

Only verified addresses lead anywhere. Whoever gives an address to a company, or a person with it, holds the address
until the transaction ends (order: address → company → partnership → membership → invitation).
"""

from django.db import connection
from django.utils.translation import gettext_lazy as _

from core.moves import MoveRefused


def lock_addresses(*emails: str) -> None:
    """SQLite has one writer at a time anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for email in sorted({email.lower() for email in emails}):
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"address {email}"])


def verified_addresses(*users) -> set[str]:
    return _verified(users)


def addresses_of(company) -> set[str]:
    """Every verified address that leads to `company`."""
    people = _verified(company.memberships.live().values("user"))
    return people | ({company.email.lower()} if company.email_verified_at else set())


def _verified(people) -> set[str]:
    from allauth.account.models import EmailAddress

    return set(EmailAddress.objects.filter(verified=True, user__in=people).values_list("email", flat=True))


def company_at(email: str):
    """The live company that `email` leads to, or None."""
    from accounts.models.company import Company
    from accounts.models.membership import CompanyMembership

    live = Company.objects.live()
    people = CompanyMembership.objects.live().filter(
        user__emailaddress__email=email.lower(), user__emailaddress__verified=True
    )
    return (
        live.filter(email__iexact=email, email_verified_at__isnull=False).first()
        or live.filter(pk__in=people.values("company")).first()
    )


def check_free(emails, company=None) -> None:
    """Raises MoveRefused when one of `emails` leads to another company than `company`. Lock them before."""
    if any(company_at(email) not in (None, company) for email in emails):
        raise MoveRefused("address_taken", _("This e-mail belongs to another company."))
