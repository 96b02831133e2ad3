"""The vehicles of a fleet."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.web.lists.columns import (
    ChoiceColumn,
    CodeColumn,
    Column,
    GroupColumn,
    LinkColumn,
    Row,
    TimeColumn,
)
from core.web.lists.tables import Table
from telematics.models import Vehicle
from telematics.models.specification import (
    CentralLockConnectionType,
    FuelType,
    InstallationVariant,
    Transmission,
    VehicleType,
)
from telematics.models.vehicle import OperationStatus


class ModelColumn(Column):
    """Brand and model of the vehicle model, or as they were typed."""

    def cell(self, value: Any, row: Row) -> str:
        brand = value or row["brand"]
        model = row["vehicle_model__model"] or row["model"]
        return f"{brand or ''} {model or ''}".strip()

    plain = cell


class TagsColumn(Column):
    def cell(self, value: Any, row: Row) -> str:
        return ", ".join(value)

    plain = cell


class CustomFieldsColumn(Column):
    def cell(self, value: Any, row: Row) -> str:
        return ", ".join(f"{name}: {text}" for name, text in sorted(value.items()))

    plain = cell


class FeatureColumn(Column):
    """On, off, or not known."""

    isolates = False

    def plain(self, value: Any, row: Row) -> str:
        if value is None:
            return ""
        return gettext("on") if value else gettext("off")

    cell = plain


# Most columns: sorted while the rows are few, and shown with a label on a phone.
SMALL: dict[str, Any] = {"indexed": False, "label_on_phone": True}


def _label(name: str) -> Any:
    field: Any = Vehicle._meta.get_field(name)
    return field.verbose_name


def _column(name: str, of: type[Column] = Column, **options: Any) -> Column:
    """Make the column of a field of the vehicle."""
    return of(_label(name), sort=name, **SMALL, **options)


class VehicleTable(Table):
    """All columns that the list can show. The reader chooses among them."""

    initial_sort = "-created_at"
    initial = (
        "vehicle",
        "vehicle_model",
        "vin",
        "unit",
        "operation_status",
        "tags",
        "created_at",
        "updated_at",
    )

    vehicle = LinkColumn(
        _("Vehicle"),
        names=("license_plate", "custom_name", "vin", "vehicle_id"),
        sort="license_plate",
    )
    vehicle_model = ModelColumn(
        _("Model"),
        accessor="vehicle_model__brand",
        reads=("vehicle_model__model", "brand", "model"),
        sort="vehicle_model__brand",
        indexed=False,
    )
    vin = CodeColumn(_label("vin"), sort="vin")
    unit = CodeColumn(_("Unit"), accessor="unit_id", sort="unit_id", **SMALL)
    operation_status = ChoiceColumn(
        _("Operation"), choices=OperationStatus, sort="operation_status", indexed=False
    )
    place = GroupColumn(
        _label("place"), accessor="place__name", sort="place_id", label_on_phone=True
    )
    tags = TagsColumn(_("Tags"))
    created_at = TimeColumn(_("In the fleet since"), sort="created_at", label_on_phone=True)
    updated_at = TimeColumn(_("Changed"), sort="updated_at", label_on_phone=True)
    vehicle_id = CodeColumn(_label("vehicle_id"), label_on_phone=True)
    license_plate = Column(_label("license_plate"), sort="license_plate")
    custom_name = Column(_label("custom_name"), sort="custom_name")
    custom_fields = CustomFieldsColumn(_("Custom fields"), label_on_phone=True)
    operation_status_remark = _column("operation_status_remark")
    operation_status_changed_at = _column("operation_status_changed_at", TimeColumn)
    unit_attached_at = _column("unit_attached_at", TimeColumn)
    last_data = TimeColumn(_("Last data"), accessor="state__received_at", label_on_phone=True)
    brand = _column("brand")
    model = _column("model")
    fuel_type = _column("fuel_type", ChoiceColumn, choices=FuelType)
    year_of_production = _column("year_of_production")
    vehicle_type = _column("vehicle_type", ChoiceColumn, choices=VehicleType)
    transmission = _column("transmission", ChoiceColumn, choices=Transmission)
    installation_variant = _column(
        "installation_variant", ChoiceColumn, choices=InstallationVariant
    )
    central_lock_connection_type = _column(
        "central_lock_connection_type", ChoiceColumn, choices=CentralLockConnectionType
    )
    auto_immo_control = _column("auto_immo_control", FeatureColumn)
    driving_events = _column("driving_events", FeatureColumn)
    damage_detection = _column("damage_detection", FeatureColumn)
    tracking = _column("tracking", FeatureColumn)
    smoke_detection = _column("smoke_detection", FeatureColumn)
    archived_at = _column("archived_at", TimeColumn)
