"""Strict serializers: what is sent is named, of its own type and bounded, and every error is said at once."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from core.web.problem_codes import CODES

# So many unknown fields are named; somebody who sends more is not helped by more.
NAMED = 50


class StrictSerializer(serializers.Serializer):
    """Unknown and read-only fields are errors beside those of the known ones."""

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
        surplus = [str(name) for name in data if name not in self.fields or self.fields[name].read_only]
        return {
            name: [_("This field cannot be written.") if name in self.fields else _("There is no such field.")]
            for name in surplus[:NAMED]
        }


class Shape(serializers.Serializer):
    """An answer: every field is always there, nothing is read from it."""

    @classmethod
    def of(cls, thing: Any) -> dict:
        """`thing` in this shape, by the one instance of it that the process keeps: to make its fields takes longer."""
        return _kept(cls).to_representation(thing)

    def get_fields(self) -> dict:
        fields = super().get_fields()
        for field in fields.values():
            field.read_only, field.required = True, False
        return fields


@cache
def _kept(shape: type[Shape]) -> Shape:
    return shape()


class NoInput(StrictSerializer):
    """For a move that takes nothing."""


class Text(serializers.CharField):
    """A JSON string and nothing that merely could be written as one; NUL and lone surrogates are refused by DRF."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


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
            self.fail("invalid_choice", input=str(data)[:100])
        return super().to_internal_value(data)


class Day(serializers.DateField):
    def to_internal_value(self, value: Any):
        if not isinstance(value, str):
            self.fail("invalid", format="YYYY-MM-DD")
        return super().to_internal_value(value)


class StrictJSONParser(JSONParser):
    """JSON of sane depth; the reader's own recursion limit is the bound."""

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError(CODES["parse_error"].title) from error
