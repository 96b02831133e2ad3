"""Vehicle models: what operators set up, by form and by file."""

import json
from decimal import InvalidOperation
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from import_export.fields import Field
from import_export.widgets import IntegerWidget, Widget

from core.vocabulary import problems
from core.web.admin import OperatorAdmin, WrongWordsMixin
from core.web.desk.files import ImportedMixin
from core.web.desk.sheets import Sheet
from telematics.models import VehicleModel


class Words(Widget):
    """Words of a vocabulary in one cell: a JSON list, or separated by commas."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        text = str(value or "").strip()
        if not text.startswith("["):
            return [word.strip() for word in text.split(",") if word.strip()]
        try:
            return json.loads(text)
        except ValueError as wrong:
            raise ValueError(_("“%(text)s” is not a list of words.") % {"text": text}) from wrong

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return ", ".join(value)


class Year(IntegerWidget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        try:
            return super().clean(value, row=row, **kwargs)
        except (InvalidOperation, ValueError, OverflowError) as wrong:
            raise ValueError(_("“%(text)s” is not a year.") % {"text": value}) from wrong


def words(name: str) -> Field:
    return Field(attribute=name, column_name=name, widget=Words())


def year(name: str) -> Field:
    return Field(attribute=name, column_name=name, widget=Year())


class VehicleModelResource(Sheet):
    built_from = year("built_from")
    built_to = year("built_to")
    installation_variants = words("installation_variants")
    central_lock_connection_types = words("central_lock_connection_types")
    features = words("features")
    capabilities = words("capabilities")

    class Meta:
        model = VehicleModel
        import_id_fields = ("brand", "model", "fuel_type", "built_from")
        fields = (
            *import_id_fields,
            "built_to",
            "vehicle_type",
            "installation_variants",
            "central_lock_connection_types",
            "features",
            "capabilities",
            "active",
        )
        skip_unchanged = True
        clean_model_instances = True

    def get_instance(self, instance_loader: Any, row: Any) -> VehicleModel | None:
        """A row whose identity cannot be read names no model; its fields are named as wrong afterwards."""
        try:
            return super().get_instance(instance_loader, row)
        except ValueError:
            return None

    def skip_row(
        self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None
    ) -> bool:
        """Never skip a row that held wrong words: it was read as a right one, so it looks unchanged."""
        return not problems(original) and super().skip_row(
            instance, original, row, import_validation_errors
        )


@admin.register(VehicleModel)
class VehicleModelAdmin(WrongWordsMixin, ImportedMixin, OperatorAdmin):
    resource_classes = [VehicleModelResource]
    skip_admin_log = False
    import_template_name = "admin/telematics/vehiclemodel/import.html"
    list_display = (
        "brand",
        "model",
        "fuel_type",
        "vehicle_type",
        "built_from",
        "built_to",
        "active",
    )
    list_filter = ("vehicle_type", "fuel_type", "active")
    search_fields = ("brand", "model")

    def has_import_permission(self, request: HttpRequest) -> bool:
        """A file adds and changes."""
        return self.has_add_permission(request)
