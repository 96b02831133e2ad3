"""The order of a list: by one column, rows where it is empty last, ids breaking ties.

The rows fall into two segments, those that have the column and those that lack it. Each is read by an index over
(…, column, id) alone, in both directions; one condition over both would have to read and sort.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.models import F, Field, Func, Model, Q, QuerySet, Value
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual


class Row(Func):
    """(a, b): two rows compare as one value, which an index over both columns can answer."""

    template = "(%(expressions)s)"
    output_field = Field()


# The lookups beyond a place, by whether the order descends and whether the place itself belongs.
SINGLE = {
    (False, False): "gt",
    (False, True): "gte",
    (True, False): "lt",
    (True, True): "lte",
}
ROWS = {
    (False, False): GreaterThan,
    (False, True): GreaterThanOrEqual,
    (True, False): LessThan,
    (True, True): LessThanOrEqual,
}


class Segment(NamedTuple):
    columns: tuple[str, ...]
    fields: tuple[Field, ...]
    where: Q

    def slice(
        self,
        rows: QuerySet,
        limit: int,
        *,
        descending: bool,
        start: Sequence[Any] | None,
        inclusive: bool,
    ) -> QuerySet:
        """At most `limit` rows, after `start` (or with it) where one is given."""
        rows = self.ordered(rows, descending=descending)
        if start is not None:
            rows = rows.filter(self.beyond(start, descending=descending, inclusive=inclusive))
        return rows[:limit]

    def ordered(self, rows: QuerySet, *, descending: bool) -> QuerySet:
        """The rows of this segment in its order."""
        sign = "-" if descending else ""
        columns = [f"{sign}{name}" for name in self.columns]
        return rows.filter(self.where).order_by(*columns)

    def beyond(self, start: Sequence[Any], *, descending: bool, inclusive: bool = False) -> Q:
        """The condition that a row comes after `start`, or is there."""
        if len(self.columns) == 1:
            lookup = SINGLE[descending, inclusive]
            return Q((f"{self.columns[0]}__{lookup}", start[0]))
        columns = [F(name) for name in self.columns]
        values = [
            Value(value, output_field=field)
            for value, field in zip(start, self.fields, strict=True)
        ]
        return Q(ROWS[descending, inclusive](Row(*columns), Row(*values)))


class Order:
    """`name` or `-name` of a column of `model`. A path to another table sorts all rows that the filter finds."""

    def __init__(self, model: type[Model], order: str):
        self.descending = order.startswith("-")
        self.name = order.removeprefix("-")
        self.label = f"{model._meta.label_lower} {order}"
        self.segments = self._segments(model)

    def _segments(self, model: type[Model]) -> list[Segment]:
        key = Segment(("pk",), (model._meta.pk,), Q())
        if self.name in ("pk", model._meta.pk.name):
            return [key]
        field, nullable = _resolve(model, self.name)
        filled = Segment((self.name, "pk"), (field, model._meta.pk), Q())
        missing = Q((f"{self.name}__isnull", True))
        if _is_text(field):
            empty = Q((self.name, ""))
            if nullable:
                empty |= missing
            above = Q((f"{self.name}__gt", ""))
            return [filled._replace(where=above), key._replace(where=empty)]
        if nullable:
            present = Q((f"{self.name}__isnull", False))
            return [filled._replace(where=present), key._replace(where=missing)]
        return [filled]

    def split(self, rows: QuerySet) -> list[QuerySet]:
        """All rows in this order: one queryset behind the other."""
        return [segment.ordered(rows, descending=self.descending) for segment in self.segments]

    def ahead_of(self, segment: int, values: Sequence[Any]) -> Q:
        """The rows that come before this place."""
        here = self.segments[segment]
        earlier = here.where & here.beyond(values, descending=not self.descending)
        for other in self.segments[:segment]:
            earlier |= other.where
        return earlier

    def place(self, row: Any) -> tuple[int, tuple[Any, ...]]:
        """The place of a row: its segment, and the values that order it there."""
        key = read(row, "pk")
        if len(self.segments[0].columns) == 1:
            return 0, (key,)
        value = read(row, self.name)
        if value in (None, ""):
            return len(self.segments) - 1, (key,)
        return 0, (value, key)


def read(row: Any, name: str) -> Any:
    """A named value of a row, be it an instance or a dict of `values()`."""
    if isinstance(row, dict):
        return row[name]
    for part in name.split("__"):
        row = getattr(row, part, None)
    return row


def _is_text(field: Field) -> bool:
    is_characters = field.get_internal_type() in ("CharField", "TextField")
    return field.empty_strings_allowed and is_characters


def _resolve(model: type[Model], path: str) -> tuple[Field, bool]:
    nullable = False
    for name in path.split("__"):
        field = model._meta.get_field(name)
        nullable = nullable or field.null
        model = field.related_model
    return field, nullable
