from django.urls import path

from fleetcontrol.views import roll_outs

CSV = {"form": "csv"}
XLSX = {"form": "xlsx"}
urlpatterns = [
    path("", roll_outs.RollOutList.as_view(), name="roll_outs"),
    path("columns/", roll_outs.RollOutColumns.as_view(), name="roll_out-columns"),
    path("views/", roll_outs.RollOutViews.as_view(), name="roll_out-views"),
    path("export/csv/", roll_outs.RollOutExport.as_view(), CSV, name="roll_out-export-csv"),
    path("export/xlsx/", roll_outs.RollOutExport.as_view(), XLSX, name="roll_out-export-xlsx"),
    path("new/", roll_outs.CreateRollOut.as_view(), name="roll_out-create"),
    path("<ulid:pk>/", roll_outs.RollOutDetail.as_view(), name="roll_out"),
    path("<ulid:pk>/menu/", roll_outs.RollOutMenu.as_view(), name="roll_out-menu"),
    path("<ulid:pk>/edit/", roll_outs.EditRollOut.as_view(), name="roll_out-edit"),
    path("<ulid:pk>/delete/", roll_outs.DeleteRollOut.as_view(), name="roll_out-delete"),
    path("<ulid:pk>/restore/", roll_outs.RestoreRollOut.as_view(), name="roll_out-restore"),
    path(
        "<ulid:pk>/burn-up/csv/", roll_outs.RollOutFigures.as_view(), CSV, name="roll_out-burn-csv"
    ),
    path(
        "<ulid:pk>/burn-up/xlsx/",
        roll_outs.RollOutFigures.as_view(),
        XLSX,
        name="roll_out-burn-xlsx",
    ),
]
