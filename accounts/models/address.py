"""Which company an e-mail address leads to: at most one, as the company's own address or as one of its people's.

Only verified addresses lead to a company. Code that gives an address to a company, or to a person of a company, holds
the address until the transaction ends. Lock order: address → company → partnership → membership → invitation.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connection

from core.errors import MoveRefused
from core.values.addresses import comparable

if TYPE_CHECKING:
    from accounts.models.company import Company
    from accounts.models.user import User


def lock_addresses(*emails: str) -> None:
    """Hold these addresses until the transaction ends."""
    for email in sorted({comparable(email) for email in emails}):
        hold(f"address {email}")


def hold(name: str) -> None:
    """Hold a name until the transaction ends. SQLite has a single writer, so it needs no lock."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def verified_addresses(*users: "User") -> set[str]:
    return _verified(users)


def addresses_of(company: "Company") -> set[str]:
    """Every verified address that leads to `company`."""
    addresses = _verified(company.memberships.live().values("user"))
    if company.email_verified_at:
        addresses.add(company.email)
    return addresses


def _verified(people: Any) -> set[str]:
    """The verified addresses of `people`, which are users or a query of their ids."""
    from allauth.account.models import EmailAddress

    return set(
        EmailAddress.objects.filter(verified=True, user__in=people).values_list("email", flat=True)
    )


def stored_spelling(typed: str) -> str:
    """The spelling under which an account has this address.

    That is the canonical one, except for rows that a task has not rewritten yet, or could not.
    """
    from allauth.account.models import EmailAddress

    address = comparable(typed)
    raw = typed.strip().lower()
    if raw == address:
        return address
    found = set(
        EmailAddress.objects.filter(email__in=[raw, address]).values_list("email", flat=True)
    )
    if found == {raw}:
        return raw
    return address


def company_at(email: str) -> "Company | None":
    """The live company that `email` leads to."""
    company = apps.get_model("accounts", "Company")
    memberships = apps.get_model("accounts", "CompanyMembership")
    live = company.objects.live()
    people = memberships.objects.live().filter(
        user__emailaddress__email=comparable(email), user__emailaddress__verified=True
    )
    by_its_own = live.filter(email=email, email_verified_at__isnull=False).first()
    return by_its_own or live.filter(pk__in=people.values("company")).first()


def check_free(emails: Iterable[str], company: "Company | None" = None) -> None:
    """Raise MoveRefused if one of `emails` leads to a company other than `company`. Lock them first."""
    for email in emails:
        if company_at(email) not in (None, company):
            raise MoveRefused("address_taken")
