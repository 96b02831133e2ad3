"""Which dates are allowed, and which one was probably meant."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from rest_framework import serializers

from core.values.days import DayField, DayFormField, likely_day, validate_day
from core.web.api.serializers import Day

ALLOWED = [date(2000, 1, 1), date(2026, 11, 24), date(2100, 12, 31)]
REFUSED = [date.min, date(26, 11, 24), date(1999, 12, 31), date(2101, 1, 1), date.max]


@pytest.mark.parametrize("day", ALLOWED)
def test_the_years_from_2000_to_2100_are_allowed_by_model_form_and_api(day):
    validate_day(day)
    assert DayField().clean(day, None) == day
    assert DayFormField().clean(day.isoformat()) == day
    assert Day().run_validation(day.isoformat()) == day


@pytest.mark.parametrize("day", REFUSED)
def test_other_years_are_refused_by_model_form_and_api(day):
    for check in (
        validate_day,
        lambda day: DayField().clean(day, None),
        lambda day: DayFormField().clean(str(day)),
    ):
        with pytest.raises(ValidationError) as refused:
            check(day)
        assert "The year must be from 2000 to 2100." in refused.value.messages[0]
    with pytest.raises(serializers.ValidationError):
        Day().run_validation(day.isoformat())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (date(26, 11, 24), date(2026, 11, 24)),
        (date(1926, 11, 24), date(2026, 11, 24)),
        (date(24, 2, 29), date(2024, 2, 29)),
        (date(226, 11, 24), None),
        (date(1887, 11, 24), None),
        (date.max, None),
    ],
)
def test_a_year_of_two_digits_is_meant_in_this_century(typed, meant):
    assert likely_day(typed) == meant


def test_the_browser_knows_the_limits():
    widget = DayFormField().widget
    assert (widget.input_type, widget.attrs["min"], widget.attrs["max"]) == (
        "date",
        "2000-01-01",
        "2100-12-31",
    )
