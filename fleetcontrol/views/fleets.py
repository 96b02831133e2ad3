"""The choice of a fleet."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import TemplateView

from accounts.models import Fleet


class FleetChooser(LoginRequiredMixin, TemplateView):
    """A page, or the menu under the fleet's name. A person with one fleet is redirected to it."""

    request: Any

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        fleets = (
            Fleet.objects.visible_to(request.user)
            .select_related("provider")
            .order_by("provider__name", "name")
        )
        self.fleets = list(fleets)
        if len(self.fleets) == 1 and not self.request.htmx:
            return redirect("fleetcontrol:installation_jobs", self.fleets[0].pk)
        return super().get(request, *args, **kwargs)

    def get_template_names(self) -> list[str]:
        if self.request.htmx:
            return ["fleetcontrol/fleets_menu.html"]
        return ["fleetcontrol/fleets.html"]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(fleets=self.fleets, **context)
