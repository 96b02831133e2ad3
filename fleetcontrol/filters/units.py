"""The filters of the list of units, each with several values. Their names are those in the URL."""

from collections.abc import Iterable
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Company
from fleetcontrol.filters.base import ListFilter, Yes
from jobs.models import Job
from telematics.models import Custody, Unit
from telematics.models.unit import UnitQuerySet

LONGEST = 50
OF_DEVICE = ("model", "firmware")


def holders(request: Any) -> QuerySet[Company]:
    """Return the companies that hold a unit of the fleet."""
    held = Custody.objects.open().filter(unit__fleet=request.fleet)
    return Company.objects.filter(pk__in=held.values("company")).order_by("name", "pk")


class ReportedField(forms.MultipleChoiceField):
    """Texts that units report. One that no unit reports finds none."""

    widget = forms.CheckboxSelectMultiple

    def valid_value(self, value: str) -> bool:
        return len(value) <= LONGEST and value.isprintable()


class ReportedFilter(django_filters.MultipleChoiceFilter):
    field_class = ReportedField


class UnitFilter(ListFilter):
    search = django_filters.CharFilter(method="filter_by_text", label=_("Search"), max_length=100)
    company = django_filters.ModelMultipleChoiceFilter(
        queryset=holders,
        method="filter_by_company",
        label=_("Held by"),
        widget=forms.CheckboxSelectMultiple,
    )
    model = ReportedFilter(label=_("Model"))
    firmware = ReportedFilter(label=_("Firmware"))
    planned = Yes(method="filter_planned", label=_("Planned for an open job"))

    class Meta:
        model = Unit
        fields: list[str] = []

    def offer(self, units: UnitQuerySet) -> "UnitFilter":
        """Offer what these units report. Two statements, with the companies a third."""
        for name in OF_DEVICE:
            texts = units.exclude(**{name: ""}).order_by(name).values_list(name, flat=True)
            self.filters[name].extra["choices"] = [(text, text) for text in texts.distinct()[:100]]
        return self

    def filter_by_text(self, units: UnitQuerySet, name: str, value: str) -> UnitQuerySet:
        return units.found_by(value)

    def filter_by_company(
        self, units: UnitQuerySet, name: str, value: Iterable[Company]
    ) -> UnitQuerySet:
        if not value:
            return units
        return units.filter(pk__in=Custody.objects.open().filter(company__in=value).values("unit"))

    def filter_planned(self, units: UnitQuerySet, name: str, value: bool | None) -> UnitQuerySet:
        return units.filter(Exists(Job.objects.using_unit(OuterRef("pk")))) if value else units
