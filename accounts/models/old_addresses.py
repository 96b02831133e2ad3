"""Addresses from before they had one form: they are rewritten in batches, or listed with what is in the way."""

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction

from accounts.models.address import company_at, lock_addresses
from core.failures import each
from core.values.addresses import canonical

BATCH = 500
# What no canonical address has: upper case, and what is neither a letter, a digit nor a sign of ASCII.
OLD = r"[A-Z]|[^!-~]"


class Column(NamedTuple):
    app: str
    model: str
    field: str

    @property
    def old(self) -> models.QuerySet:
        rows = apps.get_model(self.app, self.model)._base_manager
        return rows.filter(**{f"{self.field}__regex": OLD}).order_by("pk")

    @property
    def name(self) -> str:
        return f"{self.model}.{self.field}"

    def batches(self) -> Iterator[models.QuerySet]:
        rows = self.old
        while ids := list(rows.values_list("pk", flat=True)[:BATCH]):
            yield self.old.filter(pk__in=ids)
            rows = self.old.filter(pk__gt=ids[-1])


COLUMNS = (
    Column("accounts", "User", "email"),
    Column("account", "EmailAddress", "email"),
    Column("accounts", "Company", "email"),
    Column("accounts", "Company", "new_email"),
    Column("accounts", "Partnership", "email"),
    Column("accounts", "Invitation", "email"),
)


class Leftover(NamedTuple):
    """A row that stays as it is until an operator decides."""

    row: str
    address: str
    reason: str


def rewrite() -> None:
    """Bring every address to its canonical form, each in a transaction of its own."""
    for column in COLUMNS:
        for rows in column.batches():
            each(rows, partial(rewrite_row, column), what=f"rewrite {column.name}", most=BATCH)


def leftovers() -> Iterator[Leftover]:
    for column in COLUMNS:
        for row in (row for rows in column.batches() for row in rows):
            address = str(getattr(row, column.field))
            reason = obstacle(column, row) or "It is about to be rewritten."
            yield Leftover(f"{column.model} {row.pk}", address, reason)


@transaction.atomic
def rewrite_row(column: Column, row: Any) -> None:
    try:
        address = canonical(getattr(row, column.field))
    except ValidationError:
        return
    lock_addresses(address)
    if obstacle(column, row):
        return
    column.old.filter(pk=row.pk).update(**{column.field: address})
    resolve_at(address)


def resolve_at(address: str) -> None:
    """Give a company the open invitations to an address that leads to it now."""
    company = company_at(address)
    if company:
        company.lock()
        apps.get_model("accounts", "Partnership")._default_manager.resolve(company)


def obstacle(column: Column, row: Any) -> str:
    """What keeps a row from its canonical address; empty if nothing does."""
    try:
        address = canonical(getattr(row, column.field))
    except ValidationError as refused:
        return " ".join(refused.messages)
    taken = TAKEN.get((column.model, column.field))
    if taken:
        return taken(row, address)
    return ""


def taken_by_person(person: Any, address: str) -> str:
    """Another account has the address, or it leads to another company."""
    found = {other.pk for other in _people_at(address)} - {person.pk}
    if found:
        return f"User {min(found)} has this address already."
    company = company_at(address)
    if company and person.company and company != person.company:
        return f"It leads to the company {company.pk} already."
    return ""


def _people_at(address: str) -> list[Any]:
    users = apps.get_model("accounts", "User")._base_manager
    by_own = models.Q(email=address)
    return list(users.filter(by_own | models.Q(emailaddress__email=address)).distinct())


def taken_by_address(entry: Any, address: str) -> str:
    own = type(entry)._base_manager.filter(user=entry.user_id, email=address)
    if own.exists():
        return "The same user has this address already."
    return taken_by_person(entry.user, address)


def taken_by_company(company: Any, address: str) -> str:
    other = company_at(address)
    if company.closed_at or not company.email_verified_at or other in (None, company):
        return ""
    return f"It leads to the company {other.pk} already."


def taken_by_partnership(partnership: Any, address: str) -> str:
    if partnership.ended_at or partnership.company_id:
        return ""
    twins = type(partnership).objects.live().filter(company=None, fleet=partnership.fleet_id)
    twin = twins.filter(email=address).first()
    if twin is None:
        return ""
    return f"Partnership {twin.pk} of this fleet has this address already."


TAKEN = {
    ("User", "email"): taken_by_person,
    ("EmailAddress", "email"): taken_by_address,
    ("Company", "email"): taken_by_company,
    ("Partnership", "email"): taken_by_partnership,
}
