"""Counts that know when to stop: exact to 10,000, then "10,000+"."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, product
from typing import NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connections
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


class Split(NamedTuple):
    """`rows` told apart by a column, which has one of `values` in each; all together they are `total`.

    One read of them, which stops after `most`: where no index tells them apart a read for each value would find all of
    them as often.
    """

    rows: QuerySet
    column: str
    values: Sequence[str]
    total: str
    most: int

    def select(self) -> tuple[str, tuple]:
        """Each value with how many have it."""
        found, parameters = self.rows.values_list(self.column)[: self.most + 1].query.sql_with_params()
        column = connections[self.rows.db].ops.quote_name(self.rows.model._meta.get_field(self.column).column)
        return f"SELECT {column}, COUNT(*) FROM ({found}) found GROUP BY {column}", parameters  # noqa: S608 - ours

    def counts(self, numbers: Mapping[str, int], cap: int = CAP) -> dict[str, Count]:
        """Where there are more than were read, what was found of each value is only the least that there is."""
        each = {value: numbers.get(value, 0) for value in self.values}
        together = sum(each.values())
        cut, bound = together > self.most, min(self.most, cap)
        return {
            name: Count(min(number, bound), cut or number > bound)
            for name, number in ({self.total: together} | each).items()
        }


def count_all(querysets: Mapping[str, QuerySet], cap: int = CAP, split: Split | None = None) -> dict[str, Count]:
    """How many rows each finds, and each part of a split, all in one statement; none reads further than the cap."""
    selects, parameters = [], []
    for name, queryset in querysets.items():
        with suppress(EmptyResultSet):
            sql, values = queryset.order_by().values("pk")[: cap + 1].query.sql_with_params()
            selects.append(f"SELECT %s, COUNT(*) FROM ({sql}) counted")  # noqa: S608 - compiled by the ORM
            parameters += [name, *values]
    if split:
        with suppress(EmptyResultSet):
            sql, values = split.select()
            selects, parameters = [*selects, sql], [*parameters, *values]
    numbers: dict[str, int] = {}
    if selects:
        with connections[(split.rows if split else next(iter(querysets.values()))).db].cursor() as cursor:
            cursor.execute(" UNION ALL ".join(selects), parameters)
            numbers = dict(cursor.fetchall())
    found = {name: numbers.get(name, 0) for name in querysets}
    counts = {name: Count(min(number, cap), number > cap) for name, number in found.items()}
    return counts | (split.counts(numbers, cap) if split else {})


def count_by(rows: QuerySet, columns: Mapping[str, Sequence[str]], cap: int = CAP) -> dict[tuple[str, ...], Count]:
    """How many `rows` have each combination of values of `columns`: one look into an index for each, in one statement."""
    names = [f"c{i}" for i, _ in enumerate(columns)]
    alike = {column: RawSQL(f"wanted.{name}", []) for column, name in zip(columns, names, strict=True)}  # noqa: S611 - ours
    found, parameters = rows.order_by().filter(**alike).values("pk")[: cap + 1].query.sql_with_params()
    combinations = list(product(*columns.values()))
    one = "SELECT " + ", ".join(f"%s AS {name}" for name in names)
    wanted = " UNION ALL ".join([one] * len(combinations))
    with connections[rows.db].cursor() as cursor:
        cursor.execute(
            f"SELECT wanted.*, (SELECT COUNT(*) FROM ({found}) counted) FROM ({wanted}) wanted",  # noqa: S608 - ours
            [*parameters, *chain.from_iterable(combinations)],
        )
        return {tuple(values): Count(min(number, cap), number > cap) for *values, number in cursor.fetchall()}


def count(queryset: QuerySet, cap: int = CAP) -> Count:
    return count_all({"": queryset}, cap)[""]
