"""The filters of the list of vehicles, named as in OneAPI. Each takes several values, of which one must apply."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.vocabulary import AllWords, HasMember
from fleetcontrol.filters.base import (
    DateFilter,
    ListFilter,
    OneOf,
    OneOfRows,
    PlaceFilter,
    Yes,
)
from fleetcontrol.forms.several_texts import TextsField
from jobs.models import Job
from jobs.search import SearchTerms, parse_search
from telematics.labels import LONGEST_NAME, LONGEST_TAG, LONGEST_VALUE
from telematics.models import OperationStatus, VehicleModel
from telematics.models.specification import Specification
from telematics.models.vehicle import Vehicle, VehicleQuerySet
from telematics.values import NAMING_QNR

# So many vehicles are read for what is suggested.
READ = 2000
SUGGESTED = 200
LONGEST_BRAND = Specification._meta.get_field("brand").max_length


def models_of_fleet(request: Any) -> QuerySet[VehicleModel]:
    """Return the vehicle models that the fleet has."""
    of_fleet = Vehicle.objects.filter(fleet=request.fleet, vehicle_model__isnull=False)
    return VehicleModel.objects.filter(pk__in=of_fleet.values("vehicle_model"))


class TextsFilter(django_filters.MultipleChoiceFilter):
    field_class = TextsField


class VehicleFilter(ListFilter):
    search = django_filters.CharFilter(method="filter_by_text", label=_("Search"))
    operation_status = OneOf(choices=OperationStatus.choices, label=_("Operation status"))
    place = PlaceFilter()
    tag = TextsFilter(method="filter_by_tag", label=_("Tag"), longest=LONGEST_TAG)
    custom_field = TextsFilter(
        method="filter_by_custom_field",
        label=_("Custom field"),
        help_text=_("As “name: value”."),
        longest=LONGEST_NAME + LONGEST_VALUE + 2,
    )
    brand = TextsFilter(method="filter_by_brand", label=_("Brand"), longest=LONGEST_BRAND)
    model = OneOfRows(
        field_name="vehicle_model", queryset=models_of_fleet, label=_("Vehicle model")
    )
    has_unit = django_filters.ChoiceFilter(
        method="filter_by_unit",
        choices=[("true", _("With unit")), ("false", _("Without unit"))],
        empty_label=_("any"),
        label=_("Unit"),
    )
    silent = Yes(method="filter_silent", label=_("Silent after its installation"))
    created_after = DateFilter(method="filter_created_after", label=_("In the fleet from"))
    created_before = DateFilter(method="filter_created_before", label=_("In the fleet to"))

    class Meta:
        model = Vehicle
        fields: list[str] = []

    def suggest(self) -> None:
        """Suggest the tags, custom fields and brands of the newest vehicles."""
        newest = Vehicle.objects.filter(fleet=self.request.fleet).order_by("-created_at")
        names = ("tags", "custom_fields", "vehicle_model__brand", "brand")
        tags: set[str] = set()
        fields: set[str] = set()
        brands: set[str] = set()
        for found, pairs, *of_row in newest.values_list(*names)[:READ]:
            tags.update(found)
            fields.update(f"{name}: {value}" for name, value in pairs.items())
            brands.update(filter(None, of_row[:1] if of_row[0] else of_row))
        self.form.fields["tag"].widget.suggested = sorted(tags)[:SUGGESTED]
        self.form.fields["custom_field"].widget.suggested = sorted(fields)[:SUGGESTED]
        self.form.fields["brand"].widget.suggested = sorted(brands)[:SUGGESTED]

    def filter_by_text(self, rows: VehicleQuerySet, name: str, value: str) -> VehicleQuerySet:
        return found_by(rows, parse_search(value))

    def filter_by_tag(self, rows: VehicleQuerySet, name: str, value: list[str]) -> VehicleQuerySet:
        return rows.filter(reduce(or_, (Q(AllWords("tags", [tag])) for tag in value)))

    def filter_by_custom_field(
        self, rows: VehicleQuerySet, name: str, value: list[str]
    ) -> VehicleQuerySet:
        wanted = [Q(HasMember("custom_fields", *pair)) for text in value for pair in pairs_in(text)]
        return rows.filter(reduce(or_, wanted)) if wanted else rows.none()

    def filter_by_brand(
        self, rows: VehicleQuerySet, name: str, value: list[str]
    ) -> VehicleQuerySet:
        """By the brand that the list shows: that of the vehicle model, else the vehicle's own."""
        models = list(VehicleModel.objects.filter(brand__in=value).values_list("pk", flat=True))
        return rows.filter(Q(vehicle_model__in=models) | Q(vehicle_model=None, brand__in=value))

    def filter_by_unit(self, rows: VehicleQuerySet, name: str, value: str) -> VehicleQuerySet:
        return rows.filter(unit__isnull=value == "false")

    def filter_silent(
        self, rows: VehicleQuerySet, name: str, value: bool | None
    ) -> VehicleQuerySet:
        if not value:
            return rows
        lately = Job.objects.in_fleet(self.request.fleet).installed_lately()
        return rows.silent().filter(pk__in=lately.values("vehicle"))

    def filter_created_after(
        self, rows: VehicleQuerySet, name: str, value: date
    ) -> VehicleQuerySet:
        return rows.filter(created_at__gte=self.midnight(value))

    def filter_created_before(
        self, rows: VehicleQuerySet, name: str, value: date
    ) -> VehicleQuerySet:
        return rows.filter(created_at__lt=self.midnight(value + timedelta(days=1)))


def pairs_in(text: str) -> Iterator[tuple[str, str]]:
    """Each way to read a name and a value in `name: value`: both may have colons, too."""
    parts = text.split(":")
    for number in range(1, len(parts)):
        name = ":".join(parts[:number]).strip()
        value = ":".join(parts[number:]).strip()
        if name and value:
            yield name, value


def found_by(rows: VehicleQuerySet, search: SearchTerms) -> VehicleQuerySet:
    """By VIN, plate and name as jobs are found, and by vehicle ID and QNR."""
    if not search.wanted:
        return rows.none()
    return rows.filter(search.filter() | with_id_or_unit(search))


def with_id_or_unit(search: SearchTerms) -> Q:
    """The condition that a term is the vehicle's ID or the QNR of its unit."""
    qnrs = [NAMING_QNR.canonical(typed) for typed in search.typed.values()]
    return Q(pk__in=search.wanted) | Q(unit__in=qnrs)
