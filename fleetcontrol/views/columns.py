"""*Configure Table Columns*: which columns, in which order; kept for each person and table."""

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from accounts.models import TablePreference, User
from core.web.dialogs import DialogMixin
from core.web.lists.pages import with_query
from core.web.lists.tables import requested_columns
from fleetcontrol import return_to
from fleetcontrol.mixins import FleetMixin
from fleetcontrol.views.of_list import sent_with

if TYPE_CHECKING:
    from fleetcontrol.mixins import ReadersFleet

# Name, label, shown now, cannot be hidden.
Choice = tuple[str, str, bool, bool]


class OfTable(FleetMixin):
    """A page about a table. The class that it is combined with names the table and the URL of its list."""

    table_class: Any  # a Table

    @property
    def table_name(self) -> str:
        raise NotImplementedError(f"{type(self).__name__} names no table")

    @property
    def list_url(self) -> str:
        raise NotImplementedError(f"{type(self).__name__} names no list")


class ChosenColumns(OfTable):
    """A list in the columns that its reader has chosen. They are read with the fleet, without a query of their own."""

    def find_fleet(self, fleet_id: str, table: str = "") -> "ReadersFleet":
        return super().find_fleet(fleet_id, table or self.table_name)

    def get_columns(self) -> list[str]:
        return self.columns_of(self.request.GET)

    def columns_of(self, query: QueryDict) -> list[str]:
        """Return the columns in the URL, else the reader's choice; an empty list means the table's own."""
        return requested_columns(query) or self.fleet.columns or []


class ExportedColumns(ChosenColumns):
    """An export in the columns of the list, or in all that its table has."""

    extent = "shown"  # unless the URL names another

    @property
    def all_columns(self) -> bool:
        return sent_with(self.request).get("extent", self.extent) == "all"

    def exported_columns(self, query: QueryDict) -> list[str]:
        if self.all_columns:
            return list(self.table_class.base_columns)
        return self.columns_of(query)


def kept_columns(user: User, table_name: str) -> list[str]:
    """Read the same choice on the pages that are opened seldom."""
    kept = TablePreference.objects.filter(user=user, table=table_name)
    return kept.values_list("columns", flat=True).first() or []


class ConfigureColumns(DialogMixin, OfTable, TemplateView):
    """Show and keep the choice."""

    posted = ("order", "column", "up", "down", "reset", "save", "query", return_to.PARAMETER)
    template_name = "fleetcontrol/jobs/columns.html"
    page_frame = "fleetcontrol/dialog_page.html"

    @property
    def after_url(self) -> str:
        """The list in the columns that are kept now, not in those that its URL names."""
        return with_query(self.list_url, columns=None)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        order = request.POST.getlist("order")
        # The arrows of a page without scripts.
        if name := request.POST.get("up"):
            return self.show_moved(moved(order, name, -1))
        if name := request.POST.get("down"):
            return self.show_moved(moved(order, name, 1))
        if "reset" in request.POST:
            TablePreference.objects.filter(user=self.request.user, table=self.table_name).delete()
        else:
            self.keep(order)
        return redirect(self.after_url)

    def keep(self, order: list[str]) -> None:
        ticked = set(self.request.POST.getlist("column"))
        columns = [
            name for name in order if name in ticked and name in self.table_class.base_columns
        ]
        TablePreference.objects.update_or_create(
            user=self.request.user, table=self.table_name, defaults={"columns": columns}
        )

    def show_moved(self, order: list[str]) -> HttpResponse:
        """Show the form again with the columns in this order, ticked as they were sent."""
        ticked = set(self.request.POST.getlist("column"))
        by_name = {choice[0]: choice for choice in self.choices}
        choices = []
        for name in order:
            if name in by_name:
                _name, label, _shown, always = by_name[name]
                choices.append((name, label, name in ticked, always))
        return self.render_to_response(self.get_context_data(choices=choices))

    @property
    def choices(self) -> list[Choice]:
        return self.table_class(columns=kept_columns(self.request.user, self.table_name)).choices

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("choices", self.choices)
        return super().get_context_data(title=_("Configure Table Columns"), **context)


def moved(order: list[str], name: str, by: int) -> list[str]:
    """Move a column by one place, and no further than to the ends."""
    if name not in order:
        return order
    at = order.index(name)
    to = max(0, min(len(order) - 1, at + by))
    order[at], order[to] = order[to], order[at]
    return order
