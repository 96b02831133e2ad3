"""The operators' site: a start page with numbers, and a search over everything."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.gauges import measured
from core.web.desk import own  # noqa: F401 - registers the numbers of the ground
from core.web.desk.numbers import CARE, TODAY, Shown, shown
from core.web.desk.processes import processes
from core.web.desk.search import LONGEST, search


def is_calm(number: Shown) -> bool:
    """Whether nothing is to be done: it was counted, and there is none."""
    return number.count is not None and not number.count


class DeskSite(admin.AdminSite):
    site_header = _("Desk")
    site_title = _("Desk")
    index_title = _("Start page")

    def get_urls(self) -> list[Any]:
        return [
            path("search/", self.admin_view(self.search), name="search"),
            *super().get_urls(),
        ]

    def index(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        """What needs care and what happened today, before the list of all pages."""
        numbers = shown(self, request)
        context = {
            "care": sorted(numbers[CARE], key=is_calm),
            "today": numbers[TODAY],
            "day": timezone.localdate(),
            "processes": measured("processes", processes),
        }
        return super().index(request, context | (extra_context or {}))

    def search(self, request: HttpRequest) -> HttpResponse:
        term = request.GET.get("q", "").strip()[:LONGEST]
        context = {
            **self.each_context(request),
            "title": _("Search"),
            "term": term,
            "groups": search(self, request, term),
        }
        return TemplateResponse(request, "admin/search.html", context)
