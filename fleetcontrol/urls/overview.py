from django.urls import path

from fleetcontrol.views.overview import ExportFigures, Overview

urlpatterns = [
    path("", Overview.as_view(), name="overview"),
    path("export/csv/", ExportFigures.as_view(), {"form": "csv"}, name="overview-export-csv"),
    path("export/xlsx/", ExportFigures.as_view(), {"form": "xlsx"}, name="overview-export-xlsx"),
]
