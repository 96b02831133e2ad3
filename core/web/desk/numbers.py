"""The numbers of the operators' start page.

A number counts the rows of a queryset, up to a limit. The list of their model can be filtered by the same queryset, so
a number leads to exactly the rows that it counts.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules
from django.utils.text import capfirst, format_lazy, slugify
from django.utils.translation import gettext_lazy as _

from core import backlog
from core.backlog import Rows
from core.gauges import measured
from core.web.lists.counts import CAP, Count, count, count_all

CARE = "care"
TODAY = "today"
# The parameter of a list that filters it by a number.
PARAMETER = "rows"


@dataclass(frozen=True)
class Number:
    section: str
    name: str
    label: str | Promise
    model: type[Model]
    rows: Rows
    # Where the rows are not what is counted.
    measure: Callable[[], int] | None = None


@dataclass(frozen=True)
class Shown:
    label: str | Promise
    # None if it could not be counted.
    count: Count | None
    url: str


_numbers: dict[str, Number] = {}


def care(name: str, label: str | Promise, model: type[Model]) -> Callable[[Rows], Rows]:
    """Register rows that an operator takes care of."""
    return _register(CARE, name, label, model)


def today(
    name: str,
    label: str | Promise,
    model: type[Model],
    *,
    measure: Callable[[], int] | None = None,
) -> Callable[[Rows], Rows]:
    """Register rows of today. With `measure`, the number is what it returns, and the rows are what it leads to."""
    return _register(TODAY, name, label, model, measure)


def _register(section: str, name: str, *about: Any) -> Callable[[Rows], Rows]:
    label, model, *measure = about

    def register(rows: Rows) -> Rows:
        _numbers[name] = Number(section, name, label, model, rows, *measure)
        return rows

    return register


def midnight() -> datetime:
    """When today began, in the reader's time zone."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def numbers() -> list[Number]:
    """All of them, in the order of the page."""
    return [*_numbers.values(), *_of_backlog()]


@cache
def _of_backlog() -> Sequence[Number]:
    """What waits too long and which leases are over, of the kinds that are measured for Prometheus, too."""
    autodiscover_modules("metrics")
    waits = [
        _of_kind(f"waiting {kind}", _("{rows} that wait too long"), waiting.overdue)
        for kind, waiting in backlog.WAITING_KINDS.items()
    ]
    leases = [
        _of_kind(f"lease {kind}", _("{rows} with a lease past its end"), rows)
        for kind, rows in backlog.LEASE_KINDS.items()
    ]
    return [*waits, *leases]


def _of_kind(name: str, label: Any, rows: Rows) -> Number:
    model = rows().model
    text = format_lazy(label, rows=model._meta.verbose_name_plural)
    return Number(CARE, slugify(name), text, model, rows)


def shown(site: admin.AdminSite, request: HttpRequest) -> dict[str, list[Shown]]:
    """The numbers that the reader may see, by section, in one statement and one more for each that is measured."""
    mine = [number for number in numbers() if _may_see(site, request, number.model)]
    counts = counts_of(mine)
    sections: dict[str, list[Shown]] = {CARE: [], TODAY: []}
    for number in mine:
        found = Shown(number.label, counts.get(number.name), url_of(number))
        sections[number.section].append(found)
    return sections


def _may_see(site: admin.AdminSite, request: HttpRequest, model: type[Model]) -> bool:
    page = site._registry.get(model)
    return page is not None and page.has_view_permission(request)


def url_of(number: Number) -> str:
    return list_url(number.model, {PARAMETER: number.name})


def list_url(model: type[Model], parameters: Mapping[str, str]) -> str:
    """The admin list of a model, filtered."""
    path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return f"{path}?{urlencode(parameters)}"


def counts_of(numbers: Iterable[Number]) -> dict[str, Count]:
    """The counts by name. A number that fails is left out and harms no other."""
    querysets: dict[str, QuerySet] = {}
    counts: dict[str, Count] = {}
    for number in numbers:
        if number.measure is not None:
            total = measured(number.name, number.measure)
            if total is not None:
                counts[number.name] = Count(total)
            continue
        rows = measured(number.name, number.rows)
        if rows is not None:
            querysets[number.name] = rows
    return counts | count_rows(querysets)


def count_rows(querysets: Mapping[str, QuerySet], cap: int = CAP) -> dict[str, Count]:
    """Count them in one statement, or each on its own if that fails."""
    counts = measured("desk", partial(count_all, querysets, cap))
    if counts is not None:
        return counts
    alone = {name: measured(name, partial(count, rows, cap)) for name, rows in querysets.items()}
    return {name: number for name, number in alone.items() if number is not None}


class RowsFilter(admin.SimpleListFilter):
    """Filters a list by a number of the start page."""

    title = _("start page")
    parameter_name = PARAMETER

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            (number.name, capfirst(str(number.label))) for number in numbers_of(model_admin.model)
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        for number in numbers_of(queryset.model):
            if number.name == self.value():
                return queryset.filter(pk__in=number.rows().order_by().values("pk"))
        return queryset


def numbers_of(model: type[Model]) -> list[Number]:
    return [number for number in numbers() if number.model is model]
