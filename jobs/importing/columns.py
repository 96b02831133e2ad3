"""The one table of columns: the help page, the template files and the importer's rules are all made from it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from jobs.importing import words
from jobs.importing.rules import Choice, Day, Flag, Key, Qnr, Rule, Text, Vin, Year
from jobs.models.job import Job
from telematics.models.specification import (
    CentralLockConnectionType,
    FuelType,
    InstallationVariant,
    Transmission,
    VehicleType,
)

# Written into the file of the rows to be mended, and passed over when that file comes back.
REASON = "reason"
MODEL_SIGNS = ".,-+/&'’()!"


@dataclass(frozen=True)
class Column:
    name: str
    rule: Rule
    example: str
    label: Any
    field: str  # of the job; "" where the column fills several
    fills: bool = True  # whether it makes a row more than blank
    once: bool = False  # no two rows of a file may say the same

    @property
    def allowed(self) -> tuple[str, ...]:
        return self.rule.allowed

    @property
    def key(self) -> str:
        """Under which name a row's value stands."""
        return self.field or self.name

    def headings(self) -> set[str]:
        return {words.key(text) for text in (self.name, *words.in_every_language(self.label))}


def column(name: str, rule: Rule, example: str, *, field: str | None = None, label: Any = None, **more: Any) -> Column:
    field = name if field is None else field
    return Column(name, rule, example, label or Job._meta.get_field(field).verbose_name, field, **more)


COLUMNS: tuple[Column, ...] = (
    column("license_plate", Text(20, but="-.·•/"), "B QX 2041"),
    column("vin", Vin(), "1M8GDM9AXKP042788", once=True),
    column("custom_name", Text(100), "Pool 7"),
    column(
        "vehicle_model_id",
        Key(_("The ID of a vehicle model, from the list of vehicle models."), _("26 letters and digits.")),
        "01JD6X4T9F7Q2M8B3K5W1C0R6Z",
        field="vehicle_model",
    ),
    column("brand", Text(100, but=MODEL_SIGNS), "Audi"),
    column("model", Text(100, but=MODEL_SIGNS), "A3"),
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
        Key(_("The name of one of the fleet's configuration presets; it fills the features."), _("Any, on one line.")),
        "Car sharing",
        field="",
        label=_("configuration preset"),
    ),
    column("planned_unit", Qnr(), "0011223344556677", once=True),
    column("planned_service_date", Day(), "2026-11-24"),
    column("location", Text(200), "Hall 3, Berlin"),
    column("contact", Text(200), "+49 30 123456"),
    column("instructions", Text(2000, lines=True), _("Keys are at the gate.")),
    column("external_reference", Text(100), "PO-4711"),
    column(
        "assigned_installer_company_id",
        Key(_("The partner ID of a company that has accepted this fleet's invitation."), _("Letters and digits."), 12),
        "VEZ9A",
        field="company",
        label=_("company"),
        fills=False,
    ),
)
BY_NAME = {one.name: one for one in COLUMNS}
OF_FIELD = {one.field: one.name for one in COLUMNS if one.field}
COMPANY, PRESET, MODEL, UNIT = (
    "assigned_installer_company_id",
    "configuration_preset",
    "vehicle_model_id",
    "planned_unit",
)
