"""The table of vehicles whose unit fell silent after its installation: each leads to its maintenance."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.web.lists.cells import icon
from core.web.lists.columns import Column, Row
from core.web.lists.tables import Table
from fleetcontrol.tables.vehicles import VehicleTable
from jobs.models import Job
from jobs.models.choices import Kind, Task


class MaintenanceColumn(Column):
    """A button to the form of a maintenance job; a link to the job while one is open."""

    isolates = False

    def cell(self, value: Any, row: Row) -> SafeString:
        if job := row["maintenance"]:
            url = reverse("fleetcontrol:job-detail", args=[self._table.fleet, job])
            return format_html('<a href="{}">{}</a>', url, gettext("Open maintenance job"))
        given = {"kind": Kind.MAINTENANCE, "task": Task.INSPECTION, "vehicle": row["pk"]}
        url = reverse("fleetcontrol:job-create", args=[self._table.fleet])
        return format_html(
            '<a class="btn btn-secondary btn-sm" href="{}?{}">{}{}</a>',
            url,
            urlencode(given),
            icon("tools"),
            gettext("Create Maintenance Job"),
        )


class SilentVehicleTable(VehicleTable):
    """It always shows the column, whatever columns the reader has chosen."""

    maintenance = MaintenanceColumn(_("Maintenance"), accessor="pk")

    def __init__(self, *, fleet: str, **options: Any):
        self.fleet = fleet
        super().__init__(**options)

    @classmethod
    def chosen(cls, names: Iterable[str]) -> list[str]:
        """The button comes after the vehicle, where a narrow screen has it too."""
        shown = [name for name in super().chosen(names) if name != "maintenance"]
        shown.insert(shown.index("vehicle") + 1, "maintenance")
        return shown

    def fill(self, rows: Iterable[Row]) -> Table:
        """One statement for the open jobs of all rows."""
        rows = list(rows)
        jobs = Job.objects.in_fleet(self.fleet).open().filter(kind=Kind.MAINTENANCE)
        of_rows = jobs.filter(vehicle__in=[row["pk"] for row in rows]).order_by("pk")
        opened = dict(of_rows.values_list("vehicle", "pk"))
        return super().fill([{**row, "maintenance": opened.get(row["pk"])} for row in rows])
