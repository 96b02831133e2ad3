"""In which order a list stands: by one column, rows where it is empty last, ids breaking ties.

The rows fall into two segments, those that have the column and those that lack it. Each is read by an index over
(…, column, id) alone, in both directions; one condition over both would have to read and sort.
"""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.db.models import F, Field, Func, Model, Q, QuerySet, Value
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual


class Row(Func):
    """(a, b): two rows compare as one value, which an index over both columns can answer."""

    template, output_field = "(%(expressions)s)", Field()


class Segment(NamedTuple):
    columns: tuple[str, ...]
    fields: tuple[Field, ...]
    where: Q

    def slice(
        self, rows: QuerySet, limit: int, *, descending: bool, start: Sequence[Any] | None, inclusive: bool
    ) -> list:
        """At most `limit` rows, after `start` (or with it) where one is given."""
        rows = rows.filter(self.where).order_by(*(f"-{name}" if descending else name for name in self.columns))
        if start is not None:
            rows = rows.filter(self.beyond(start, descending=descending, inclusive=inclusive))
        return list(rows[:limit])

    def beyond(self, start: Sequence[Any], *, descending: bool, inclusive: bool = False) -> Q:
        values = [Value(value, output_field=field) for value, field in zip(start, self.fields, strict=True)]
        if len(values) == 1:
            return Q(**{f"{self.columns[0]}__{'l' if descending else 'g'}t{'e' if inclusive else ''}": start[0]})
        compare = {
            (False, False): GreaterThan,
            (False, True): GreaterThanOrEqual,
            (True, False): LessThan,
            (True, True): LessThanOrEqual,
        }
        return Q(compare[descending, inclusive](Row(*(F(name) for name in self.columns)), Row(*values)))


class Order:
    """`name` or `-name` of a column of `model`; a path like company__name costs a sort of what the filter finds."""

    def __init__(self, model: type[Model], order: str):
        self.descending, self.name = order.startswith("-"), order.removeprefix("-")
        self.label = f"{model._meta.label_lower} {order}"
        self.segments = self._segments(model)

    def _segments(self, model: type[Model]) -> list[Segment]:
        key = Segment(("pk",), (model._meta.pk,), Q())
        if self.name in ("pk", model._meta.pk.name):
            return [key]
        field, nullable = _resolve(model, self.name)
        columns, fields = (self.name, "pk"), (field, model._meta.pk)
        if field.empty_strings_allowed and field.get_internal_type() in ("CharField", "TextField"):
            empty = Q(**{self.name: ""}) | Q(**{f"{self.name}__isnull": True}) if nullable else Q(**{self.name: ""})
            return [Segment(columns, fields, Q(**{f"{self.name}__gt": ""})), key._replace(where=empty)]
        if nullable:
            missing = Q(**{f"{self.name}__isnull": True})
            return [Segment(columns, fields, Q(**{f"{self.name}__isnull": False})), key._replace(where=missing)]
        return [Segment(columns, fields, Q())]

    def split(self, rows: QuerySet) -> list[QuerySet]:
        """All rows in this order: one queryset behind the other."""
        sign = "-" if self.descending else ""
        return [
            rows.filter(segment.where).order_by(*(f"{sign}{name}" for name in segment.columns))
            for segment in self.segments
        ]

    def ahead_of(self, segment: int, values: Sequence[Any]) -> Q:
        """The rows that come before this place."""
        here = self.segments[segment]
        earlier = here.where & here.beyond(values, descending=not self.descending)
        return reduce(or_, (other.where for other in self.segments[:segment]), earlier)

    def place(self, row: Any) -> tuple[int, tuple[Any, ...]]:
        """Where a row stands: its segment, and the values that order it there."""
        key = read(row, "pk")
        if len(self.segments[0].columns) == 1:
            return 0, (key,)
        value = read(row, self.name)
        return (0, (value, key)) if value not in (None, "") else (len(self.segments) - 1, (key,))


def read(row: Any, name: str) -> Any:
    """A named value of a row, be it an instance or a dict of `values()`."""
    if isinstance(row, dict):
        return row[name]
    for part in name.split("__"):
        row = getattr(row, part, None)
    return row


def _resolve(model: type[Model], path: str) -> tuple[Field, bool]:
    nullable = False
    for name in path.split("__"):
        field = model._meta.get_field(name)
        nullable = nullable or field.null
        model = field.related_model
    return field, nullable
