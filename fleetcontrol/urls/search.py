"""The search over everything, the command palette, and the keys."""

from django.urls import path

from fleetcontrol.views.search import Keys, Palette, Search

urlpatterns = [
    path("search/", Search.as_view(), name="search"),
    path("palette/", Palette.as_view(), name="palette"),
    path("keys/", Keys.as_view(), name="keys"),
]
