"""The URLs of FleetControl. Each group of pages has a file of its own."""

from typing import Any

from django.urls import include, path
from django.views.generic import RedirectView

from core.web import converters
from fleetcontrol.views.fleets import FleetChooser
from fleetcontrol.views.fleets_overview import FleetsOverview

converters.register()

app_name = "fleetcontrol"
in_fleet: list[Any] = [
    path("", RedirectView.as_view(pattern_name="fleetcontrol:installation_jobs"), name="fleet"),
    path("", include("fleetcontrol.urls.search")),
    path("overview/", include("fleetcontrol.urls.overview")),
    path("jobs/", include("fleetcontrol.urls.jobs")),
    path("partners/", include("fleetcontrol.urls.partners")),
    path("", include("fleetcontrol.urls.saved_settings")),
    path("vehicles/", include("fleetcontrol.urls.vehicles")),
    path("roll-outs/", include("fleetcontrol.urls.roll_outs")),
    path("places/", include("fleetcontrol.urls.places")),
    path("units/", include("fleetcontrol.urls.units")),
    path("settings/", include("fleetcontrol.urls.settings")),
    path("jobs/import/", include("fleetcontrol.urls.job_import")),
]
urlpatterns = [
    path("", FleetChooser.as_view(), name="fleets"),
    path("overview/", FleetsOverview.as_view(), name="fleets-overview"),
    path("<short:fleet_id>/", include(in_fleet)),
]
