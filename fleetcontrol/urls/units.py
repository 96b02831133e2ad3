"""Units: the list, the page of each, and who holds it."""

from django.urls import path, register_converter
from django.urls.converters import get_converters

from fleetcontrol.views import units


class Qnr:
    regex = "[0-9A-F]{16}"
    to_python = to_url = staticmethod(str)


if "qnr" not in get_converters():
    register_converter(Qnr, "qnr")

urlpatterns = [
    path("", units.UnitList.as_view(), name="units"),
    path("<qnr:qnr>/", units.UnitDetail.as_view(), name="unit"),
    path("<qnr:qnr>/hand-over/", units.HandOver.as_view(), name="unit-hand-over"),
    path("<qnr:qnr>/receive/", units.Receive.as_view(), name="unit-receive"),
]
