"""The tables *Installation Jobs* and *Maintenance Jobs*."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.web.lists import cells
from core.web.lists.columns import (
    ChoiceColumn,
    CodeColumn,
    Column,
    DateColumn,
    FlagColumn,
    GroupColumn,
    LinkColumn,
    Row,
    StatusColumn,
    TimeColumn,
)
from core.web.lists.tables import Table
from jobs.models import Job
from jobs.parts.names import LENDING, TITLE_NAMES, lenders
from jobs.parts.number import spoken
from jobs.web.columns import FeatureColumn
from telematics.models import Vehicle
from telematics.models.specification import (
    CentralLockConnectionType,
    FuelType,
    InstallationVariant,
    Transmission,
    VehicleType,
)


class JobStatusColumn(StatusColumn):
    """The status, and whether the partner was asked to hand the job back."""

    def printer(self, name: str, label: str) -> Callable[[Row], str]:
        self._asked_back = cells.status_tag("ASKED_BACK", gettext("Asked back"))
        return super().printer(name, label)

    def cell(self, value: Any, row: Row) -> Any:
        tag = super().cell(value, row)
        return SafeString(f"{tag} {self._asked_back}") if row["asked_back"] else tag


class NameColumn(LinkColumn):
    """The job's own plate, VIN or name, else those of the existing vehicle that it reconfigures."""

    def plain(self, value: Any, row: Row) -> str:
        own = next((row[name] for name in self.names if row[name]), "")
        return own or str(row.get("car") or super().plain(value, row))


class NumberColumn(Column):
    """The number of the job with the prefix of the fleet, which has all the jobs of the table."""

    isolates = False

    def plain(self, value: Any, row: Row) -> str:
        return spoken(self._table.job_prefix, value)

    cell = plain


class ModelColumn(Column):
    """The vehicle model, or brand and model as they were typed, else those of the existing vehicle."""

    def cell(self, value: Any, row: Row) -> str:
        brand = row["vehicle_model__brand"] or row["brand"]
        model = row["vehicle_model__model"] or row["model"]
        return f"{brand} {model}".strip() or self._of_car(row.get("car"))

    plain = cell

    @staticmethod
    def _of_car(car: Vehicle | None) -> str:
        if car is None:
            return ""
        return car.vehicle_model.name if car.vehicle_model else car.label


class PlannedColumn(DateColumn):
    """The date, marked if it has passed and the job is still open."""

    def __init__(self, verbose_name: Any, **options: Any):
        super().__init__(verbose_name, reads=("status",), **options)

    def cell(self, value: Any, row: Row) -> Any:
        text = super().cell(value, row)
        today = self._table.today
        is_past = value and today and value < today
        if not is_past or row["status"] not in Job.Status.open():
            return text
        return format_html("{} {}", text, cells.status_tag("OVERDUE", gettext("Overdue")))


class PersonColumn(Column):
    """The person's name as in the history. It reads the columns below `path` that a name consists of."""

    NAME_PARTS = ("first_name", "last_name", "email", "closed_at")

    def __init__(self, verbose_name: Any, path: str, **options: Any):
        self.path = path
        super().__init__(
            verbose_name,
            accessor=path,
            reads=[f"{path}__{name}" for name in self.NAME_PARTS],
            **options,
        )

    def printer(self, name: str, label: str) -> Callable[[Row], str]:
        self._names: dict[Any, str] = {None: ""}  # few people do many jobs
        return super().printer(name, label)

    def cell(self, value: Any, row: Row) -> str:
        if value not in self._names:
            self._names[value] = self.plain(value, row)
        return self._names[value]

    def plain(self, value: Any, row: Row) -> str:
        if not value:
            return ""
        parts = {name: row[f"{self.path}__{name}"] for name in self.NAME_PARTS}
        return User(pk=value, **parts).name


def _field(name: str) -> Any:
    field: Any = Job._meta.get_field(name)
    return field.verbose_name


# Most columns: sorted while the rows are few, and shown with a label on a phone.
SMALL: dict[str, Any] = {"indexed": False, "label_on_phone": True}


def _column(name: str, of: type[Column] = Column, **options: Any) -> Column:
    """Make the column of a field of the job."""
    return of(_field(name), sort=name, **SMALL, **options)


class JobTable(Table):
    """All columns that a job list can show. The reader chooses among them."""

    initial_sort = "-pk"

    status = JobStatusColumn(
        _("Status"), choices=Job.Status, reads=["asked_back"], sort="status", indexed=False
    )
    number = NumberColumn(_("Number"), sort="number", indexed=False)
    job = NameColumn(_("Plate / VIN"), names=TITLE_NAMES, sort="license_plate")
    vehicle_model = ModelColumn(
        _("Model"),
        accessor="vehicle_model__brand",
        reads=("vehicle_model__model", "brand", "model"),
        sort="vehicle_model__brand",
        indexed=False,
    )
    company = Column(_("Company"), accessor="company__name", sort="company__name", indexed=False)
    assignee = PersonColumn(_("Installer"), "assignee", sort="assignee__first_name", indexed=False)
    planned_service_date = PlannedColumn(
        _("Planned"), sort="planned_service_date", label_on_phone=True
    )
    differs = FlagColumn(
        _("Differs"), tag="DIFFERS", text=_("Differs from plan"), sort="differs", indexed=False
    )
    license_plate = Column(_field("license_plate"), sort="license_plate")
    vin = CodeColumn(_field("vin"), sort="vin")
    custom_name = Column(_field("custom_name"), sort="custom_name")
    created_at = TimeColumn(_("Created"), sort="created_at", label_on_phone=True)
    updated_at = TimeColumn(_("Changed"), sort="updated_at", label_on_phone=True)
    finished_at = TimeColumn(_("Finished"), sort="finished_at", **SMALL)
    unit = CodeColumn(_("Unit"), accessor="unit_id", sort="unit_id", **SMALL)
    planned_unit = CodeColumn(
        _field("planned_unit"), accessor="planned_unit_id", sort="planned_unit_id", **SMALL
    )
    reserved_for = PersonColumn(
        _field("reserved_for"), "reserved_for", sort="reserved_for__first_name", **SMALL
    )
    allow_override = FlagColumn(
        _("Override"),
        tag="OVERRIDE",
        text=_("Override Enabled"),
        sort="allow_override",
        indexed=False,
    )
    place = GroupColumn(
        _field("place"), accessor="place__name", sort="place_id", label_on_phone=True
    )
    roll_out = GroupColumn(
        _field("roll_out"), accessor="roll_out__name", sort="roll_out_id", label_on_phone=True
    )
    location = Column(_field("location"), sort="location", indexed=False)
    contact = _column("contact")
    external_reference = _column("external_reference")
    installation_variant = _column(
        "installation_variant", ChoiceColumn, choices=InstallationVariant
    )
    central_lock_connection_type = _column(
        "central_lock_connection_type", ChoiceColumn, choices=CentralLockConnectionType
    )
    brand = _column("brand")
    model = _column("model")
    fuel_type = _column("fuel_type", ChoiceColumn, choices=FuelType)
    year_of_production = _column("year_of_production")
    vehicle_type = _column("vehicle_type", ChoiceColumn, choices=VehicleType)
    transmission = _column("transmission", ChoiceColumn, choices=Transmission)
    auto_immo_control = _column("auto_immo_control", FeatureColumn)
    driving_events = _column("driving_events", FeatureColumn)
    damage_detection = _column("damage_detection", FeatureColumn)
    tracking = _column("tracking", FeatureColumn)
    smoke_detection = _column("smoke_detection", FeatureColumn)
    comment = Column(_field("comment"), label_on_phone=True)

    def __init__(self, *, today: date | None = None, job_prefix: str = "", **options: Any):
        """`today`: the day in the fleet's zone; jobs planned before it are overdue. `job_prefix`: the fleet's."""
        self.today = today
        self.job_prefix = job_prefix
        super().__init__(**options)


class InstallationJobTable(JobTable):
    kind = Job.Kind.INSTALLATION
    initial = (
        "status",
        "number",
        "job",
        "vehicle_model",
        "company",
        "assignee",
        "planned_service_date",
        "differs",
        "updated_at",
    )

    @property
    def reads(self) -> list[str]:
        return list(dict.fromkeys([*super().reads, *LENDING]))

    def fill(self, rows: Iterable[Row]) -> Any:
        rows = list(rows)
        cars = lenders(rows)
        return super().fill({**row, "car": cars.get(row["vehicle_id"])} for row in rows)


class MaintenanceJobTable(JobTable):
    kind = Job.Kind.MAINTENANCE
    task = ChoiceColumn(_("Task"), choices=Job.Task, sort="task", **SMALL)
    initial = (
        "status",
        "number",
        "job",
        "task",
        "vehicle_model",
        "company",
        "assignee",
        "planned_service_date",
        "updated_at",
    )
