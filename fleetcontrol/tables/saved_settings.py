"""The tables of templates and presets."""

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.web.lists.columns import ChoiceColumn, Column, LinkColumn, Row, TimeColumn
from core.web.lists.tables import Table
from jobs.models import JobTemplate
from jobs.models.choices import PhotoKind
from jobs.procedures.kinds import TestKind
from jobs.web.columns import FeatureColumn
from telematics.models.specification import (
    CentralLockConnectionType,
    FuelType,
    InstallationVariant,
    Specification,
    Transmission,
    VehicleType,
)


def _label(name: str) -> Any:
    field: Any = JobTemplate._meta.get_field(name)
    return field.verbose_name


def _choice(name: str, choices: Any) -> ChoiceColumn:
    return ChoiceColumn(
        _label(name), choices=choices, sort=name, indexed=False, label_on_phone=True
    )


def _feature(name: str) -> FeatureColumn:
    return FeatureColumn(_label(name), sort=name, indexed=False, label_on_phone=True)


class SavedTable(Table):
    version = "updated_at"
    initial_sort = "name"

    name = LinkColumn(_("Name"), names=("name",), sort="name")
    auto_immo_control = _feature("auto_immo_control")
    driving_events = _feature("driving_events")
    damage_detection = _feature("damage_detection")
    tracking = _feature("tracking")
    smoke_detection = _feature("smoke_detection")
    updated_at = TimeColumn(_("Changed"), sort="updated_at", indexed=False, label_on_phone=True)


class FeaturesColumn(Column):
    """The features that are on, by name."""

    def cell(self, value: Any, row: Row) -> str:
        return ", ".join(
            capfirst(str(_label(name))) for name in Specification.FEATURES if row[name]
        )

    plain = cell


class TestsColumn(Column):
    """The further required tests, by name."""

    def cell(self, value: Any, row: Row) -> str:
        return ", ".join(str(TestKind(kind).label) for kind in value or ())

    plain = cell


class ModelColumn(Column):
    """The vehicle model as in the form, without its years."""

    def cell(self, value: Any, row: Row) -> str:
        model = row["vehicle_model__model"]
        return f"{value or ''} {model or ''}".strip()

    plain = cell


class PhotosColumn(Column):
    """The kinds of photos that are required, by name."""

    def cell(self, value: Any, row: Row) -> str:
        return ", ".join(str(PhotoKind(kind).label) for kind in value or [])

    plain = cell


class PresetTable(SavedTable):
    initial = ("name", *Specification.FEATURES, "updated_at")


class TemplateTable(SavedTable):
    brand = Column(_label("brand"), sort="brand", indexed=False)
    model = Column(_label("model"), sort="model", indexed=False)
    vehicle_model = ModelColumn(
        _label("vehicle_model"),
        accessor="vehicle_model__brand",
        reads=["vehicle_model__model"],
        sort="vehicle_model__brand",
        indexed=False,
        label_on_phone=True,
    )
    installation_variant = _choice("installation_variant", InstallationVariant)
    central_lock_connection_type = _choice(
        "central_lock_connection_type", CentralLockConnectionType
    )
    fuel_type = _choice("fuel_type", FuelType)
    year_of_production = Column(
        _label("year_of_production"), sort="year_of_production", indexed=False, label_on_phone=True
    )
    vehicle_type = _choice("vehicle_type", VehicleType)
    transmission = _choice("transmission", Transmission)
    further_tests = TestsColumn(_label("further_tests"), label_on_phone=True)
    required_photos = PhotosColumn(_label("required_photos"), label_on_phone=True)
    features = FeaturesColumn(
        _("Features"), accessor="tracking", reads=Specification.FEATURES, label_on_phone=True
    )
    created_at = TimeColumn(_("Created"), sort="created_at", indexed=False, label_on_phone=True)

    initial = (
        "name",
        "brand",
        "model",
        "installation_variant",
        "features",
        "created_at",
        "updated_at",
    )
