"""Dates that people type: the years that are allowed, and the year that was probably meant."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from core.values.texts import LINE, plain_hyphens, plain_width

FIRST_DAY = date(2000, 1, 1)
LAST_DAY = date(2100, 12, 31)
OUT_OF_RANGE = "date_out_of_range"


def is_in_range(day: date) -> bool:
    return FIRST_DAY <= day <= LAST_DAY


def likely_day(day: date) -> date | None:
    """The day that was meant by a year of two digits: a browser reads 11/24/26 as the year 26, others as 1926."""
    if not (day.year < 100 or 1900 <= day.year < 2000):
        return None
    try:
        return day.replace(year=2000 + day.year % 100)
    except ValueError:  # 29 February 1900 was none, of 2000 it is
        return None


def limits() -> str:
    return _("The year must be from %(first)s to %(last)s.") % {
        "first": FIRST_DAY.year,
        "last": LAST_DAY.year,
    }


def refusal(day: date) -> str:
    """Why this day is not allowed, with the one to write instead."""
    meant = likely_day(day)
    if meant is None:
        return limits()
    question = _("Did you mean %(day)s?") % {"day": meant.isoformat()}
    return f"{limits()} {question}"


def validate_day(day: date) -> None:
    if not is_in_range(day):
        raise ValidationError(refusal(day), code=OUT_OF_RANGE)


def plain(text: str) -> str:
    """A date in usual digits and hyphens, whatever keyboard or spreadsheet it was written with."""
    return plain_hyphens(plain_width(text))


def typed(value: Any) -> Any:
    """What was typed as a date, without invisible characters. Python itself would take the digits of any script."""
    if not isinstance(value, str):
        return value
    text = plain(LINE.read(value))
    if not text.isascii():
        raise ValidationError(_("Enter a valid date."), code="invalid")
    return text


class DayFormField(forms.DateField):
    """A date in the browser's own date picker."""

    default_validators = [validate_day]

    def __init__(self, **options: Any):
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(**{"widget": widget, **options})

    def to_python(self, value: Any) -> date | None:
        return super().to_python(typed(value))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        limits = {"min": FIRST_DAY.isoformat(), "max": LAST_DAY.isoformat()}
        return {**super().widget_attrs(widget), **limits}


class DayField(models.DateField):
    """A DateField with the allowed years, in models and forms. In the database it is a plain date."""

    default_validators = [validate_day]

    def to_python(self, value: Any) -> date | None:
        return super().to_python(typed(value) or None)

    def formfield(self, **options: Any) -> Any:
        return super().formfield(**{"form_class": DayFormField, **options})

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.DateField", args, options
