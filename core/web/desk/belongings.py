"""What belongs to a row, counted on its page. Each count leads to the list of what it counts."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise

from core.web.desk.numbers import Shown, count_rows, list_url

Lookups = dict[str, Any]


class Part(NamedTuple):
    """Rows of a model that belong to another row, found by lookups that an index has.

    Where lookups cannot name them, `rows` are counted, and the lookups are those of a filter of their list.
    """

    model: type[Model]
    label: str | Promise
    lookups: Lookups
    rows: QuerySet | None = None

    @property
    def counted(self) -> QuerySet:
        if self.rows is not None:
            return self.rows
        return self.model._default_manager.filter(**self.lookups)

    @property
    def url(self) -> str:
        return list_url(self.model, {name: as_text(each) for name, each in self.lookups.items()})


Parts = Callable[[Any], Iterable[Part]]
_parts: dict[type[Model], list[Parts]] = {}


def belongings(owner: type[Model]) -> Callable[[Parts], Parts]:
    """Register a function that names the parts of a row of this model."""

    def register(parts: Parts) -> Parts:
        _parts.setdefault(owner, []).append(parts)
        return parts

    return register


def part(
    model: type[Model],
    label: str | Promise = "",
    *,
    rows: QuerySet | None = None,
    **lookups: Any,
) -> Part:
    return Part(model, label or str(model._meta.verbose_name_plural), lookups, rows)


def belongings_of(site: admin.AdminSite, request: HttpRequest, owner: Model) -> list[Shown]:
    """The parts that the reader may see, counted in one statement."""
    found = [each for parts in _parts.get(type(owner), ()) for each in parts(owner)]
    mine = [each for each in found if site._registry[each.model].has_view_permission(request)]
    querysets = {str(place): each.counted for place, each in enumerate(mine)}
    counts = count_rows(querysets) if querysets else {}
    return [Shown(each.label, counts.get(str(place)), each.url) for place, each in enumerate(mine)]


def as_text(value: Any) -> str:
    """A value of a lookup, as the URL of an admin list has it."""
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return str(value)
