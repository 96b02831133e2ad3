"""The way in: which fleet."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import redirect
from django.views.generic import TemplateView

from accounts.models import Fleet


class FleetChooser(LoginRequiredMixin, TemplateView):
    """A page, or the menu under the fleet's name. Who has one fleet only is taken there."""

    def get(self, request, *args, **kwargs):
        fleets = Fleet.objects.visible_to(request.user).select_related("provider").order_by("provider__name", "name")
        self.fleets = list(fleets)
        if len(self.fleets) == 1 and not request.htmx:
            return redirect("fleetcontrol:installation_jobs", self.fleets[0].pk)
        return super().get(request, *args, **kwargs)

    def get_template_names(self):
        return ["fleetcontrol/fleets_menu.html" if self.request.htmx else "fleetcontrol/fleets.html"]

    def get_context_data(self, **context):
        return super().get_context_data(fleets=self.fleets, **context)
