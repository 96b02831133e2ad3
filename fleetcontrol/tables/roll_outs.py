"""The table of the fleet's roll-outs, with how far each is."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.web.lists.columns import Column, DateColumn, LinkColumn, Row, TimeColumn
from core.web.lists.tables import Table
from fleetcontrol.tables.jobs import PersonColumn
from jobs.reading.roll_out_figures import Progress, progress_of

NOTHING = Progress(0, 0)


class ProgressColumn(Column):
    """How many jobs are done, of how many."""

    isolates = False

    def cell(self, value: Any, row: Row) -> str:
        progress = row["progress"]
        return f"{progress.done} / {progress.total} · {progress.percent} %"

    plain = cell


class RollOutTable(Table):
    initial_sort = "target_date"
    initial = ("name", "target_date", "progress", "owner", "updated_at")

    name = LinkColumn(_("Name"), names=("name",), sort="name")
    target_date = DateColumn(_("Target"), sort="target_date", label_on_phone=True)
    progress = ProgressColumn(_("Done"), accessor="pk", label_on_phone=True)
    owner = PersonColumn(_("Owner"), "owner", sort="owner__first_name", indexed=False)
    created_at = TimeColumn(_("Created"), sort="created_at", indexed=False, label_on_phone=True)
    updated_at = TimeColumn(_("Changed"), sort="updated_at", indexed=False, label_on_phone=True)

    def __init__(self, *, fleet: str = "", **options: Any):
        self.fleet = fleet
        super().__init__(**options)

    def fill(self, rows: Iterable[Row]) -> Table:
        return super().fill(self.with_progress(rows))

    def export(self, rows: Iterable[Row]) -> Iterator[list[Any]]:
        return super().export(self.with_progress(rows))

    def with_progress(self, rows: Iterable[Row]) -> list[Row]:
        """One statement for all rows, and none without the column."""
        rows = list(rows)
        if "progress" not in self.columns.names():
            return rows
        known = progress_of(self.fleet, [row["pk"] for row in rows])
        return [{**row, "progress": known.get(row["pk"], NOTHING)} for row in rows]
