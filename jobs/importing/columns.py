"""The table of columns. The help page, the template files and the rules of the import are made from it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Field
from django.utils.translation import gettext_lazy as _

from core.values.texts import LINES
from jobs.importing import words
from jobs.importing.dates import Day
from jobs.importing.rules import Choice, Flag, Key, Qnr, Rule, Several, Text, Vin, Year
from jobs.importing.synonyms import HEADINGS
from jobs.models.choices import PhotoKind
from jobs.models.job import Job
from telematics.models.specification import (
    CentralLockConnectionType,
    FuelType,
    InstallationVariant,
    Transmission,
    VehicleType,
)
from telematics.values import MODEL_NAME, PLATE

# The first column of the file of bad rows. It is ignored when that file is imported.
REASON = "reason"


@dataclass(frozen=True)
class Column:
    name: str
    rule: Rule
    example: Any
    label: Any
    field: str  # of the job; "" where the column fills several
    fills: bool = True  # whether a value makes the row more than blank
    once: bool = False  # whether a value may appear in one row of a file only

    @property
    def allowed(self) -> tuple[str, ...]:
        return self.rule.allowed

    @property
    def key(self) -> str:
        """The name of the value in a row."""
        return self.field or self.name

    @property
    def is_name(self) -> bool:
        """Whether the cells are names or numbers of things, which are never dates."""
        return isinstance(self.rule, Text) and self.name != "instructions"

    def headings(self) -> set[str]:
        labels = words.in_every_language(self.label)
        return {words.key(text) for text in (self.name, *labels, *HEADINGS.get(self.name, ()))}


def column_of(field: str) -> Field:
    """A field of the job that is a column of its table."""
    found = Job._meta.get_field(field)
    assert isinstance(found, Field)
    return found


def column(
    name: str, rule: Rule, example: Any, *, field: str | None = None, label: Any = None, **more: Any
) -> Column:
    field = name if field is None else field
    if label is None:
        label = column_of(field).verbose_name
    return Column(name, rule, example, label, field, **more)


COLUMNS: tuple[Column, ...] = (
    column("license_plate", Text(20, PLATE), "B QX 2041"),
    column("vin", Vin(), "1M8GDM9AXKP042788", once=True),
    column("custom_name", Text(100), "Pool 7"),
    column(
        "vehicle_model_id",
        Key(
            _("The ID of a vehicle model, from the list of vehicle models."),
            _("26 letters and digits."),
        ),
        "01JD6X4T9F7Q2M8B3K5W1C0R6Z",
        field="vehicle_model",
    ),
    column("brand", Text(100, MODEL_NAME), "Audi"),
    column("model", Text(100, MODEL_NAME), "A3"),
    column("fuel_type", Choice(FuelType), "PETROL"),
    column("year_of_production", Year(), "2024"),
    column("vehicle_type", Choice(VehicleType), "CAR"),
    column("transmission", Choice(Transmission), "MANUAL"),
    column("installation_variant", Choice(InstallationVariant), "WIRED"),
    column("central_lock_connection_type", Choice(CentralLockConnectionType), "SKM"),
    column("auto_immo_control", Flag(), "on"),
    column("driving_events", Flag(), "on"),
    column("damage_detection", Flag(), "off"),
    column("tracking", Flag(), "on"),
    column("smoke_detection", Flag(), ""),
    column(
        "configuration_preset",
        Key(
            _("The name of a configuration preset of the fleet. It fills in the features."),
            _("Any, on one line."),
        ),
        "Car sharing",
        field="",
        label=_("configuration preset"),
    ),
    column("planned_unit", Qnr(), "0011223344556677", once=True),
    column("planned_service_date", Day(), "2026-11-24"),
    column(
        "place",
        Key(
            _("The name of a place of the fleet. Any other location goes into its own column."),
            _("Any, on one line."),
        ),
        "Depot North",
        # The label alone is a heading of free texts in some languages.
        label=_("place of the fleet"),
    ),
    column(
        "roll_out",
        Key(_("The name of a roll-out of the fleet."), _("Any, on one line.")),
        "Spring",
        fills=False,
    ),
    column("location", Text(200), "Hall 3, Berlin"),
    column("contact", Text(200), "+49 30 123456"),
    column("instructions", Text(2000, LINES), _("Keys are at the gate.")),
    column("external_reference", Text(100), "PO-4711"),
    column("required_photos", Several(PhotoKind), "SERIAL MOUNTING"),
    column(
        "assigned_installer_company_id",
        Key(
            _("The ID of a partner that has accepted this fleet's invitation."),
            _("Letters and digits."),
            12,
        ),
        "VEZ9A",
        field="company",
        label=_("company"),
        fills=False,
    ),
)
BY_NAME = {one.name: one for one in COLUMNS}
OF_FIELD = {one.field: one.name for one in COLUMNS if one.field}
COMPANY = "assigned_installer_company_id"
PRESET = "configuration_preset"
MODEL = "vehicle_model_id"
PLACE = "place"
ROLL_OUT = "roll_out"
UNIT = "planned_unit"
