"""What every page of the operators' admin site has in common: bounded counts, links between rows, nothing deleted."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import FieldDoesNotExist
from django.core.paginator import Paginator
from django.db.models import DateField, Model, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.functional import Promise, cached_property
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.normal import normalise
from core.values.addresses import comparable
from core.values.days import FIRST_DAY, LAST_DAY, is_in_range, limits, refusal
from core.values.texts import LINE
from core.vocabulary import problems
from core.web.desk.belongings import belongings_of
from core.web.desk.lookup import Lookup
from core.web.desk.numbers import RowsFilter, numbers_of

COUNTED = 10_000
UNTIL_SAVED = _("The values below apply until you correct and save this page.")


class TermKind(NamedTuple):
    """A kind of search term: the pattern it matches, and how rows store it."""

    pattern: re.Pattern[str]
    as_stored: Callable[[str], str]


ULID = TermKind(re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}", re.IGNORECASE), str.upper)
EMAIL = TermKind(re.compile(r"\S+@\S+"), comparable)
SHORT_ID = TermKind(re.compile(r"[A-Z0-9]{5,12}"), str)
FLOW_ID = TermKind(re.compile(r"[\w.:-]{8,64}", re.ASCII), str)
TEXT = TermKind(re.compile(r".{3,}"), normalise)
NAME = TermKind(re.compile(r".{3,}"), LINE.canonical)
# Text may look like one of these, so other kinds are tried, too.
LOOKED_LIKE = (SHORT_ID, FLOW_ID)
# An index of trigrams finds no shorter text.
SHORTEST = 3


def wanted_by(find_by: Mapping[TermKind, Sequence[str]], term: str) -> Q | None:
    """The condition for what somebody searches: the lookups of the kinds that the term has. None if it has none."""
    wanted = Q()
    for kind, lookups in find_by.items():
        value = kind.as_stored(term) if kind.pattern.fullmatch(term) else ""
        if len(value) < SHORTEST:
            continue
        for lookup in lookups:
            wanted |= Q(**{lookup: value})
        if kind not in LOOKED_LIKE:
            break
    return wanted or None


# Lookups that compare with a whole date.
COMPARED = {"date", "exact", "gt", "gte", "lt", "lte", "in", "range"}
YEAR = re.compile(r"[0-9]{4}")


class BoundedPaginator(Paginator):
    """Counting a million rows costs more than showing fifty of them; nobody pages past the ten-thousandth."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return rows.order_by()[:COUNTED].count()


class OperatorChangeList(ChangeList):
    """A list whose URL may name any date: an impossible one shows no row and an error."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        wrong = dict(impossible_days(self.model, self.filter_params))
        for name, problem in wrong.items():
            del self.filter_params[name]
            messages.error(request, problem)
        rows = super().get_queryset(request, exclude_parameters)
        if wrong:
            return rows.none()
        return rows


def impossible_days(
    model: type[Model], lookups: Mapping[str, list[str]]
) -> Iterator[tuple[str, str]]:
    """Each lookup of a date or time with a value outside of the allowed years, and what is wrong with it."""
    for name, values in lookups.items():
        field, how = dated(model, name.split("__"))
        for value in [one for text in values for one in text.split(",")] if field else ():
            if problem := problem_of_day(value, how):
                yield name, f"{capfirst(str(field.verbose_name))}: {problem}"
                break


def dated(model: Any, path: list[str]) -> tuple[DateField | None, list[str]]:
    """The date or time field that a path of lookups leads to, and what is left of the path."""
    for place, part in enumerate(path):
        try:
            field = model._meta.get_field(part)
        except FieldDoesNotExist:
            break
        if isinstance(field, DateField):
            return field, path[place + 1 :]
        if not (model := field.related_model):
            break
    return None, []


def problem_of_day(value: str, how: list[str]) -> str | Promise:
    if how[:1] in (["year"], ["iso_year"]):
        if YEAR.fullmatch(value) and FIRST_DAY.year <= int(value) <= LAST_DAY.year:
            return ""
        return limits()
    if not set(how) <= COMPARED:
        return ""
    try:
        day = parse_date(value) or parse_datetime(value).date()
    except (ValueError, AttributeError):
        return _("Enter a valid date.")
    if is_in_range(day):
        return ""
    return refusal(day)


class OperatorAdmin(admin.ModelAdmin):
    """Rows that operators set up. They are closed, retired or archived, never deleted: the history points to them."""

    paginator = BoundedPaginator
    show_full_result_count = False
    list_per_page = 50
    # Kind of term → lookups, TEXT last. Each lookup has an index, which a search in every text column does not.
    find_by: dict[TermKind, tuple[str, ...]] = {}
    # The same for the search over all pages, which finds a row by what it is and not by what it belongs to.
    searched_by: dict[TermKind, tuple[str, ...]] = {}
    # Paths through two relations that links filter the list by, such as those of `desk.belongings`.
    linked_by: tuple[str, ...] = ()
    # The count of each choice of a filter would read all rows.
    show_facets = admin.ShowFacets.NEVER

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return OperatorChangeList

    def get_list_filter(self, request: HttpRequest) -> Any:
        """The numbers of the start page filter the list that they lead to."""
        filters = super().get_list_filter(request)
        if numbers_of(self.model):
            return (*filters, RowsFilter)
        return filters

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        return lookup in self.linked_by or super().lookup_allowed(lookup, value, request)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, obj: Any = None, **kwargs: Any
    ) -> Any:
        if obj is not None and request.method == "GET":
            context["belongings"] = belongings_of(self.admin_site, request, obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return tuple(self.search_fields) or tuple(chain.from_iterable(self.find_by.values()))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not self.find_by or not term:
            return super().get_search_results(request, queryset, search_term)
        wanted = self.wanted_by(self.find_by, term)
        return (queryset.none() if wanted is None else queryset.filter(wanted)), False

    def wanted_by(self, find_by: Mapping[TermKind, Sequence[str]], term: str) -> Q | None:
        """The condition of a search by `find_by` or `searched_by`."""
        return wanted_by(find_by, term)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", Lookup(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """A lookup stands alone: the links that Django puts beside it are those of a select."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        widget = getattr(field, "widget", None)
        if isinstance(widget, RelatedFieldWidgetWrapper) and isinstance(widget.widget, Lookup):
            field.widget = widget.widget
        return field

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnlyAdmin(OperatorAdmin):
    """Rows that only the product itself writes."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class WrongWordsMixin:
    """A page of rows that hold words of a closed vocabulary. It shows what is wrong in rows that are older than it."""

    def get_list_display(self, request: HttpRequest) -> Any:
        return (*super().get_list_display(request), "to_correct")

    @admin.display(description=_("to correct"), empty_value="")
    def to_correct(self, row: Model) -> str | None:
        return " ".join(problems(row)) or None

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, obj: Any = None, **kwargs: Any
    ) -> Any:
        wrong = problems(obj) if obj and request.method == "GET" else []
        if wrong:
            messages.warning(request, f"{' '.join(wrong)} {UNTIL_SAVED}")
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)


def link(name: str, label: str | Promise = "") -> Any:
    """A column that links to the row a foreign key points to; `name` may be a path, as `key__holder`."""
    words = name.rpartition("__")[2].replace("_", " ")

    @admin.display(ordering=name, description=label or words)
    def column(row: Any) -> str | None:
        for part in name.split("__"):
            row = getattr(row, part, None)
            if row is None:
                return None
        if not admin.site.is_registered(type(row)):
            return str(row)
        meta = row._meta
        url = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
        return format_html('<a href="{}">{}</a>', url, row)

    column.__name__ = name
    return column
