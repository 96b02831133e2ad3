"""Everything that is stored about a person, for them to read. A new table with people is covered by itself.

Rows that are the person's own are returned whole, without secrets. Of rows that belong to a fleet or a company, such as
a job that they created, it is what the person did there and when.
"""

from collections.abc import Iterator
from typing import Any

from allauth.account.models import EmailAddress
from django.db import models

from accounts.models.invitation import Invitation
from accounts.models.partnership import Partnership
from accounts.models.user import User
from core.models import AnsweredRequest, Mail

# What opens something, and what would let it be forged.
SECRET = {"password", "token_hash", "session_key", "key", "data", "hash", "secret", "words"}
# Of a fleet's or company's row: what the person did, never the rest.
ACTION = {"verb", "role", "what", "kind", "status", "reason", "name", "address", "email"}
OWN_RECORDS = {"AgreementSignature", "CompanyMembership", "FleetMembership", "Notification"}


def personal_data(user: User) -> dict[str, Any]:
    """As JSON may have it, by the name of the table."""
    found: dict[str, Any] = {"accounts.User": [whole(user)]}
    for relation in relations():
        model = relation.related_model
        rows = model._base_manager.filter(**{relation.field.name: user.pk}).order_by("pk")
        shown = [about(relation, row) for row in rows.iterator(chunk_size=500)]
        if shown:
            found.setdefault(model._meta.label, []).extend(shown)
    for rows in by_address(user):
        if entries := [whole(row) for row in rows.order_by("pk")]:
            found.setdefault(f"{rows.model._meta.label} by e-mail", []).extend(entries)
    return found


def relations() -> Iterator[Any]:
    """Every column of every table that refers to a person."""
    for relation in User._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and relation.one_to_many:
            yield relation


def by_address(user: User) -> list[models.QuerySet]:
    addresses = {
        user.email,
        *EmailAddress.objects.filter(user=user).values_list("email", flat=True),
    }
    return [
        Mail.objects.filter(to__in=addresses).defer("context"),
        Invitation.objects.filter(email__in=addresses),
        Partnership.objects.filter(email__in=addresses),
        AnsweredRequest.objects.filter(principal=user.principal),
    ]


def about(relation: Any, row: Any) -> dict[str, Any]:
    is_own = relation.on_delete is models.CASCADE or type(row).__name__ in OWN_RECORDS
    if is_own:
        return whole(row)
    return {"as": relation.field.name, **_values(row, action_columns(row))}


def whole(row: Any) -> dict[str, Any]:
    return _values(row, row._meta.concrete_fields)


def action_columns(row: Any) -> Iterator[models.Field]:
    for column in row._meta.concrete_fields:
        is_time = isinstance(column, models.DateField)
        if column.primary_key or is_time or column.name in ACTION:
            yield column


def _values(row: Any, columns: Any) -> dict[str, Any]:
    deferred = row.get_deferred_fields()
    return {
        column.attname: getattr(row, column.attname)
        for column in columns
        if column.name not in SECRET and column.attname not in deferred
    }
