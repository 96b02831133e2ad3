"""Rows from before texts had a canonical form: brought to it in batches; some are left to a person."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db import IntegrityError, models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.values.text_fields import TextField

BATCH = 500
TAKEN = _("Another row has this value already, or the value is needed here.")
TOO_LONG = _("The value would be too long.")
BLANK = _("Nothing of the value is visible, and it may not be blank.")


class Left(NamedTuple):
    """A row that a person has to correct."""

    row: models.Model
    values: dict[str, str]
    reason: Promise


class OldRows:
    """The rows of one model. A value that was changed meanwhile is not overwritten."""

    def __init__(self, model: type[models.Model], *related: str, batch: int = BATCH) -> None:
        """`related`: the rows that a search column is made of besides its own."""
        self.model = model
        self.related = related or (None,)
        self.batch = batch
        self.fields: list[Any] = [
            field for field in model._meta.concrete_fields if isinstance(field, TextField)
        ]

    def clean_after(self, pk: Any = None) -> Any:
        """Clean the next batch after this key. Return its last key, None at the end."""
        rows = self._read(pk)
        for row in rows:
            self.clean(row)
        if len(rows) == self.batch:
            return rows[-1].pk
        return None

    def clean(self, row: models.Model) -> Left | None:
        """Bring one row to its form. Return it if a person has to correct it."""
        values = self.changes(row)
        reason = self.obstacle(values) if values else None
        if reason is None and self._write(row, values):
            return None
        return Left(row, values, reason or TAKEN)

    def left(self) -> Iterator[Left]:
        """Every row that is not in its form, and what keeps it from it. Nothing is written."""
        last = None
        while rows := self._read(last):
            for row in rows:
                if values := self.changes(row):
                    yield Left(row, values, self.obstacle(values) or TAKEN)
            last = rows[-1].pk

    def changes(self, row: Any) -> dict[str, str]:
        """Return the texts that are to change, and the search column if it does."""
        found = {}
        for field in self.fields:
            value = getattr(row, field.attname)
            if isinstance(value, str) and (clean := field.kind.canonical(value)) != value:
                found[field.attname] = clean
        if hasattr(row, "search_text") and row.search != (search := row.search_text()):
            found["search"] = search
        return found

    def obstacle(self, values: dict[str, str]) -> Promise | None:
        for field in self.fields:
            value = values.get(field.attname)
            if value == "" and not field.blank:
                return BLANK
            if value and field.max_length and len(value) > field.max_length:
                return TOO_LONG
        return None

    def _read(self, pk: Any) -> list[models.Model]:
        rows = self.model._base_manager.select_related(*self.related).order_by("pk")
        return list((rows if pk is None else rows.filter(pk__gt=pk))[: self.batch])

    def _write(self, row: models.Model, values: dict[str, str]) -> bool:
        if not values:
            return True
        unchanged = {name: getattr(row, name) for name in values}
        try:
            with transaction.atomic():
                self.model._base_manager.filter(pk=row.pk, **unchanged).update(**values)
        except IntegrityError:
            return False
        return True
