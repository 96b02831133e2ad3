"""*Inspect*: one vehicle, kept up to date while the page is open."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from fleetcontrol.views.vehicles import VehicleMixin
from jobs.reading.vehicle_sheet import VehicleSheet
from telematics import verbs

ICONS = {verbs.DRAW_ATTENTION: "lightbulb", verbs.REQUEST_STATE: "arrow-repeat"}


class VehicleDetail(VehicleMixin, TemplateView):
    """The page; for an open one that checks for changes, its parts, or 204 for the `digest` that it has."""

    template_name = "fleetcontrol/vehicles/inspect.html"

    @cached_property
    def sheet(self) -> VehicleSheet:
        return VehicleSheet(self.vehicle, self.request.GET)

    @property
    def seen(self) -> str:
        """The digest, with the number at the bell."""
        return f"{self.sheet.digest}-{self.fleet.unread_notifications}"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.htmx and request.GET.get("digest") == self.seen:  # type: ignore[attr-defined]
            return HttpResponse(status=204)
        return super().get(request, *args, **kwargs)

    def get_template_names(self) -> list[str]:
        if self.request.htmx:
            return ["fleetcontrol/vehicles/inspect/changes_of_page.html"]
        return [self.template_name]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            sheet=self.sheet,
            digest=self.seen,
            quick_commands=self.quick_commands,
            **context,
        )

    @property
    def quick_commands(self) -> list[tuple[str, Any, str]]:
        """The commands that have a button: verb, label and icon."""
        offered = []
        for verb in verbs.quick(self.vehicle):
            closes = verbs.LOCKS.get(verb, not verbs.ENABLES.get(verb, False))
            icon = ICONS.get(verb, "lock" if closes else "unlock")
            offered.append((verb, verbs.VERBS[verb], icon))
        return offered
