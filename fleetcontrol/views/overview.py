"""Where a fleet stands: what needs somebody."""

from typing import Any

from django.views.generic import TemplateView

from fleetcontrol.mixins import FleetMixin
from fleetcontrol.needs import needs_of


class Overview(FleetMixin, TemplateView):
    section = "overview"
    template_name = "fleetcontrol/overview.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        needed = needs_of(self.fleet, self.request)
        return super().get_context_data(
            pressing=[one for one in needed if one.is_pressing],
            at_rest=[one for one in needed if not one.is_pressing],
            **context,
        )
