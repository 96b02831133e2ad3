"""The lists of templates and presets: which rows, in which columns and order, as a page, as saved views, as a file."""

from functools import reduce
from operator import or_
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views import View

from core.web.counts import count
from core.web.lists import FEW, ListView
from core.web.live import LIVE
from core.web.order import Order
from core.web.pages import with_query
from core.web.tables import Table
from fleetcontrol import way_back
from fleetcontrol.exports import LONGEST_SHEET, export
from fleetcontrol.views.columns import ChosenColumns, ConfigureColumns
from fleetcontrol.views.saved import SavedMixin
from fleetcontrol.views.saved_views import SavedViews


def any_of(names: tuple[str, ...], search: str) -> Q:
    return reduce(or_, (Q(**{f"{name}__icontains": search}) for name in names))


class OfTable(SavedMixin):
    """About the table: which rows of it, in which columns and order, is said by the address."""

    table_class: type[Table]
    LASTING = ("search", "sort", "page_size", "columns")
    searched: tuple[str, ...] = ("name",)

    @property
    def table_name(self) -> str:
        return f"{self.noun}s"

    @property
    def query(self) -> QueryDict:
        """The list's own parameters: of the address, or as a form carried them along."""
        told = QueryDict(self.request.POST["query"]) if "query" in self.request.POST else self.request.GET
        kept = QueryDict(mutable=True)
        kept.update({name: told[name] for name in self.LASTING if told.get(name)})
        return kept

    @property
    def list_url(self) -> str:
        return f"{self.start_url}?{self.query.urlencode()}".rstrip("?")

    @property
    def narrowed(self):
        search = self.query.get("search", "").strip()[:100]
        return self.saved.filter(any_of(self.searched, search)) if search else self.saved

    def get_context_data(self, **context):
        return super().get_context_data(**{"query_string": self.query.urlencode()} | context)


class SavedList(ChosenColumns, OfTable, ListView):
    def get_queryset(self):
        return self.narrowed

    def get_table_options(self):
        return {"row_url": "{}/", "menus": True, "current": self.request.GET.get(self.noun, "")}

    @property
    def shown_url(self) -> str:
        """This very list with its page and its details, also where somebody only looks whether it has changed."""
        return with_query(self.request.get_full_path(), **dict.fromkeys(LIVE))

    def open_panel(self) -> dict[str, Any]:
        """The details beside the list, where the address names one."""
        wanted = self.request.GET.get(self.noun, "")
        found = self.saved.by_id(wanted) if wanted else None
        return self.panel(found, self.shown_url) if found else {"is_gone": bool(wanted)}

    def get_context_data(self, **context):
        acts = ("columns", "views", "export-csv", "export-xlsx")
        about = {f"{name.replace('-', '_')}_url": self.url(f"{self.noun}-{name}") for name in acts}
        kept = [(name, value) for name, value in self.query.items() if name != "search"]
        shown = {"kept": kept, "from_here": way_back.tell(self.shown_url), **self.open_panel()}
        return super().get_context_data(**shown, **about, **context)


class SavedColumns(OfTable, ConfigureColumns):
    pass


class SavedTableViews(OfTable, SavedViews):
    pass


class SavedExport(ChosenColumns, OfTable, View):
    """What the list shows, over all pages, in its columns and its order."""

    def get(self, request, form, **kwargs):
        rows = self.narrowed
        if form == "xlsx" and rows.order_by()[LONGEST_SHEET:].exists():
            messages.error(request, _("These are more than 100,000 rows. Narrow the list, or export it as CSV."))
            return redirect(self.list_url)
        many = count(rows, FEW).more
        table = self.table_class(columns=self.columns_of(self.query), sort=self.query.get("sort", ""), many=many)
        parts = Order(self.model, table.order).split(rows)
        return export(form, table.export(row for part in parts for row in part.values(*table.reads)), self.table_name)
