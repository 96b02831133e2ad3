"""The vehicles of a fleet."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.web.lists.columns import ChoiceColumn, CodeColumn, Column, LinkColumn, Row, TimeColumn
from core.web.lists.tables import Table
from telematics.models import Vehicle
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


class VehicleTable(Table):
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
    )
    vin = CodeColumn(Vehicle._meta.get_field("vin").verbose_name, sort="vin", indexed=False)
    unit = CodeColumn(_("Unit"), accessor="unit_id", label_on_phone=True)
    operation_status = ChoiceColumn(_("Operation"), choices=OperationStatus)
    tags = TagsColumn(_("Tags"))
    created_at = TimeColumn(_("In the fleet since"), sort="created_at", label_on_phone=True)
    updated_at = TimeColumn(_("Changed"), sort="updated_at", indexed=False, label_on_phone=True)
