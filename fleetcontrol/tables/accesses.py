"""The accesses of installers to the vehicles of a fleet."""

from collections.abc import Callable
from typing import Any

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.web.lists import cells
from core.web.lists.columns import ChoiceColumn, CodeColumn, Column, Row, TimeColumn
from core.web.lists.tables import Table
from fleetcontrol.tables.jobs import NumberColumn, PersonColumn
from fleetcontrol.tables.units import link
from jobs.models import Job, VehicleAccess
from jobs.models.vehicle_access import VehicleAccessQuerySet
from jobs.parts.names import TITLE_NAMES
from jobs.parts.number import spoken
from jobs.reading.accesses import commands_of, company_of, refusals_of

VEHICLE = "key__vehicle"
NAMES_OF_VEHICLE = ("license_plate", "custom_name", "vin", "vehicle_id")


def for_table(accesses: VehicleAccessQuerySet) -> QuerySet[VehicleAccess]:
    """Each with what the table shows, and a mark that changes with it. Read of the rows of one page alone."""
    counted = (
        accesses.with_is_open()
        .with_until()
        .annotate(
            company=company_of("company__name"), commands=commands_of(), refusals=refusals_of()
        )
    )
    parts = []
    for name in ("version", "until", "is_open", "commands", "refusals"):
        parts += [Cast(name, CharField()), Value(" ")]
    return counted.annotate(mark=Concat(*parts, output_field=CharField()))


class HolderColumn(PersonColumn):
    """The name of the installer, as a link to the details of the access."""

    always = True

    def cell(self, value: Any, row: Row) -> SafeString:
        url = escape(self._table.row_url.format(row["pk"]))
        return SafeString(
            f'<a class="row-link" href="{url}">{cells.isolated(self.plain(value, row))}</a>'
        )

    def plain(self, value: Any, row: Row) -> str:
        return super().plain(value, row) if value else gettext("The system")


class VehicleColumn(Column):
    """What the vehicle is called, as a link to it."""

    def plain(self, value: Any, row: Row) -> str:
        names = (row[f"{VEHICLE}__{name}"] for name in NAMES_OF_VEHICLE)
        return next((name for name in names if name), "")

    def cell(self, value: Any, row: Row) -> SafeString | str:
        return link(f"../../vehicles/{row['key__vehicle_id']}/", self.plain(value, row))


class JobColumn(Column):
    """The job's name or number, as a link to it while there is such a page."""

    def plain(self, value: Any, row: Row) -> str:
        names = (row[f"job__{name}"] for name in TITLE_NAMES)
        number = spoken(self._table.job_prefix, row["job__number"])
        return next((name for name in names if name), number)

    def cell(self, value: Any, row: Row) -> SafeString | str:
        name = self.plain(value, row)
        if row["job__status"] == Job.Status.DELETED:
            return cells.isolated(name)
        return link(f"../../jobs/{row['job_id']}/", name)


class OpenColumn(Column):
    """Whether it is open now."""

    isolates = False

    def printer(self, name: str, label: str) -> Callable[[Row], str]:
        self._open = cells.status_tag("OPEN", gettext("Open"))
        self._ended = cells.status_tag("ENDED", gettext("Ended"))
        return super().printer(name, label)

    def cell(self, value: Any, row: Row) -> SafeString:
        return self._open if value else self._ended

    def plain(self, value: Any, row: Row) -> str:
        return gettext("Open") if value else gettext("Ended")


class NumberOfColumn(Column):
    isolates = False


class AccessTable(Table):
    """All columns that the list can show. The reader chooses among them."""

    initial_sort = "-pk"
    initial = (
        "installer",
        "company",
        "vehicle",
        "job",
        "opened",
        "until",
        "is_open",
        "reason",
        "commands",
        "refusals",
        "ended_by",
    )
    version = "mark"

    installer = HolderColumn(_("Installer"), "key__holder")
    company = Column(_("Company"), label_on_phone=True)
    vehicle = VehicleColumn(
        _("Vehicle"),
        accessor="key__vehicle__license_plate",
        reads=["key__vehicle_id", *(f"{VEHICLE}__{name}" for name in NAMES_OF_VEHICLE)],
        label_on_phone=True,
    )
    job = JobColumn(
        _("Job"),
        accessor="job_id",
        reads=["job_id", "job__status", "job__number", *(f"job__{name}" for name in TITLE_NAMES)],
        label_on_phone=True,
    )
    opened = TimeColumn(_("From"), accessor="key__opened_at", label_on_phone=True)
    until = TimeColumn(_("To"), label_on_phone=True)
    is_open = OpenColumn(_("Status"), label_on_phone=True)
    reason = ChoiceColumn(
        _("Why it ended"),
        accessor="end_reason",
        choices=VehicleAccess.EndReason,
        label_on_phone=True,
    )
    ended_by = PersonColumn(_("Ended by"), "ended_by", label_on_phone=True)
    commands = NumberOfColumn(_("Commands"), label_on_phone=True)
    refusals = NumberOfColumn(_("Refused"), label_on_phone=True)
    number = NumberColumn(_("Number of the job"), accessor="job__number", label_on_phone=True)
    vin = CodeColumn(_("VIN"), accessor="key__vehicle__vin", label_on_phone=True)
    vehicle_id = CodeColumn(
        _("Vehicle ID"), accessor="key__vehicle__vehicle_id", label_on_phone=True
    )

    def __init__(self, *, job_prefix: str = "", **options: Any):
        """`job_prefix`: the fleet's, of the numbers of its jobs."""
        super().__init__(**options)
        self.job_prefix = job_prefix
