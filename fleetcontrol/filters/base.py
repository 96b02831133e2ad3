"""What the filters of all lists have in common. Their names are those in the URL: a link shows the same list."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.values.days import OUT_OF_RANGE, DayFormField
from core.values.numbers import WholeFormField
from core.values.shown import day
from telematics.models import Place

LONGEST_CHIP = 60
MOST_DAYS = 365
UNUSED: tuple[Any, ...] = (None, "", False)


class DateFilter(django_filters.DateFilter):
    field_class = DayFormField


class DaysField(WholeFormField):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs | {"min_value": 1, "max_value": MOST_DAYS})


class DaysFilter(django_filters.Filter):
    """For how many days something has lasted at least."""

    field_class = DaysField


class Yes(django_filters.BooleanFilter):
    """Filters while it is ticked."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, widget=forms.CheckboxInput, **kwargs)

    def filter(self, qs: QuerySet, value: bool | None) -> QuerySet:
        return super().filter(qs, value) if value else qs


def places(request: Any) -> QuerySet[Place]:
    """Return the places of the fleet, also archived ones: a job or vehicle may still be there."""
    return Place.objects.filter(fleet=request.fleet)


class OneOfRows(django_filters.ModelMultipleChoiceFilter):
    """What belongs to one of the chosen rows."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, distinct=False, widget=forms.CheckboxSelectMultiple, **kwargs)


class OneOf(django_filters.MultipleChoiceFilter):
    """What has one of the chosen words."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, distinct=False, widget=forms.CheckboxSelectMultiple, **kwargs)


class PlaceFilter(OneOfRows):
    """What is at one of the chosen places."""

    def __init__(self, *args: Any, **kwargs: Any):
        kwargs.setdefault("queryset", places)
        super().__init__(*args, field_name="place", label=gettext_lazy("Place"), **kwargs)


class ListFilter(django_filters.FilterSet):
    base_filters: dict[str, Any]
    filters: dict[str, Any]

    def __init__(self, data: QueryDict, *args: Any, only_used: bool = False, **kwargs: Any):
        """`only_used`: without the filters that have no value. A list needs neither their choices nor copies."""
        if only_used:
            self.base_filters = {
                name: one for name, one in self.base_filters.items() if any(data.getlist(name))
            }
        super().__init__(data, *args, **kwargs)

    @classmethod
    def is_used(cls, query: QueryDict) -> bool:
        return any(any(query.getlist(name)) for name in cls.base_filters)

    def filter_queryset(self, queryset: Any) -> Any:
        """Find nothing if a value is wrong: a partner that has left must not show, or change, all rows."""
        return queryset.none() if self.form.errors else super().filter_queryset(queryset)

    @staticmethod
    def midnight(day: date) -> datetime:
        """The start of a day in the reader's zone, in which the list shows its times."""
        return datetime.combine(day, time.min, timezone.get_current_timezone())

    def chips(self) -> list[dict[str, Any]]:
        """Describe the filters in use, each value by itself: label, value in words, and what is left without it."""
        chips = []
        for name, value in self.form.cleaned_data.items():
            values = self._values(value)
            for one in values:
                rest = [_plain(other) for other in values if other is not one]
                chips.append(self._chip(name, self._in_words(name, one)[:LONGEST_CHIP], rest))
        return chips + [self._chip(name, self._error(name), []) for name in self.form.errors]

    @staticmethod
    def _values(value: Any) -> list[Any]:
        if isinstance(value, list | QuerySet):
            return list(value)
        return [] if value in UNUSED else [value]

    def _chip(self, name: str, value: str, rest: list[str]) -> dict[str, Any]:
        return {"label": str(self.filters[name].label), "value": value, "name": name, "rest": rest}

    def _in_words(self, name: str, value: Any) -> str:
        if value is True:
            return ""
        if isinstance(value, date):
            return day(value)
        labels = dict(_flat(getattr(self.form.fields[name], "choices", ()), value))
        return str(labels.get(value, value))

    def _error(self, name: str) -> str:
        """Why no row is shown: the year is not allowed, or the value does not exist."""
        error = self.form.errors.as_data()[name][0]
        return error.message if error.code == OUT_OF_RANGE else _("unknown")


def _flat(choices: Iterable[Any], value: Any) -> Iterable[Any]:
    """The choices of words. Those of rows are not read: a row has its own name."""
    return choices if isinstance(value, str) else ()


def _plain(value: Any) -> str:
    return str(getattr(value, "pk", value))
