"""The query parameters of OneAPI's lists of vehicles, models and units."""

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.validators import RegexValidator
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from accounts.models import Fleet
from core.values.texts import LINE
from core.vocabulary import AllWords, HasMember
from core.web.api.serializers import Choice, Flag, Text
from core.web.converters import Ulid
from fleetcontrol.api.lists import ChangesQuery, ListQuery
from jobs.search import SHORTEST_SEARCH
from telematics.labels import LONGEST_TAG
from telematics.models import OperationStatus, VehicleModel
from telematics.models.unit import UnitQuerySet
from telematics.models.vehicle import VehicleQuerySet
from telematics.models.vehicle_model import VehicleModelQuerySet

CUSTOM_FIELD = re.compile(r"custom_field\[(.{1,50})\]", re.DOTALL)
CUSTOM_FIELD_PARAMETER = OpenApiParameter(
    "custom_field",
    {"type": "object", "additionalProperties": {"type": "string"}},
    OpenApiParameter.QUERY,
    style="deepObject",
    description="`custom_field[name]=value`: vehicles whose custom field has exactly this value.",
)


class QueryFlag(Flag):
    """`true` or `false`."""

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value({"true": True, "false": False}.get(data, data))


class VehicleQuery(ChangesQuery):
    usual_order = "-created_at"

    search = Text(
        required=False,
        max_length=100,
        help_text=_("Part of VIN, plate or custom name, or the QNR of the unit."),
    )
    operation_status = Choice(
        required=False, choices=OperationStatus.choices, help_text=_("Vehicles with this status.")
    )
    vehicle_model_id = Text(
        required=False,
        max_length=26,
        validators=[RegexValidator(rf"^{Ulid.regex}\Z", _("The id of a vehicle model."))],
        help_text=_("The id of a vehicle model."),
    )
    tag = Text(
        required=False, max_length=LONGEST_TAG, help_text=_("Vehicles that have exactly this tag.")
    )
    has_unit = QueryFlag(required=False, help_text=_("Whether a unit is in the vehicle."))
    archived = QueryFlag(
        required=False, default=False, help_text=_("Archived vehicles in place of the others.")
    )
    changed_after = serializers.DateTimeField(
        required=False,
        help_text=_(
            "Vehicles changed since two minutes before this time, oldest first, archived ones too. "
            "Recognise repeats by their `version`."
        ),
    )

    def validate_search(self, text: str) -> str:
        if len(text) < SHORTEST_SEARCH:
            raise serializers.ValidationError(
                _("Use at least %(fewest)s characters.") % {"fewest": SHORTEST_SEARCH}
            )
        return text

    def to_internal_value(self, data: Mapping[str, str]) -> dict:
        named = {name for name in data if CUSTOM_FIELD.fullmatch(name)}
        read = super().to_internal_value(
            {name: value for name, value in data.items() if name not in named}
        )
        if named:
            read["custom_field"] = self._custom_fields({name: data[name] for name in named})
        return read

    @staticmethod
    def _custom_fields(given: Mapping[str, str]) -> dict[str, str]:
        """Custom field → value. Raises ValidationError at each parameter."""
        read, errors = {}, {}
        for parameter, text in given.items():
            name = CUSTOM_FIELD.sub(r"\1", parameter)
            try:
                read[LINE.read(name)] = LINE.read(text)
            except DjangoValidationError as wrong:
                errors[parameter] = wrong.messages
        if errors:
            raise serializers.ValidationError(errors)
        return read

    @property
    def is_by_contents(self) -> bool:
        """Whether an index finds the vehicles by what texts and maps contain, in no order."""
        return not self.validated_data.keys().isdisjoint(("search", "tag", "custom_field"))

    def filter(self, vehicles: VehicleQuerySet) -> VehicleQuerySet:
        wanted = self.validated_data
        if self.changed_since:
            vehicles = vehicles.filter(updated_at__gte=self.changed_since)
        else:
            vehicles = vehicles.filter(archived_at__isnull=not wanted["archived"])
        if search := wanted.get("search"):
            vehicles = vehicles.found_by(search)
        return vehicles.filter(*self._conditions(wanted))

    @staticmethod
    def _conditions(wanted: dict[str, Any]) -> list[Q]:
        conditions = []
        if status := wanted.get("operation_status"):
            conditions.append(Q(operation_status=status))
        if model := wanted.get("vehicle_model_id"):
            conditions.append(Q(vehicle_model=model))
        if tag := wanted.get("tag"):
            conditions.append(Q(AllWords("tags", [tag])))
        if "has_unit" in wanted:
            conditions.append(Q(unit__isnull=not wanted["has_unit"]))
        for name, value in wanted.get("custom_field", {}).items():
            conditions.append(Q(HasMember("custom_fields", name, value)))
        return conditions


class ModelQuery(ListQuery):
    search = Text(required=False, max_length=100, help_text=_("Part of a brand or model."))

    def filter(self) -> VehicleModelQuerySet:
        return VehicleModel.objects.active().search(self.validated_data.get("search", ""))


class UnitQuery(ListQuery):
    in_stock = QueryFlag(
        required=False,
        help_text=_(
            "`true`: units in no vehicle that are not retired; `false`: those in vehicles."
        ),
    )
    search = Text(required=False, max_length=16, help_text=_("Part of a QNR."))

    def filter(self, units: UnitQuerySet, fleet: Fleet) -> UnitQuerySet:
        wanted = self.validated_data
        if "in_stock" in wanted:
            in_stock = wanted["in_stock"]
            units = units.in_stock_of(fleet) if in_stock else units.exclude(vehicle=None)
        if search := wanted.get("search"):
            units = units.found_by(search)
        return units
