"""Strict serializers: each field is named, typed and bounded, and all errors are returned at once."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.fields import empty, get_error_detail
from rest_framework.parsers import JSONParser
from rest_framework.utils.json import strict_constant

from core.refusals import sentence
from core.values.days import typed, validate_day
from core.values.text_fields import word
from core.values.texts import LINE, Lines

# At most so many unknown fields are named in an error.
NAMED = 50
# JSON's words: the library's texts name types of Python.
OBJECT_EXPECTED = _("Send a JSON object.")
LIST_EXPECTED = _("Send a JSON array.")
NOT_JSON = _("The body is not JSON: line %(line)s, column %(column)s.")


class StrictSerializer(serializers.Serializer):
    """Refuse unknown and read-only fields, together with the errors of the known ones."""

    default_error_messages = {"invalid": OBJECT_EXPECTED}
    # A request for the OpenAPI document.
    example: Any = None
    # The query parameters of several values: with commas between them, or repeated.
    several: tuple[str, ...] = ()

    def to_internal_value(self, data: Any) -> dict:
        errors: dict[str, Any] = {}
        value: dict = {}
        try:
            value = super().to_internal_value(data)
        except serializers.ValidationError as error:
            errors.update(error.detail)
        if isinstance(data, Mapping):
            errors |= self.surplus(data)
        if errors:
            raise serializers.ValidationError(errors)
        return value

    def surplus(self, data: Mapping) -> dict[str, list]:
        surplus = [
            str(name) for name in data if name not in self.fields or self.fields[name].read_only
        ]
        return {
            name: [
                _("This field cannot be written.")
                if name in self.fields
                else _("There is no such field.")
            ]
            for name in surplus[:NAMED]
        }


class Shape(serializers.Serializer):
    """An answer: every field is always there, nothing is read from it."""

    # An answer for the OpenAPI document.
    example: Any = None

    @classmethod
    def of(cls, thing: Any) -> dict:
        """`thing` in this shape, by the one instance of it that the process keeps: to make its fields takes longer."""
        return _kept(cls).to_representation(thing)

    def get_fields(self) -> dict:
        fields = super().get_fields()
        for field in fields.values():
            field.read_only = True
            field.required = False
        return fields


@cache
def _kept(shape: type[Shape]) -> Shape:
    return shape()


@extend_schema_field({"type": ["string", "number", "boolean", "null"]})
class Plain(serializers.Field):
    """A value of any simple type, returned unchanged."""

    def to_representation(self, value: Any) -> Any:
        return value


class KnownText(serializers.CharField):
    """A text of an answer; null for a blank one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_null=True, **options)

    def to_representation(self, value: Any) -> str | None:
        return super().to_representation(value) or None


class KnownWord(serializers.ChoiceField):
    """A word of an answer; null for a blank one."""

    def __init__(self, choices: Any, **options: Any) -> None:
        super().__init__(choices, allow_null=True, **options)

    def to_representation(self, value: Any) -> str | None:
        return super().to_representation(value) or None


@extend_schema_serializer(component_name="Empty")
class NoInput(StrictSerializer):
    """The body of a move that takes nothing."""

    example = {}


class Text(serializers.CharField):
    """A JSON string, read by one kind of text; nothing that merely could be written as a string."""

    def __init__(self, *, kind: Lines = LINE, **options: Any) -> None:
        self.kind = kind
        super().__init__(**options)

    def run_validation(self, data: Any = empty) -> Any:
        """Read the text first, so that one without anything visible counts as blank."""
        if data is empty or (data is None and self.allow_null):
            return super().run_validation(data)
        if not isinstance(data, str):
            self.fail("invalid")
        try:
            data = self.kind.read(data)
        except DjangoValidationError as refused:
            raise serializers.ValidationError(get_error_detail(refused)) from refused
        return super().run_validation(data)


class Flag(serializers.BooleanField):
    """true or false; null where it is allowed."""

    # DRF would also take "yes", 1 and "".
    TRUE_VALUES: set = {True}
    FALSE_VALUES: set = {False}
    NULL_VALUES: set = {None}

    def to_internal_value(self, data: Any) -> bool | None:
        if not isinstance(data, bool) and not (data is None and self.allow_null):
            self.fail("invalid", input=data)
        return data


class Whole(serializers.IntegerField):
    """A JSON integer."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return super().to_internal_value(data)


class Choice(serializers.ChoiceField):
    """One of the words, as a string."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid_choice", input=json.dumps(data)[:100])
        return super().to_internal_value(word(data, self.choices))


class Array(serializers.ListField):
    """A JSON array."""

    default_error_messages = {"not_a_list": LIST_EXPECTED}


class Day(serializers.DateField):
    """An ISO date within the allowed years."""

    default_validators = [validate_day]

    def to_internal_value(self, value: Any) -> date:
        if not isinstance(value, str):
            self.fail("invalid", format="YYYY-MM-DD")
        try:
            value = typed(value)
        except DjangoValidationError:
            self.fail("invalid", format="YYYY-MM-DD")
        return super().to_internal_value(value)


def without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object. A name that comes twice is an error, because two readers may take different values of it."""
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    counted = Counter(name for name, _value in pairs)
    repeated = [name for name, times in counted.items() if times > 1]
    raise serializers.ValidationError(
        {name: [_("This name appears twice.")] for name in repeated[:NAMED]}
    )


class StrictJSONParser(JSONParser):
    """JSON of sane depth, in which no name of an object comes twice; the reader's own recursion limit is the bound."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            text = stream.read().decode((parser_context or {}).get("encoding") or "utf-8")
            return json.loads(
                text, parse_constant=strict_constant, object_pairs_hook=without_repeats
            )
        except json.JSONDecodeError as error:
            place = {"line": error.lineno, "column": error.colno}
            raise ParseError(NOT_JSON % place) from error
        except ValueError as error:
            raise ParseError(sentence("parse_error")) from error
        except RecursionError as error:
            raise ParseError(sentence("parse_error")) from error
