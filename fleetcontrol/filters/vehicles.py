"""The filters of the list of vehicles. Their names are those in the URL, as OneAPI has them."""

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from core.values.texts import LINE
from core.vocabulary import AllWords
from telematics.labels import LONGEST_TAG
from telematics.models import OperationStatus
from telematics.models.vehicle import Vehicle, VehicleQuerySet


class VehicleFilter(django_filters.FilterSet):
    operation_status = django_filters.ChoiceFilter(
        choices=OperationStatus.choices,
        empty_label=_("Any operation status"),
        widget=forms.Select({"class": "form-select", "aria-label": _("Operation status")}),
    )
    tag = django_filters.CharFilter(
        method="filter_by_tag",
        max_length=LONGEST_TAG,
        widget=forms.TextInput(
            {
                "class": "form-control",
                "aria-label": _("Tag"),
                "placeholder": _("Tag"),
                "autocomplete": "off",
            }
        ),
    )

    class Meta:
        model = Vehicle
        fields: list[str] = []

    @property
    def is_used(self) -> bool:
        return any(self.data.get(name) for name in self.base_filters)

    def filter_queryset(self, queryset: VehicleQuerySet) -> VehicleQuerySet:
        """Find nothing if a value is wrong."""
        return queryset.none() if self.form.errors else super().filter_queryset(queryset)

    def filter_by_tag(self, rows: VehicleQuerySet, name: str, value: str) -> VehicleQuerySet:
        return rows.filter(AllWords("tags", [LINE.canonical(value)]))
