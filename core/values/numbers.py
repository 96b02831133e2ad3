"""Whole numbers that people type, in the digits 0-9."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from core.values import texts

# Spreadsheets may show 2024 as 2024.0, 2.024 or 2,024.
_WHOLE = re.compile(r"([+-]?[0-9]{1,9}|[0-9][.,][0-9]{3})(?:[.,]0+)?")


def read_whole(text: str) -> int | None:
    """Return the number; None for a text that is none."""
    found = _WHOLE.fullmatch(texts.plain_width(texts.LINE.canonical(text)))
    if found:
        return int(re.sub("[.,]", "", found[1]))
    return None


class WholeFormField(forms.IntegerField):
    def to_python(self, value: Any) -> int | None:
        if not isinstance(value, str):
            return super().to_python(value)
        text = texts.LINE.read(value)
        number = read_whole(text)
        if text and number is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return number


class YearField(models.PositiveSmallIntegerField):
    def formfield(self, **options: Any) -> Any:
        return super().formfield(**{"form_class": WholeFormField, **options})

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.PositiveSmallIntegerField", args, options
