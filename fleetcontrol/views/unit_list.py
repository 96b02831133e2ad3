"""The list of a fleet's units: its tabs, filters and export."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import TemplateView

from core.web.dialogs import DialogMixin
from core.web.lists.counts import Count
from core.web.lists.pages import CursorPage, with_query
from core.web.lists.tables import Table
from core.web.lists.views import ListView
from fleetcontrol.empty_tabs import UNITS
from fleetcontrol.exports import TOO_LONG, export, fits
from fleetcontrol.filters.units import UnitFilter
from fleetcontrol.tables.units import UnitTable, for_table
from fleetcontrol.views.columns import ChosenColumns, ConfigureColumns, ExportedColumns
from fleetcontrol.views.filtering import OfFilteredList
from fleetcontrol.views.of_list import parameter_pairs
from fleetcontrol.views.selection import Selection
from telematics.models import Custody, Unit
from telematics.models.unit import UnitQuerySet

IN_STOCK = "IN_STOCK"
HELD = "HELD"
MOUNTED = "MOUNTED"
RETIRED = "RETIRED"
TABS = {
    IN_STOCK: gettext_lazy("In stock"),
    HELD: gettext_lazy("Held by partners"),
    MOUNTED: gettext_lazy("In vehicles"),
    RETIRED: gettext_lazy("Retired"),
}
# The parameters that choose rows. Others concern the moment.
LIST_PARAMETERS = ("status", *UnitFilter.base_filters, "page_size", "columns")


def in_tab(units: UnitQuerySet, tab: str) -> UnitQuerySet:
    """Those of a tab. What partners hold is in stock too, as OneAPI has it."""
    if tab == RETIRED:
        return units.filter(retired_at__isnull=False)
    if tab == MOUNTED:
        return units.in_service().filter(vehicle__isnull=False)
    if tab == HELD:
        return units.in_service().filter(pk__in=Custody.objects.open().values("unit"))
    return units.in_stock()


class FilteredUnits(OfFilteredList):
    """A page about the units that a query string selects."""

    section = "units"
    table_name = "units"
    parameters = LIST_PARAMETERS
    filter_class = UnitFilter

    @cached_property
    def all(self) -> UnitQuerySet:
        return Unit.objects.visible_to(self.request.user).filter(fleet=self.fleet)

    @property
    def shown(self) -> UnitQuerySet:
        """The rows of the list, over all its pages."""
        tab = self.query.get("status", IN_STOCK).upper()
        return in_tab(self.filtered, tab) if tab in TABS else self.all.none()


class UnitTableMixin(FilteredUnits):
    table_class = UnitTable


class UnitList(UnitTableMixin, ChosenColumns, ListView):
    template_name = "fleetcontrol/units/list.html"
    tab_labels = TABS

    def get_queryset(self) -> QuerySet[Unit]:
        return in_tab(self.filtered, self.current_tab)

    def read(self, names: Iterable[str]) -> QuerySet:
        return for_table(self.rows).values(*dict.fromkeys(names))

    def get_tab_querysets(self) -> dict[str, QuerySet]:
        return {tab: in_tab(self.filtered, tab) for tab in self.tab_labels}

    def get_table_options(self) -> dict[str, Any]:
        return {"row_url": "{}/", "picks": True}

    def list_context(
        self, table: Table, page: CursorPage, counts: dict[str, Count], **more: Any
    ) -> dict[str, Any]:
        more["empty_tab"] = None if self.is_filtered else UNITS.get(self.current_tab)
        return super().list_context(
            table,
            page,
            counts,
            is_filtered=self.is_filtered,
            chips=self.chips(),
            clear_url=with_query(self.request.path, status=self.query.get("status")),
            kept=parameter_pairs(self.query, "search"),
            query_string=self.query.urlencode(),
            columns_url=reverse("fleetcontrol:unit-columns", args=[self.fleet.pk]),
            **more,
        )


class FilterUnits(FilteredUnits, DialogMixin, TemplateView):
    """The filters, in a dialog or on a page. Their choices are read only here."""

    template_name = "fleetcontrol/jobs/filter.html"
    page_frame = "fleetcontrol/dialog_page.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        self.request.fleet = self.fleet
        filters = UnitFilter(self.query, queryset=Unit.objects.none(), request=self.request)
        form = filters.offer(self.all).form
        del form.fields["search"]
        return super().get_context_data(
            title=_("Filter"),
            form=form,
            kept=parameter_pairs(self.query, *form.fields),
            list_url=self.list_url.partition("?")[0],
            **context,
        )


class UnitColumns(UnitTableMixin, ConfigureColumns):
    pass


class SelectedUnits(FilteredUnits, Selection):
    """A page about the units that are picked in the list, or all that match."""

    key = "[0-9A-F]{16}"

    def rows_with(self, keys: list[str]) -> UnitQuerySet:
        return self.all.filter(pk__in=keys)


class ExportUnits(SelectedUnits, UnitTableMixin, ExportedColumns, View):
    """The filtered units, over all pages, as CSV or XLSX; from a selection in the list, those."""

    def get(self, request: HttpRequest, form: str, **kwargs: Any) -> HttpResponseBase:
        units = self.chosen
        if not fits(form, units):
            messages.error(request, str(TOO_LONG))
            return redirect(self.list_url)
        table = UnitTable(columns=self.exported_columns(self.query))
        rows = for_table(units).order_by(table.order).values(*table.reads)
        cells = table.export(rows.iterator(chunk_size=2000))
        return export(form, cells, "units", fleet=self.fleet)
