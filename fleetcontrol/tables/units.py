"""The units of a fleet: where each is, what it is planned for, and which company holds it."""

from typing import Any

from django.db.models import CharField, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat, NullIf
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.web.lists import cells
from core.web.lists.columns import Column, LinkColumn, Row, TimeColumn
from core.web.lists.tables import Table
from jobs.models import Job
from telematics.models import Unit
from telematics.models.custody import held

NAMES = ("license_plate", "custom_name", "vin", "vehicle_id")
NAMES_OF_JOB = ("license_plate", "custom_name", "vin")
IN_VEHICLE = _("In a vehicle")
PLANNED = _("Planned")
IN_STOCK = _("In stock")
RETIRED = _("Retired")
NO_NAME = _("no name yet")


def for_table(units: QuerySet[Unit]) -> QuerySet[Unit]:
    """Each with its open job, its holder, and a mark that changes with where it is."""
    unit = OuterRef("pk")
    custody = Coalesce(Cast(Subquery(held(unit, "pk")), CharField()), Value(""))
    vehicle = Coalesce("vehicle__pk", Value(""))
    jobs = Job.objects.using_unit(unit).order_by("-pk")
    job = Subquery(jobs.values("pk")[:1])
    marks = [vehicle, custody, Coalesce(Cast(job, CharField()), Value("")), "version"]
    return units.annotate(
        job=job,
        job_name=Subquery(jobs.values(name=_first(NAMES_OF_JOB))[:1]),
        holder=Subquery(held(unit, "company__name")),
        held_since=Subquery(held(unit, "started_at")),
        place=_joined(marks),
    )


def _first(names: tuple[str, ...]) -> Coalesce:
    """The first of these columns that is not blank."""
    filled = [NullIf(F(name), Value("")) for name in names]
    return Coalesce(*filled, Value(""), output_field=CharField())


def _joined(marks: list[Any]) -> Concat:
    parts = [part for mark in marks for part in (mark, Value(" "))]
    return Concat(*parts, output_field=CharField())


def place_of(retired_at: Any, vehicle: Any, job: Any) -> str:
    """Where a unit is, in words."""
    if retired_at:
        return str(RETIRED)
    if vehicle:
        return str(IN_VEHICLE)
    return str(PLANNED if job else IN_STOCK)


class PlaceColumn(Column):
    isolates = False

    def plain(self, value: Any, row: Row) -> str:
        return place_of(row["retired_at"], row["vehicle__pk"], row["job"])

    cell = plain


class VehicleColumn(Column):
    """What the vehicle that the unit is in is called, as a link to it."""

    def plain(self, value: Any, row: Row) -> str:
        return next((row[f"vehicle__{name}"] for name in NAMES if row[f"vehicle__{name}"]), "")

    def cell(self, value: Any, row: Row) -> SafeString | str:
        return link(f"../vehicles/{row['vehicle__pk']}/", self.plain(value, row))


class JobColumn(Column):
    """The open job that has planned or linked the unit, as a link to it."""

    def plain(self, value: Any, row: Row) -> str:
        if not row["job"]:
            return ""
        return row["job_name"] or str(NO_NAME)

    def cell(self, value: Any, row: Row) -> SafeString | str:
        return link(f"../jobs/{row['job']}/", self.plain(value, row))


def link(url: str, name: str) -> SafeString | str:
    if not name:
        return ""
    return format_html('<a href="{}">{}</a>', url, cells.isolated(name))


class UnitTable(Table):
    initial_sort = "qnr"
    initial = (
        "unit",
        "place_in_words",
        "job",
        "vehicle",
        "holder",
        "held_since",
        "model",
        "firmware",
    )
    version = "place"

    unit = LinkColumn(_("Unit"), names=("qnr",))
    place_in_words = PlaceColumn(
        _("Where"), accessor="retired_at", reads=("retired_at", "vehicle__pk", "job")
    )
    job = JobColumn(_("Job"), reads=("job", "job_name"), label_on_phone=True)
    vehicle = VehicleColumn(
        _("Vehicle"),
        accessor="vehicle__license_plate",
        reads=["vehicle__pk", *(f"vehicle__{name}" for name in NAMES)],
        label_on_phone=True,
    )
    holder = Column(_("Held by"), label_on_phone=True)
    held_since = TimeColumn(_("Held since"), label_on_phone=True)
    model = Column(Unit._meta.get_field("model").verbose_name)
    firmware = Column(Unit._meta.get_field("firmware").verbose_name)
    vin = Column(_("VIN"), accessor="vehicle__vin", label_on_phone=True)
    created_at = TimeColumn(_("In the fleet since"), label_on_phone=True)
    retired_at = TimeColumn(_("Retired on"), label_on_phone=True)
