"""The vehicles of a fleet, and the page *Inspect* of each."""

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from core.web.lists import ListView
from core.web.pages import with_query
from fleetcontrol.mixins import FleetMixin
from fleetcontrol.tables.vehicles import VehicleTable
from fleetcontrol.vehicle_sheet import VehicleSheet
from jobs.sought import SHORTEST_SEARCH
from telematics.models import Vehicle

LIVE, WITHOUT_UNIT, ARCHIVED = "", "WITHOUT_UNIT", "ARCHIVED"
LABELS = {
    LIVE: gettext_lazy("In the fleet"),
    WITHOUT_UNIT: gettext_lazy("Without unit"),
    ARCHIVED: gettext_lazy("Archived"),
}


class VehicleList(FleetMixin, ListView):
    table_class, template_name = VehicleTable, "fleetcontrol/vehicles/list.html"
    section = "vehicles"

    @property
    def status(self) -> str:
        wanted = self.request.GET.get("status", LIVE)
        return wanted if wanted in LABELS else LIVE

    @property
    def search(self) -> str:
        return self.request.GET.get("search", "").strip()[:100]

    @property
    def found(self):
        vehicles = Vehicle.objects.filter(fleet=self.fleet)
        if not self.search:
            return vehicles
        return vehicles.matching(self.search) if len(self.search) >= SHORTEST_SEARCH else vehicles.none()

    def of(self, status: str):
        found = self.found.filter(archived_at__isnull=status != ARCHIVED)
        return found.filter(unit=None) if status == WITHOUT_UNIT else found

    def get_queryset(self):
        return self.of(self.status)

    def get_tab_querysets(self):
        return {status or "live": self.of(status) for status in LABELS}

    def get_tabs(self, counts):
        here = with_query(f"{self.request.path}?{self.request.GET.urlencode()}", cursor=None, live=None, digest=None)
        return [
            {
                "url": with_query(here, status=status or None),
                "label": label,
                "count": counts[status or "live"],
                "current": status == self.status,
            }
            for status, label in LABELS.items()
        ]

    def get_table_options(self):
        return {"row_url": "{}/", "menus": self.may_write}

    def list_context(self, table, page, counts, **more):
        too_short = 0 < len(self.search) < SHORTEST_SEARCH
        narrowed = bool(self.search or self.status)
        return super().list_context(table, page, counts, is_narrowed=narrowed, too_short=too_short, **more)


class VehicleMixin(FleetMixin):
    section = "vehicles"

    def find(self):
        vehicles = Vehicle.objects.filter(fleet=self.fleet).select_related("vehicle_model", "unit", "state")
        self.vehicle = vehicles.filter(pk=self.kwargs["vehicle_id"]).first()
        if self.vehicle is None:
            raise Http404

    def get_context_data(self, **context):
        return super().get_context_data(
            vehicle=self.vehicle, list_url=reverse("fleetcontrol:vehicles", args=[self.fleet.pk]), **context
        )


class VehicleDetail(VehicleMixin, TemplateView):
    """*Inspect*."""

    template_name = "fleetcontrol/vehicles/detail.html"

    def get_context_data(self, **context):
        return super().get_context_data(sheet=VehicleSheet(self.vehicle, self.request.GET), **context)


class VehicleMenu(VehicleMixin, TemplateView):
    template_name = "fleetcontrol/vehicles/menu.html"
