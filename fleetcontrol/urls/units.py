"""Units: the list, the page of each, and who holds it."""

from django.urls import path, register_converter
from django.urls.converters import get_converters

from fleetcontrol.views import unit_bulk, unit_list, units


class Qnr:
    regex = "[0-9A-F]{16}"
    to_python = to_url = staticmethod(str)


if "qnr" not in get_converters():
    register_converter(Qnr, "qnr")

urlpatterns = [
    path("", unit_list.UnitList.as_view(), name="units"),
    path("filter/", unit_list.FilterUnits.as_view(), name="unit-filter"),
    path("columns/", unit_list.UnitColumns.as_view(), name="unit-columns"),
    path("retire/", unit_bulk.RetireUnits.as_view(), name="units-retire"),
    path("export/csv/", unit_list.ExportUnits.as_view(), {"form": "csv"}, name="unit-export-csv"),
    path(
        "export/xlsx/", unit_list.ExportUnits.as_view(), {"form": "xlsx"}, name="unit-export-xlsx"
    ),
    path("enter/", units.EnterUnits.as_view(), name="unit-enter"),
    path("labels/", units.Labels.as_view(), name="unit-labels"),
    path("<qnr:qnr>/", units.UnitDetail.as_view(), name="unit"),
    path("<qnr:qnr>/hand-over/", units.HandOver.as_view(), name="unit-hand-over"),
    path("<qnr:qnr>/receive/", units.Receive.as_view(), name="unit-receive"),
    path("<qnr:qnr>/retire/", units.Retire.as_view(), name="unit-retire"),
    path("<qnr:qnr>/bring-back/", units.BringBack.as_view(), name="unit-bring-back"),
]
