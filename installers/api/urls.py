"""The SmartControl API, `/api/smartcontrol/v1/`: nouns only."""

from django.urls import path, re_path

from core.web import converters
from installers.api.views.base import NothingHere
from installers.api.views.document import SmartControlDocument
from installers.api.views.jobs import CountsView, IndexView, JobListView, JobSheetView
from installers.api.views.me import ClientsView, MeView, VehicleModelsView
from installers.api.views.moves import (
    AccessView,
    AssignmentView,
    FieldsView,
    HandbackView,
    OutcomeView,
    UnitView,
)
from installers.api.views.photos import PhotosView, PhotoView
from installers.api.views.tests import ConfirmationView, TestsView, TestView
from installers.api.views.units import UnitCheckView
from installers.api.views.vehicles import CommandView, StateView

converters.register()

app_name = "smartcontrol-api"
urlpatterns = [
    path("me/", MeView.as_view(), name="me"),
    path("clients/", ClientsView.as_view(), name="clients"),
    path("vehicle-models/", VehicleModelsView.as_view(), name="vehicle-models"),
    path("jobs/", JobListView.as_view(), name="jobs"),
    path("jobs/counts/", CountsView.as_view(), name="counts"),
    path("jobs/index/", IndexView.as_view(), name="index"),
    path("jobs/<ulid:id>/", JobSheetView.as_view(), name="job"),
    path("jobs/<ulid:id>/assignment/", AssignmentView.as_view(), name="assignment"),
    path("jobs/<ulid:id>/handback/", HandbackView.as_view(), name="handback"),
    path("jobs/<ulid:id>/unit/", UnitView.as_view(), name="unit"),
    path("jobs/<ulid:id>/fields/", FieldsView.as_view(), name="fields"),
    path("jobs/<ulid:id>/tests/", TestsView.as_view(), name="tests"),
    path("jobs/<ulid:id>/tests/<kind:kind>/", TestView.as_view(), name="test"),
    path(
        "jobs/<ulid:id>/tests/<kind:kind>/confirmation/",
        ConfirmationView.as_view(),
        name="confirmation",
    ),
    path("jobs/<ulid:id>/photos/", PhotosView.as_view(), name="photos"),
    path("jobs/<ulid:id>/photos/<ulid:photo_id>/", PhotoView.as_view(), name="photo"),
    path("jobs/<ulid:id>/access/", AccessView.as_view(), name="access"),
    path("jobs/<ulid:id>/outcome/", OutcomeView.as_view(), name="outcome"),
    path("units/<path:qnr>/", UnitCheckView.as_view(), name="unit-check"),
    path("vehicles/<short:vehicle_id>/state/", StateView.as_view(), name="state"),
    path(
        "vehicles/<short:vehicle_id>/commands/<slug:command>/",
        CommandView.as_view(),
        name="command",
    ),
    path("schema/", SmartControlDocument.as_view(), name="schema"),
    re_path("", NothingHere.as_view(), name="nothing"),
]
