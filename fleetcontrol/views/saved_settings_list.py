"""The lists of templates and presets: rows, columns and order; as a page, as saved views, as a file."""

from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views import View

from core.web.lists.columns import Row
from core.web.lists.counts import count
from core.web.lists.live import LIVE
from core.web.lists.order import Order
from core.web.lists.pages import with_query
from core.web.lists.tables import Table
from core.web.lists.views import FEW, ListView
from fleetcontrol import return_to
from fleetcontrol.exports import TOO_LONG, export, fits
from fleetcontrol.views.columns import ChosenColumns, ConfigureColumns, ExportedColumns
from fleetcontrol.views.of_list import list_parameters
from fleetcontrol.views.saved_settings import SavedMixin
from fleetcontrol.views.saved_views import SavedViews

LIST_PARAMETERS = ("search", "sort", "page_size", "columns")


def any_contains(names: tuple[str, ...], text: str) -> Q:
    return reduce(or_, (Q(**{f"{name}__icontains": text}) for name in names))


class SavedTableMixin(SavedMixin):
    """A page about the list, whose URL chooses rows, columns and order."""

    table_class: type[Table]
    searched: tuple[str, ...] = ("name",)
    parameters: tuple[str, ...] = LIST_PARAMETERS

    @property
    def table_name(self) -> str:
        return f"{self.noun}s"

    @property
    def query(self) -> QueryDict:
        """The list parameters, from the URL or from the form that carries them."""
        sent = self.request.GET
        if "query" in self.request.POST:
            sent = QueryDict(self.request.POST["query"])
        return list_parameters(sent, self.parameters)

    @property
    def list_url(self) -> str:
        return f"{self.start_url}?{self.query.urlencode()}".rstrip("?")

    @property
    def found(self) -> QuerySet:
        search = self.query.get("search", "").strip()[:100]
        return self.saved.filter(any_contains(self.searched, search)) if search else self.saved

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("query_string", self.query.urlencode())
        return super().get_context_data(**context)


class SavedList(SavedTableMixin, ChosenColumns, ListView):
    def get_queryset(self) -> QuerySet:
        return self.found

    def get_table_options(self) -> dict[str, Any]:
        return {"row_url": "{}/", "menus": True, "current": self.request.GET.get(self.noun, "")}

    @property
    def shown_url(self) -> str:
        """This list with its page and its open details, without the parameters of a check for changes."""
        return with_query(self.request.get_full_path(), **dict.fromkeys(LIVE))

    def open_panel(self) -> dict[str, Any]:
        """The details beside the list if the URL names a row."""
        wanted = self.request.GET.get(self.noun, "")
        if not wanted:
            return {"is_gone": False}
        rows: Any = self.saved
        row = rows.by_id(wanted)
        return self.panel(row, self.shown_url) if row else {"is_gone": True}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context["columns_url"] = self.url(f"{self.noun}-columns")
        context["views_url"] = self.url(f"{self.noun}-views")
        context["kept"] = [(name, value) for name, value in self.query.items() if name != "search"]
        context["from_here"] = return_to.parameter(self.shown_url)
        context.update(self.open_panel())
        return super().get_context_data(**context)


class SavedColumns(SavedTableMixin, ConfigureColumns):
    pass


class SavedTableViews(SavedTableMixin, SavedViews):
    pass


class SavedExport(SavedTableMixin, ExportedColumns, View):
    """What the list shows, over all pages, in its columns and its order."""

    def get(self, request: HttpRequest, form: str, **kwargs: Any) -> HttpResponseBase:
        if not fits(form, self.found):
            messages.error(request, str(TOO_LONG))
            return redirect(self.list_url)
        table = self.make_table(
            columns=self.exported_columns(self.query),
            sort=self.query.get("sort", ""),
            many=count(self.found, FEW).more,
        )
        return export(form, table.export(self.rows(table)), self.table_name, fleet=self.fleet)

    def make_table(self, **options: Any) -> Table:
        return self.table_class(**options)

    def rows(self, table: Table) -> Iterator[Row]:
        for part in Order(self.model, table.order).split(self.found):
            yield from part.values(*table.reads)
