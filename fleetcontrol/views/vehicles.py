"""What all pages about one vehicle share, and the menu of its row."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.views.generic import TemplateView

from fleetcontrol import return_to
from fleetcontrol.mixins import FleetMixin
from telematics.models import Vehicle
from telematics.models.fleet_edits import may_be_restored
from telematics.models.read_vin import sent_vin


class VehicleMixin(FleetMixin):
    section = "vehicles"

    def find(self) -> None:
        vehicles = Vehicle.objects.filter(fleet=self.fleet).select_related(
            "vehicle_model", "unit", "state", "place"
        )
        vehicles = vehicles.annotate(sent_vin=sent_vin())
        vehicle = vehicles.filter(pk=self.kwargs["vehicle_id"]).first()
        if vehicle is None:
            raise Http404
        self.vehicle = vehicle

    @property
    def list_url(self) -> str:
        """The list as the reader left it, else from its start."""
        start = reverse("fleetcontrol:vehicles", args=[self.fleet.pk])
        return return_to.nearest_list(self.came_from, [start]) or start

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            vehicle=self.vehicle,
            list_url=self.list_url,
            may_restore=self.may_write and may_be_restored(self.vehicle),
            **context,
        )


class VehicleMenu(VehicleMixin, TemplateView):
    template_name = "fleetcontrol/vehicles/menu.html"
