"""The vehicles of a fleet, and the page *Inspect* of each."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from core.web.lists.counts import Count
from core.web.lists.pages import CursorPage
from core.web.lists.tables import Table
from core.web.lists.views import ListView
from fleetcontrol.empty_tabs import VEHICLES
from fleetcontrol.filters.vehicles import VehicleFilter
from fleetcontrol.mixins import FleetMixin
from fleetcontrol.tables.vehicles import VehicleTable
from jobs.reading.vehicle_sheet import VehicleSheet
from jobs.search import SHORTEST_SEARCH
from telematics.models import Vehicle
from telematics.models.fleet_edits import may_be_restored
from telematics.models.read_vin import sent_vin
from telematics.models.vehicle import VehicleQuerySet

LIVE = "LIVE"
WITHOUT_UNIT = "WITHOUT_UNIT"
ARCHIVED = "ARCHIVED"


class VehicleList(FleetMixin, ListView):
    table_class = VehicleTable
    template_name = "fleetcontrol/vehicles/list.html"
    section = "vehicles"
    tab_labels = {
        LIVE: gettext_lazy("In the fleet"),
        WITHOUT_UNIT: gettext_lazy("Without unit"),
        ARCHIVED: gettext_lazy("Archived"),
    }

    @property
    def search(self) -> str:
        return self.request.GET.get("search", "").strip()[:100]

    @cached_property
    def filter(self) -> VehicleFilter:
        vehicles = Vehicle.objects.filter(fleet=self.fleet)
        return VehicleFilter(self.request.GET, queryset=vehicles, request=self.request)

    @property
    def found(self) -> VehicleQuerySet:
        vehicles = self.filter.qs
        if not self.search:
            return vehicles
        if len(self.search) < SHORTEST_SEARCH:
            return vehicles.none()
        return vehicles.found_by(self.search)

    def in_tab(self, tab: str) -> QuerySet[Vehicle]:
        if tab == ARCHIVED:
            return self.found.filter(archived_at__isnull=False)
        live = self.found.filter(archived_at__isnull=True)
        return live.filter(unit=None) if tab == WITHOUT_UNIT else live

    def get_queryset(self) -> QuerySet[Vehicle]:
        return self.in_tab(self.current_tab)

    def get_tab_querysets(self) -> dict[str, QuerySet]:
        return {tab: self.in_tab(tab) for tab in self.tab_labels}

    def get_table_options(self) -> dict[str, Any]:
        return {"row_url": "{}/", "menus": self.may_write}

    def list_context(
        self, table: Table, page: CursorPage, counts: dict[str, Count], **more: Any
    ) -> dict[str, Any]:
        is_filtered = bool(self.search) or self.filter.is_used
        more["empty_tab"] = None if is_filtered else VEHICLES.get(self.current_tab)
        too_short = 0 < len(self.search) < SHORTEST_SEARCH
        return super().list_context(
            table,
            page,
            counts,
            is_filtered=is_filtered,
            too_short=too_short,
            filter=self.filter,
            **more,
        )


class VehicleMixin(FleetMixin):
    section = "vehicles"

    def find(self) -> None:
        vehicles = Vehicle.objects.filter(fleet=self.fleet).select_related(
            "vehicle_model", "unit", "state"
        )
        vehicles = vehicles.annotate(sent_vin=sent_vin())
        vehicle = vehicles.filter(pk=self.kwargs["vehicle_id"]).first()
        if vehicle is None:
            raise Http404
        self.vehicle = vehicle

    @property
    def list_url(self) -> str:
        return reverse("fleetcontrol:vehicles", args=[self.fleet.pk])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            vehicle=self.vehicle,
            list_url=self.list_url,
            may_restore=self.may_write and may_be_restored(self.vehicle),
            **context,
        )


class VehicleDetail(VehicleMixin, TemplateView):
    """*Inspect*."""

    template_name = "fleetcontrol/vehicles/detail.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            sheet=VehicleSheet(self.vehicle, self.request.GET), **context
        )


class VehicleMenu(VehicleMixin, TemplateView):
    template_name = "fleetcontrol/vehicles/menu.html"
