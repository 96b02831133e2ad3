"""Vehicles: the list, and the page *Inspect* of each."""

from django.urls import path

from fleetcontrol.views import (
    inspect,
    vehicle_actions,
    vehicle_bulk,
    vehicle_commands,
    vehicle_edits,
    vehicle_list,
    vehicles,
)

urlpatterns = [
    path("", vehicle_list.VehicleList.as_view(), name="vehicles"),
    path("filter/", vehicle_list.FilterVehicles.as_view(), name="vehicle-filter"),
    path("columns/", vehicle_list.VehicleColumns.as_view(), name="vehicle-columns"),
    path("views/", vehicle_list.VehicleViews.as_view(), name="vehicle-views"),
    path(
        "export/csv/",
        vehicle_list.ExportVehicles.as_view(),
        {"form": "csv"},
        name="vehicle-export-csv",
    ),
    path(
        "export/xlsx/",
        vehicle_list.ExportVehicles.as_view(),
        {"form": "xlsx"},
        name="vehicle-export-xlsx",
    ),
    path("bulk/<slug:change>/", vehicle_bulk.BulkVehicles.as_view(), name="vehicle-bulk"),
    path("new/", vehicle_actions.CreateVehicle.as_view(), name="vehicle-create"),
    path("new/follow/", vehicle_actions.FollowVehicle.as_view(), name="vehicle-follow"),
    path("<short:vehicle_id>/", inspect.VehicleDetail.as_view(), name="vehicle-detail"),
    path("<short:vehicle_id>/menu/", vehicles.VehicleMenu.as_view(), name="vehicle-menu"),
    path(
        "<short:vehicle_id>/unit/assign/",
        vehicle_actions.AssignUnit.as_view(),
        name="vehicle-unit-assign",
    ),
    path(
        "<short:vehicle_id>/unit/swap/",
        vehicle_actions.SwapUnit.as_view(),
        name="vehicle-unit-swap",
    ),
    path(
        "<short:vehicle_id>/unit/remove/",
        vehicle_actions.RemoveUnit.as_view(),
        name="vehicle-unit-remove",
    ),
    path(
        "<short:vehicle_id>/edit/data/",
        vehicle_edits.EditMasterData.as_view(),
        name="vehicle-edit-data",
    ),
    path(
        "<short:vehicle_id>/edit/model/",
        vehicle_edits.EditVehicleModel.as_view(),
        name="vehicle-edit-model",
    ),
    path(
        "<short:vehicle_id>/edit/place/",
        vehicle_edits.EditPlaceOfVehicle.as_view(),
        name="vehicle-edit-place",
    ),
    path(
        "<short:vehicle_id>/edit/custom-fields/",
        vehicle_edits.EditCustomFields.as_view(),
        name="vehicle-edit-custom-fields",
    ),
    path(
        "<short:vehicle_id>/edit/tags/",
        vehicle_edits.EditTags.as_view(),
        name="vehicle-edit-tags",
    ),
    path(
        "<short:vehicle_id>/edit/status/",
        vehicle_edits.EditOperationStatus.as_view(),
        name="vehicle-edit-status",
    ),
    path(
        "<short:vehicle_id>/archive/",
        vehicle_edits.ArchiveVehicle.as_view(),
        name="vehicle-archive",
    ),
    path(
        "<short:vehicle_id>/restore/",
        vehicle_edits.RestoreVehicle.as_view(),
        name="vehicle-restore",
    ),
    path(
        "<short:vehicle_id>/command/",
        vehicle_commands.SendCommand.as_view(),
        name="vehicle-command",
    ),
]
