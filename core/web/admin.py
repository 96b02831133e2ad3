"""What every page of the operators' admin site has in common: bounded counts, links between rows, nothing deleted."""

import re
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html

from core.names import NAMES
from core.normal import normalise

COUNTED = 10_000
# What a search term looks like, tried in this order; the last one is any text of three characters and more.
ULID, QNR, EMAIL, SHORT_ID, TEXT = "ulid", "qnr", "email", "short id", "text"
LOOKS = (
    (ULID, re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}", re.IGNORECASE)),
    (QNR, re.compile(r"[0-9A-F]{16}", re.IGNORECASE)),
    (EMAIL, re.compile(r"\S+@\S+")),
    (SHORT_ID, re.compile(r"[A-Z0-9]{5,12}")),
    (TEXT, re.compile(r".{3,}")),
)


class BoundedPaginator(Paginator):
    """Counting a million rows costs more than showing fifty of them; nobody pages past the ten-thousandth."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return rows.order_by()[:COUNTED].count()


class OperatorAdmin(admin.ModelAdmin):
    """Rows that operators set up. They are closed, retired or archived, never deleted: the history points to them."""

    paginator = BoundedPaginator
    show_full_result_count = False
    list_per_page = 50
    # Look of the term → lookups. Each finds through an index, which a search of every text column in turn does not.
    find_by: dict[str, tuple[str, ...]] = {}

    def get_search_fields(self, request):
        return self.search_fields or tuple(self.find_by)

    def get_search_results(self, request, queryset, search_term):
        term = search_term.strip()
        if not self.find_by or not term:
            return super().get_search_results(request, queryset, search_term)
        wanted = Q()
        for look, pattern in LOOKS:
            if look in self.find_by and pattern.fullmatch(term):
                for lookup in self.find_by[look]:
                    wanted |= Q(**{lookup: as_stored(look, term)})
                if look != SHORT_ID:  # the only look that a plate or a name may have as well
                    break
        return (queryset.filter(wanted) if wanted else queryset.none()), False

    def has_delete_permission(self, request, obj=None):
        return False


class ReadOnlyAdmin(OperatorAdmin):
    """Rows that only the product itself writes."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


def as_stored(look, term):
    return {EMAIL: term.lower(), TEXT: normalise(term), SHORT_ID: term, ULID: term.upper(), QNR: term.upper()}[look]


def link(name, **options):
    """A column that leads to the row a foreign key points to; `name` may follow further, as `key__holder`."""

    words = name.rpartition("__")[2].replace("_", " ")

    @admin.display(ordering=name, **{"description": NAMES.get(words, words), **options})
    def column(row):
        for part in name.split("__"):
            row = getattr(row, part, None)
            if row is None:
                return None
        if not admin.site.is_registered(type(row)):
            return str(row)
        meta = row._meta
        return format_html(
            '<a href="{}">{}</a>', reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk]), row
        )

    column.__name__ = name
    return column
