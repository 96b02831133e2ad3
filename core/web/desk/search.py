"""One search over all pages: each page names by which columns it is found, and each of them has an index."""

from typing import Any, NamedTuple

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from core.web.admin import OperatorAdmin
from core.web.desk.numbers import count_rows, list_url
from core.web.lists.counts import Count

MOST = 5
LONGEST = 100


class Found(NamedTuple):
    label: str
    key: str
    url: str


class Group(NamedTuple):
    """The first rows that one page has found, and the URL of its list where there are more."""

    title: str
    rows: list[Found]
    more: str


def search(site: admin.AdminSite, request: HttpRequest, term: str) -> list[Group]:
    """What is found on the pages that the reader may see.

    One statement finds the pages that have something, and one more reads the rows of each of them.
    """
    pages = {
        str(page): page
        for page in site._registry.values()
        if isinstance(page, OperatorAdmin) and page.has_view_permission(request)
    }
    found: dict[str, QuerySet] = {}
    for name, page in pages.items():
        wanted = page.wanted_by(page.searched_by, term)
        if wanted is not None:
            found[name] = page.model._default_manager.filter(wanted)
    counts = count_rows(found, MOST)
    return [
        _group(pages[name], found[name], term, counts[name]) for name in found if counts.get(name)
    ]


def _group(page: OperatorAdmin, found: QuerySet, term: str, number: Count) -> Group:
    related: Any = page.list_select_related
    if related:
        found = found.select_related(*related)
    rows = [_as_found(row) for row in found.order_by("-pk")[:MOST]]
    more = list_url(page.model, {"q": term}) if number.more else ""
    return Group(str(page.model._meta.verbose_name_plural), rows, more)


def _as_found(row: Any) -> Found:
    meta = row._meta
    url = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    return Found(str(row), str(row.pk), url)
