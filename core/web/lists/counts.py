"""Bounded counts: exact to 10,000, then "10,000+"."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, product
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils.formats import number_format

CAP = 10_000


@dataclass(frozen=True)
class Count:
    number: int
    more: bool = False

    def __str__(self) -> str:
        if self.more and not self.number:
            return "…"
        return f"{number_format(self.number, force_grouping=True)}{'+' if self.more else ''}"

    def __int__(self) -> int:
        return self.number

    def __bool__(self) -> bool:
        return self.number > 0


def capped(number: int, cap: int) -> Count:
    """The count of a query that stops one row after the cap."""
    return Count(min(number, cap), more=number > cap)


class Split(NamedTuple):
    """`rows` grouped by a column or an annotation. `names` has for each count the values that it sums up.

    They are read once, up to `most`. Without an index on the column, one read for each value would read all of them
    each time.
    """

    rows: QuerySet
    column: str
    names: Mapping[str, Sequence[str]]
    most: int

    @property
    def values(self) -> set[str]:
        return set(chain.from_iterable(self.names.values()))

    def select(self) -> tuple[str, tuple]:
        """SQL and parameters that find each value and its number of rows."""
        values = self.rows.values_list(self.column)[: self.most + 1]
        found, parameters = values.query.sql_with_params()
        column = self.column
        if column not in self.rows.query.annotations:
            column = self.rows.model._meta.get_field(column).column
        column = connections[self.rows.db].ops.quote_name(column)
        return f"SELECT {column}, COUNT(*) FROM ({found}) found GROUP BY {column}", parameters  # noqa: S608 - ours

    def counts(self, numbers: Mapping[str, int], cap: int = CAP) -> dict[str, Count]:
        """The counts by name. If there are more rows than were read, each count is a lower bound."""
        is_cut = sum(numbers.get(value, 0) for value in self.values) > self.most
        bound = min(self.most, cap)
        counts = {}
        for name, values in self.names.items():
            number = sum(numbers.get(value, 0) for value in values)
            counts[name] = Count(min(number, bound), is_cut or number > bound)
        return counts


def count_all(
    querysets: Mapping[str, QuerySet], cap: int = CAP, split: Split | None = None
) -> dict[str, Count]:
    """Count the rows of each queryset, and of each part of a split, in one statement that reads up to the cap."""
    union = Union()
    for name, queryset in querysets.items():
        union.add_count(name, queryset, cap)
    if split:
        union.add_split(split)
    numbers = union.fetch()
    counts = {name: capped(numbers.get(name, 0), cap) for name in querysets}
    if split:
        counts |= split.counts(numbers, cap)
    return counts


class Union:
    """Several SELECTs of a name and a number, in one statement. What finds nothing by construction is left out."""

    def __init__(self) -> None:
        self.selects: list[str] = []
        self.parameters: list[Any] = []
        self.db = DEFAULT_DB_ALIAS

    def add_count(self, name: str, queryset: QuerySet, cap: int) -> None:
        with suppress(EmptyResultSet):
            rows = queryset.order_by().values("pk")[: cap + 1]
            sql, parameters = rows.query.sql_with_params()
            self.selects.append(f"SELECT %s, COUNT(*) FROM ({sql}) counted")  # noqa: S608 - compiled by the ORM
            self.parameters += [name, *parameters]
            self.db = queryset.db

    def add_split(self, split: Split) -> None:
        with suppress(EmptyResultSet):
            sql, parameters = split.select()
            self.selects.append(sql)
            self.parameters += parameters
            self.db = split.rows.db

    def fetch(self) -> dict[str, int]:
        if not self.selects:
            return {}
        with connections[self.db].cursor() as cursor:
            cursor.execute(" UNION ALL ".join(self.selects), self.parameters)
            return dict(cursor.fetchall())


def count_by(
    rows: QuerySet, columns: Mapping[str, Sequence[str]], cap: int = CAP
) -> dict[tuple[str, ...], Count]:
    """Count the `rows` with each combination of values of `columns`: one search of an index for each, in one
    statement.
    """
    names = {column: f"c{number}" for number, column in enumerate(columns)}
    equal = {}
    for column, name in names.items():
        equal[column] = RawSQL(f"wanted.{name}", [])  # noqa: S611 - ours
    matching = rows.order_by().filter(**equal).values("pk")[: cap + 1]
    found, parameters = matching.query.sql_with_params()
    combinations = list(product(*columns.values()))
    select = "SELECT " + ", ".join(f"%s AS {name}" for name in names.values())
    wanted = " UNION ALL ".join([select] * len(combinations))
    sql = f"SELECT wanted.*, (SELECT COUNT(*) FROM ({found}) counted) FROM ({wanted}) wanted"  # noqa: S608 - ours
    with connections[rows.db].cursor() as cursor:
        cursor.execute(sql, [*parameters, *chain.from_iterable(combinations)])
        rows_found = cursor.fetchall()
    return {tuple(values): capped(number, cap) for *values, number in rows_found}


def count(queryset: QuerySet, cap: int = CAP) -> Count:
    return count_all({"": queryset}, cap)[""]
