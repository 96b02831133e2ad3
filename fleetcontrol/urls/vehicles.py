"""Vehicles: the list, and the page *Inspect* of each."""

from django.urls import path

from fleetcontrol.views import vehicles

urlpatterns = [
    path("", vehicles.VehicleList.as_view(), name="vehicles"),
    path("<short:vehicle_id>/", vehicles.VehicleDetail.as_view(), name="vehicle-detail"),
    path("<short:vehicle_id>/menu/", vehicles.VehicleMenu.as_view(), name="vehicle-menu"),
]
