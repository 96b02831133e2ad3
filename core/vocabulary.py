"""Columns that hold words of a closed vocabulary: the field, its reading of old rows, and its constraint."""

import json
from collections.abc import Iterable
from copy import copy
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _


class Misread(list):
    """What is read in place of a stored value that is wrong; `raw` is what the row holds."""

    def __init__(self, words: Iterable[str], raw: Any) -> None:
        super().__init__(words)
        self.raw = raw


class WordsField(models.JSONField):
    """A list of words, each of them one of `words` (pairs of word and label).

    Wrong values are refused by `full_clean` and by every write of the ORM. A wrong value that a row holds
    all the same is read as the words in it that are known, so that no page fails on it.
    """

    empty_values = [[]]  # None, "" and {} are not empty lists: they are wrong
    default_error_messages = {
        "not_a_list": _("This must be a list of words, not %(value)s."),
        "unknown": _("Unknown: %(unknown)s. Allowed: %(allowed)s."),
    }

    def __init__(self, *args: Any, words: Iterable[tuple[str, Any]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.words = list(words)
        self.known = frozenset(word for word, _label in self.words)

    def deconstruct(self) -> Any:
        """The column is plain JSON. A constraint limits its words."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs

    def holds(self, value: Any) -> bool:
        return isinstance(value, list) and not self.unknown(value)

    def unknown(self, value: list) -> list:
        return [word for word in value if not isinstance(word, str) or word not in self.known]

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if value is None:
            return None
        read = super().from_db_value(value, expression, connection)
        if self.holds(read):
            return read
        words = read if isinstance(read, list) else []
        unknown = self.unknown(words)
        return Misread((word for word in words if word not in unknown), read)

    def validate(self, value: Any, model_instance: Any) -> None:
        if not isinstance(value, list):
            shown = json.dumps(value, default=str)
            raise ValidationError(
                self.error_messages["not_a_list"], code="not_a_list", params={"value": shown}
            )
        if unknown := self.unknown(value):
            params = {
                "unknown": ", ".join(
                    word if isinstance(word, str) else json.dumps(word) for word in unknown
                ),
                "allowed": ", ".join(word for word, _label in self.words),
            }
            raise ValidationError(self.error_messages["unknown"], code="unknown", params=params)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if not hasattr(value, "resolve_expression"):
            try:
                self.validate(value, None)
            except ValidationError as wrong:
                raise ValidationError({self.name: wrong.error_list}) from wrong
        return super().get_db_prep_save(value, connection)

    def formfield(self, **kwargs: Any) -> Any:
        options = {
            "form_class": forms.MultipleChoiceField,
            "choices": self.words,
            "widget": forms.CheckboxSelectMultiple,
            "show_hidden_initial": False,
        }
        return models.Field.formfield(self, **{**options, **kwargs})


def problems(row: models.Model) -> list[str]:
    """The errors in the words of the row, as its form would name them."""
    raw = {name: value.raw for name, value in vars(row).items() if isinstance(value, Misread)}
    if not raw:
        return []
    as_stored = copy(row)
    vars(as_stored).update(raw)
    relations = [field.name for field in row._meta.concrete_fields if field.is_relation]
    try:
        as_stored.full_clean(
            exclude=relations,
            validate_unique=False,
            validate_constraints=False,
        )
    except ValidationError as wrong:
        return [
            f"{_label(row, name)}: {' '.join(texts)}" for name, texts in wrong.message_dict.items()
        ]
    return []


def _label(row: models.Model, name: str) -> str:
    return str(capfirst(row._meta.get_field(name).verbose_name))


class OnlyWords(models.Func):
    """In the database: the column is a JSON list, and each of its elements is one of `words`."""

    output_field = models.BooleanField()

    def __init__(self, column: str, words: Iterable[str]) -> None:
        super().__init__(column)
        self.words = list(words)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        column, params = compiler.compile(self.source_expressions[0])
        sql = f"(jsonb_typeof({column}) = 'array' AND {column} <@ %s::jsonb)"
        return sql, (*params, *params, json.dumps(self.words))

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """SQLite reads no list in a check. Without all its words and commas, nothing is left between the brackets."""
        column, params = compiler.compile(self.source_expressions[0])
        rest = f"json({column})"
        for _word in self.words:
            rest = f"replace({rest}, %s, '')"
        return f"(replace({rest}, ',', '') = '[]')", (*params, *map(json.dumps, self.words))


class AllWords(models.Func):
    """In the database: the JSON list in the column holds each of `words`."""

    output_field = models.BooleanField()

    def __init__(self, column: str, words: Iterable[str]) -> None:
        super().__init__(column)
        self.words = list(words)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        column, params = compiler.compile(self.source_expressions[0])
        return f"({column} @> %s::jsonb)", (*params, json.dumps(self.words))

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        column, params = compiler.compile(self.source_expressions[0])
        each = " AND ".join(f"instr({column}, %s) > 0" for _word in self.words)
        return f"({each})", tuple(
            param for word in self.words for param in (*params, json.dumps(word))
        )


class HasMember(models.Func):
    """In the database: the JSON object in the column has this text under this name."""

    output_field = models.BooleanField()

    def __init__(self, column: str, name: str, value: str) -> None:
        super().__init__(column)
        self.member = {name: value}

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        column, params = compiler.compile(self.source_expressions[0])
        return f"({column} @> %s::jsonb)", (*params, json.dumps(self.member))

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """As Django writes it. Within a value, the quotes would be escaped."""
        column, params = compiler.compile(self.source_expressions[0])
        return f"(instr({column}, %s) > 0)", (*params, json.dumps(self.member)[1:-1])


class ClosedVocabulary(models.CheckConstraint):
    """A check of the database alone: the fields themselves have named every wrong word before."""

    def validate(self, *args: Any, **kwargs: Any) -> None:
        pass
