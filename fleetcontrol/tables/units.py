"""The units of a fleet: where each is, and which company holds it."""

from typing import Any

from django.db.models import CharField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils.translation import gettext_lazy as _

from core.web.lists.columns import Column, LinkColumn, Row, TimeColumn
from core.web.lists.tables import Table
from telematics.models import Unit
from telematics.models.custody import held

NAMES = ("license_plate", "custom_name", "vin", "vehicle_id")


def with_holder(units: QuerySet[Unit]) -> QuerySet[Unit]:
    """Each with the company that holds it and since when, and with a mark that changes with where it is."""
    unit = OuterRef("pk")
    custody = Coalesce(Cast(Subquery(held(unit, "pk")), CharField()), Value(""))
    vehicle = Coalesce("vehicle__pk", Value(""))
    return units.annotate(
        holder=Subquery(held(unit, "company__name")),
        held_since=Subquery(held(unit, "started_at")),
        place=Concat(vehicle, Value(" "), custody, output_field=CharField()),
    )


class VehicleColumn(Column):
    """What the vehicle that the unit is in is called."""

    def cell(self, value: Any, row: Row) -> str:
        return next((row[f"vehicle__{name}"] for name in NAMES if row[f"vehicle__{name}"]), "")

    plain = cell


class UnitTable(Table):
    initial_sort = "qnr"
    initial = ("unit", "model", "vehicle", "holder", "held_since")
    version = "place"

    unit = LinkColumn(_("Unit"), names=("qnr",))
    model = Column(Unit._meta.get_field("model").verbose_name)
    vehicle = VehicleColumn(
        _("Vehicle"),
        accessor="vehicle__license_plate",
        reads=[f"vehicle__{name}" for name in NAMES],
        label_on_phone=True,
    )
    holder = Column(_("Held by"), label_on_phone=True)
    held_since = TimeColumn(_("Held since"), label_on_phone=True)
