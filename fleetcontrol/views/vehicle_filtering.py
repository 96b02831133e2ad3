"""From a URL to vehicles: filtered and ordered how. Used by the list, its export and the bulk actions."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, Q, Value, When
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import Fleet
from core.web.converters import ShortId
from fleetcontrol.filters.vehicles import VehicleFilter, with_id_or_unit
from fleetcontrol.views.filtering import FilteredRows
from fleetcontrol.views.of_list import OfList
from fleetcontrol.views.selection import Selection
from telematics.models import Vehicle
from telematics.models.vehicle import VehicleQuerySet

LIVE = "LIVE"
WITHOUT_UNIT = "WITHOUT_UNIT"
ARCHIVED = "ARCHIVED"
TABS = {
    LIVE: _("In the fleet"),
    WITHOUT_UNIT: _("Without unit"),
    ARCHIVED: _("Archived"),
}
WITH_UNIT = "WITH_UNIT"
# The tab in which a vehicle is counted.
COUNTED_IN = Case(
    When(archived_at__isnull=False, then=Value(ARCHIVED)),
    When(unit=None, then=Value(WITHOUT_UNIT)),
    default=Value(WITH_UNIT),
)
# The parameters that choose rows and their order.
LIST_PARAMETERS = ("status", *VehicleFilter.base_filters, "sort", "page_size", "columns")


class FilteredVehicles(FilteredRows):
    """The vehicles that a query string selects."""

    filter_class = VehicleFilter
    tabs = {LIVE: [WITH_UNIT, WITHOUT_UNIT], WITHOUT_UNIT: [WITHOUT_UNIT], ARCHIVED: [ARCHIVED]}
    column = "counted_in"

    def __init__(self, fleet: Fleet, query: QueryDict, request: Any):
        super().__init__(Vehicle.objects.filter(fleet=fleet), fleet, query, request)

    @property
    def in_all_tabs(self) -> VehicleQuerySet:
        return self.filtered.annotate(counted_in=COUNTED_IN)

    @property
    def exact(self) -> Q:
        return self.search.exact() | with_id_or_unit(self.search)

    def in_tab(self, tab: str) -> VehicleQuerySet:
        if tab == ARCHIVED:
            return self.filtered.archived()
        live = self.filtered.live()
        return live.filter(unit=None) if tab == WITHOUT_UNIT else live

    def names(self) -> Iterable[str]:
        rows = self.filtered.order_by().values_list("search", "pk", "unit_id")
        return ("|".join(filter(None, names)) for names in rows)


class VehiclesMixin(OfList):
    """A page about the list of vehicles."""

    section = "vehicles"
    table_name = "vehicles"
    parameters = LIST_PARAMETERS

    @cached_property
    def filtered_vehicles(self) -> FilteredVehicles:
        return FilteredVehicles(self.fleet, self.query, self.request)


class SelectedVehicles(Selection, VehiclesMixin):
    """A page about the vehicles that are picked in the list, or all that match."""

    key = ShortId.regex

    @property
    def shown(self) -> VehicleQuerySet:
        return self.filtered_vehicles.shown

    def rows_with(self, keys: list[str]) -> VehicleQuerySet:
        return Vehicle.objects.filter(fleet=self.fleet, pk__in=keys)
