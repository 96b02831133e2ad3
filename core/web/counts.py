"""Counts that know when to stop: exact to 10,000, then "10,000+"."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet
from django.utils.formats import number_format

CAP = 10_000


@dataclass(frozen=True)
class Count:
    number: int
    more: bool = False

    def __str__(self) -> str:
        return f"{number_format(self.number, force_grouping=True)}{'+' if self.more else ''}"

    def __int__(self) -> int:
        return self.number

    def __bool__(self) -> bool:
        return self.number > 0


def count_all(querysets: Mapping[str, QuerySet], cap: int = CAP) -> dict[str, Count]:
    """How many rows each finds, all in one statement; none reads further than the cap."""
    counts, selects, parameters = dict.fromkeys(querysets, Count(0)), {}, []
    for name, queryset in querysets.items():
        try:
            sql, values = queryset.order_by().values("pk")[: cap + 1].query.sql_with_params()
        except EmptyResultSet:
            continue
        selects[name] = f"(SELECT COUNT(*) FROM ({sql}) counted)"  # noqa: S608 - compiled by the ORM
        parameters += values
    if not selects:
        return counts
    with connections[next(iter(querysets.values())).db].cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(selects.values())}", parameters)
        found = dict(zip(selects, cursor.fetchone(), strict=True))
    return counts | {name: Count(min(number, cap), number > cap) for name, number in found.items()}


def count(queryset: QuerySet, cap: int = CAP) -> Count:
    return count_all({"": queryset}, cap)[""]
