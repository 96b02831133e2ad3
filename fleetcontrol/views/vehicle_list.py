"""The list of vehicles: its rows, columns, filters, saved views, and the export."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic import TemplateView

from core.web.dialogs import DialogMixin
from core.web.lists.columns import Row
from core.web.lists.counts import Count, count, count_all
from core.web.lists.order import Order
from core.web.lists.pages import CursorPage, with_query
from core.web.lists.tables import Table
from core.web.lists.views import FEW, NEW, SHOWN, ListView
from fleetcontrol import return_to
from fleetcontrol.empty_tabs import VEHICLES
from fleetcontrol.exports import TOO_LONG, export, fits
from fleetcontrol.filters.vehicles import VehicleFilter
from fleetcontrol.tables.silent_vehicles import SilentVehicleTable
from fleetcontrol.tables.vehicles import VehicleTable
from fleetcontrol.views.columns import ChosenColumns, ConfigureColumns, ExportedColumns
from fleetcontrol.views.of_list import parameter_pairs
from fleetcontrol.views.saved_views import SavedViews
from fleetcontrol.views.vehicle_filtering import ARCHIVED, TABS, SelectedVehicles, VehiclesMixin
from telematics.models import Vehicle

# What a check for changes updates besides rows, tabs and the foot of the table.
LIVE_PARTS = ["fleetcontrol/jobs/all_that_match.html"]


class VehicleTableMixin(VehiclesMixin):
    table_class: type[Table] = VehicleTable


class VehicleList(VehicleTableMixin, ChosenColumns, ListView):
    template_name = "fleetcontrol/vehicles/list.html"
    tab_labels = TABS

    def get_queryset(self) -> QuerySet[Vehicle]:
        if self.filtered_vehicles.search.wanted and not self.is_polled:
            return self.filtered_vehicles.shown_once_found
        return self.filtered_vehicles.shown

    def get_tab_querysets(self) -> dict[str, QuerySet]:
        return {tab: self.filtered_vehicles.in_tab(tab) for tab in TABS}

    def count(self, ahead: QuerySet | None = None) -> dict[str, Count]:
        """Count each tab, of which one is shown. Without a filter, an index for each tab counts it."""
        if self.filtered_vehicles.is_filtered:
            counts = self.filtered_vehicles.count(ahead, quickly=not self.is_polled)
        else:
            querysets = self.get_tab_querysets()
            if ahead is not None:
                querysets[NEW] = ahead
            counts = count_all(querysets)
        counts[SHOWN] = counts[self.current_tab] if self.is_tab_known else Count(0)
        return counts

    def get_table(self, *, many: bool) -> Table:
        if self.offers_maintenance:
            self.table_class = SilentVehicleTable
        return super().get_table(many=many)

    @property
    def offers_maintenance(self) -> bool:
        """Whether the list has what a maintenance job is to be created for."""
        is_silent = self.query.get("silent") == "on"
        return is_silent and self.may_write and self.filtered_vehicles.tab != ARCHIVED

    def get_table_options(self) -> dict[str, Any]:
        picks = self.may_write and self.filtered_vehicles.tab != ARCHIVED
        options = {"row_url": "{}/", "menus": self.may_write, "picks": picks}
        if self.offers_maintenance:
            options["fleet"] = self.fleet.pk
        return options

    @property
    def list_url(self) -> str:
        return reverse("fleetcontrol:vehicles", args=[self.fleet.pk])

    def list_context(
        self, table: Table, page: CursorPage, counts: dict[str, Count], **more: Any
    ) -> dict[str, Any]:
        return super().list_context(table, page, counts, live_parts=LIVE_PARTS, **more)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = self.filtered_vehicles
        context["is_filtered"] = found.is_filtered
        context["empty_tab"] = None if found.is_filtered else VEHICLES.get(found.tab)
        context["search"] = found.search
        context["not_found"] = [] if self.is_polled else found.not_found
        context["chips"] = self.chips()
        context["clear_url"] = with_query(self.list_url, status=self.query.get("status"))
        context["kept"] = parameter_pairs(self.query, "search")
        context["from_here"] = return_to.parameter(self.request.get_full_path())
        return super().get_context_data(**context)

    def chips(self) -> list[dict[str, Any]]:
        found = self.filtered_vehicles
        chips = found.filter.chips() if found.is_filtered else []
        for chip in chips:
            chip["remove_url"] = with_query(self.first_page_url, **{chip["name"]: chip["rest"]})
        return chips


class FilterVehicles(VehiclesMixin, DialogMixin, TemplateView):
    """The filters of the list, in a dialog or on a page. Their choices are read only here."""

    template_name = "fleetcontrol/jobs/filter.html"
    page_frame = "fleetcontrol/dialog_page.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        self.request.fleet = self.fleet
        filters = VehicleFilter(self.query, queryset=Vehicle.objects.none(), request=self.request)
        filters.suggest()
        form = filters.form
        del form.fields["search"]
        kept = parameter_pairs(self.query, *form.fields)
        return super().get_context_data(title=_("Filter"), form=form, kept=kept, **context)


class VehicleColumns(VehicleTableMixin, ConfigureColumns):
    pass


class VehicleViews(VehicleTableMixin, SavedViews):
    pass


class ExportVehicles(SelectedVehicles, VehicleTableMixin, ExportedColumns, View):
    """What the list shows, over all pages, in its order. Sent from the list: the selected vehicles."""

    posted = ("query", "select", "all", "extent", return_to.PARAMETER)

    def post(self, request: HttpRequest, form: str, **kwargs: Any) -> HttpResponseBase:
        return self.get(request, form, **kwargs)

    def get(self, request: HttpRequest, form: str, **kwargs: Any) -> HttpResponseBase:
        vehicles = self.chosen
        if not fits(form, vehicles):
            messages.error(request, str(TOO_LONG))
            return redirect(self.list_url)
        table = self.table_class(
            columns=self.exported_columns(self.query),
            sort=self.query.get("sort", ""),
            many=count(vehicles, FEW).more,
        )
        return export(form, table.export(self.rows(table)), self.table_name, fleet=self.fleet)

    def rows(self, table: Table) -> Iterator[Row]:
        for part in Order(Vehicle, table.order).split(self.chosen):
            yield from part.values(*table.reads).iterator(chunk_size=2000)
