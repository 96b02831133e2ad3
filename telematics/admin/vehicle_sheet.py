"""What vehicles are in the files of operators."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from import_export.fields import Field

from core.web.desk.form_sheets import FormSheet
from telematics.models import Vehicle
from telematics.models.specification import Specification

FEATURE_WORDS = {True: "on", False: "off", None: ""}
FEATURE_VALUES = {
    word: "" if value is None else str(value) for value, word in FEATURE_WORDS.items()
}
# The fields of the vehicle that a form writes as they are.
WRITTEN = (*Vehicle.IDENTITY, *Specification.SPECIFICATION_FIELDS)


class VehicleSheet(FormSheet):
    """A change needs a reason, as in the form. A vehicle keeps its fleet and its unit."""

    named_by = ("vehicle_id",)
    is_named_here = True
    related = ("place",)
    only_exported = ("place", "created_at", "updated_at", "archived_at")
    fields_of_form = {"tags": "tag_lines", "custom_fields": "custom_field_lines"}
    about_a_change = ("reason", "expected")
    fleet = Field(attribute="fleet_id", column_name="fleet")
    qnr = Field(attribute="unit_id", column_name="qnr")
    vehicle_model = Field(attribute="vehicle_model_id", column_name="vehicle_model")
    place = Field(attribute="place__name", column_name="place")
    reason = Field(column_name="reason")

    class Meta:
        model = Vehicle
        fields = (
            "vehicle_id",
            "fleet",
            "qnr",
            *WRITTEN,
            "operation_status",
            "operation_status_remark",
            "tags",
            "custom_fields",
            "reason",
            "place",
            "created_at",
            "updated_at",
            "archived_at",
        )

    def export_field(self, field: Field, instance: Any, **kwargs: Any) -> str:
        if field.column_name in Specification.FEATURES:
            return FEATURE_WORDS[field.get_value(instance)]
        return super().export_field(field, instance, **kwargs)

    def dehydrate_tags(self, vehicle: Vehicle) -> str:
        return "\n".join(vehicle.tags)

    def dehydrate_custom_fields(self, vehicle: Vehicle) -> str:
        lines = [f"{name}: {value}" for name, value in sorted(vehicle.custom_fields.items())]
        return "\n".join(lines)

    def value_for(self, column: str, field: forms.Field, text: str) -> str:
        if column not in Specification.FEATURES:
            return super().value_for(column, field, text)
        if text.casefold() not in FEATURE_VALUES:
            raise ValidationError(_("Enter on or off, or leave it blank if it is not known."))
        return FEATURE_VALUES[text.casefold()]
