from django.urls import re_path
from django.views.generic import RedirectView

from telematics.simulator.views import SimulatorPage

app_name = "simulator"
urlpatterns = [
    re_path(r"^simulator/(?P<qnr>[0-9A-F]{16})/$", SimulatorPage.as_view(), name="unit"),
    # Bookmarks from before the simulator was an app of its own.
    re_path(
        r"^admin/telematics/(?P<page>simulat(?:edunit|orlog)/.*)$",
        RedirectView.as_view(url="/admin/simulator/%(page)s", query_string=True),
        name="admin-moved",
    ),
]
