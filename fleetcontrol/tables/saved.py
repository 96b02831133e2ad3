"""The tables of templates and presets."""

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.web.columns import ChoiceColumn, Column, FeatureColumn, LinkColumn, Row, TimeColumn
from core.web.tables import Table
from jobs.models import JobTemplate
from telematics.models.specification import InstallationVariant, Specification


def _label(name: str) -> Any:
    return JobTemplate._meta.get_field(name).verbose_name


def _feature(name: str) -> FeatureColumn:
    return FeatureColumn(_label(name), label_on_phone=True)


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
        return ", ".join(capfirst(str(_label(name))) for name in Specification.FEATURES if row[name])

    plain = cell


class PresetTable(SavedTable):
    initial = ("name", *Specification.FEATURES, "updated_at")


class TemplateTable(SavedTable):
    brand = Column(_label("brand"), sort="brand", indexed=False)
    model = Column(_label("model"), sort="model", indexed=False)
    installation_variant = ChoiceColumn(
        _label("installation_variant"), choices=InstallationVariant, label_on_phone=True
    )

    features = FeaturesColumn(_("Features"), accessor="tracking", reads=Specification.FEATURES, label_on_phone=True)
    created_at = TimeColumn(_("Created"), sort="created_at", indexed=False, label_on_phone=True)

    initial = ("name", "brand", "model", "installation_variant", "features", "created_at", "updated_at")
