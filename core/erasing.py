"""The name and the addresses of a person are taken out of every table and file. A new table is covered by itself."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Self

from django.apps import apps
from django.db import models, transaction
from django.db.models.functions import Cast

# What may be between two parts of a name: "Otto Brandl", "Brandl, Otto", "otto.brandl".
BETWEEN = r"[\s,._-]{0,3}"
STRETCH = 20_000


@dataclass(frozen=True)
class Words:
    """How a person is found in texts, and what replaces it."""

    first_name: str
    last_name: str
    pseudonym: str
    no_address: str
    addresses: list[str] = field(default_factory=list)

    @classmethod
    def from_json(cls, text: str) -> Self:
        return cls(**json.loads(text))

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    @cached_property
    def names(self) -> list[str]:
        return [name for name in (self.first_name, self.last_name) if name]

    def are_in(self, text: str) -> bool:
        return self.replaced(text) != text

    def replaced(self, text: str) -> str:
        """Without a second name, only a text that is the name: one word may mean anything."""
        if len(self.names) == 1 and text.strip().lower() == self.names[0].lower():
            return self.pseudonym
        for pattern, instead in self._patterns:
            text = pattern.sub(instead, text)
        return text

    def replaced_in(self, value: Any) -> Any:
        """The same for JSON, however deep, also in its keys."""
        if isinstance(value, str):
            return self.replaced(value)
        if isinstance(value, dict):
            return {self.replaced(key): self.replaced_in(part) for key, part in value.items()}
        if isinstance(value, list | tuple):
            return [self.replaced_in(part) for part in value]
        return value

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], str]]:
        found = [(_whole(re.escape(address)), self.no_address) for address in self.addresses]
        if len(self.names) == 2:
            first, last = (BETWEEN.join(map(re.escape, name.split())) for name in self.names)
            either = f"(?:{first}{BETWEEN}{last}|{last}{BETWEEN}{first})"
            found.append((_whole(either), self.pseudonym))
        return found

    def may_be_in(self, column: str) -> models.Q:
        """A condition that every text of `column` with these words meets, and few others."""
        found = models.Q(pk=None)
        for address in self.addresses:
            found |= _contains(column, address)
        if not self.names:
            return found
        parts = models.Q()
        for word in " ".join(self.names).split():
            parts &= _contains(column, word)
        return found | parts


def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){pattern}(?!\w)", re.IGNORECASE)


def _contains(column: str, word: str) -> models.Q:
    """As a text has it, and as JSON may be stored: with its own signs, or in ASCII alone."""
    found = models.Q()
    for stored in {word, json.dumps(word)[1:-1], json.dumps(word, ensure_ascii=False)[1:-1]}:
        found |= models.Q(**{f"{column}__icontains": stored})
    return found


Eraser = Callable[[Words], None]
ERASERS: list[Eraser] = []
# Rows whose texts are not a person's, by the name of their model; each room registers those of its own.
KEPT: dict[str, models.Q] = {}


def erases(eraser: Eraser) -> Eraser:
    """Register a function that erases words where this module does not search: in files."""
    ERASERS.append(eraser)
    return eraser


def erase(words: Words) -> None:
    """Replace the words everywhere, one row a transaction. It can be repeated."""
    for model in apps.get_models(include_auto_created=True):
        for pk in _rows_with(model, words):
            _erase_row(model, pk, words)
    for eraser in ERASERS:
        eraser(words)


def texts_of(model: type[models.Model]) -> list[models.Field]:
    """The columns of a table that may have any text. A table of files is its eraser's."""
    columns = [one for one in model._meta.local_concrete_fields if not one.primary_key]
    if any(isinstance(one, models.BinaryField) for one in columns):
        return []
    texts = (models.CharField, models.TextField, models.JSONField)
    return [one for one in columns if isinstance(one, texts) and not one.choices]


def _rows_with(model: type[models.Model], words: Words) -> Iterator[Any]:
    columns = texts_of(model)
    if not columns or not model._meta.managed or model._meta.proxy:
        return
    as_text = {f"text_of_{one.attname}": Cast(one.attname, models.TextField()) for one in columns}
    found = models.Q()
    for name in as_text:
        found |= words.may_be_in(name)
    for stretch in _stretches(model):
        rows = stretch.alias(**as_text).filter(found)
        if kept := KEPT.get(model._meta.label):
            rows = rows.exclude(kept)
        yield from list(rows.values_list("pk", flat=True))


def _stretches(model: type[models.Model]) -> Iterator[models.QuerySet]:
    """The rows of a table, so many at a time that no statement takes long."""
    rows = model._base_manager.order_by("pk")
    while last := list(rows.values_list("pk", flat=True)[STRETCH - 1 : STRETCH]):
        yield rows.filter(pk__lte=last[0])
        rows = model._base_manager.filter(pk__gt=last[0]).order_by("pk")
    yield rows


@transaction.atomic
def _erase_row(model: type[models.Model], pk: Any, words: Words) -> None:
    row: Any = model._base_manager.select_for_update(no_key=True).filter(pk=pk).first()
    if row is None:
        return
    changes: dict[str, Any] = {}
    for column in texts_of(model):
        value = getattr(row, column.attname)
        without = words.replaced_in(value)
        if without != value:
            changes[column.attname] = _fitting(column, without)
            setattr(row, column.attname, changes[column.attname])
    if changes and hasattr(row, "search_text"):
        changes["search"] = row.search_text()
    if changes:
        model._base_manager.filter(pk=pk).update(**changes)


def _fitting(column: Any, value: Any) -> Any:
    if isinstance(value, str) and column.max_length:
        return value[: column.max_length]
    return value
